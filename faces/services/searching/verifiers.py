"""The trained verifiers of this server: folders with a model, its measures and pictures of them."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from numpy.typing import NDArray

from albums.imaging.sessions import open_session
from config.disk_space import require_room
from faces.exceptions import NoSuchVerifier
from faces.vision.verifier.export import Verifier

MODEL, METRICS = "model.onnx", "metrics.json"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class InstalledVerifier:
    """A trained verifier.

    embedder: the model whose vectors it takes. accuracy, distance_accuracy: 0..1, of its test and of the
    distance there. metrics: as in its metrics.json.
    """

    name: str
    embedder: str
    trained_at: datetime
    accuracy: float
    distance_accuracy: float
    metrics: Mapping[str, Any]


def verifiers_folder() -> Path:
    """Return the folder with a folder for each verifier; it may not exist yet."""
    return Path(settings.DATA_DIR) / "models" / "verifiers"


def verifiers() -> list[InstalledVerifier]:
    """Return the verifiers by name. Damaged folders are left out."""
    found = (_installed(path.parent) for path in sorted(verifiers_folder().glob(f"*/{METRICS}")))
    return [one for one in found if one is not None]


def verifier_exists(name: str) -> bool:
    """Return whether the name is taken, by a damaged verifier too."""
    return (verifiers_folder() / name).exists()


def verifier_probability(name: str, first: NDArray[Any], second: NDArray[Any], *, embedder: str) -> float:
    """Return the probability, 0..1, that two vectors (d,) of the embedder show the same person.

    Raises NoSuchVerifier unless there is one of this name for this embedder, VisionError if it is damaged.
    """
    if not any((one.name, one.embedder) == (name, embedder) for one in verifiers()):
        raise NoSuchVerifier
    session = open_session(verifiers_folder() / name / MODEL, name=name)
    return Verifier(session).probability(first, second)


def verifier_save(
    *, name: str, model: bytes, metrics: Mapping[str, Any], pictures: Mapping[str, str]
) -> Path:
    """Store a verifier, in place of one of the same name, and return its folder.

    metrics: JSON values with `embedder` and `trained_at`. pictures: SVG by file name.
    """
    folder = verifiers_folder()
    folder.mkdir(parents=True, exist_ok=True)
    require_room(folder, len(model))
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
        (part / MODEL).write_bytes(model)
        for file, picture in pictures.items():
            (part / file).write_text(picture, encoding="utf-8")
        (part / METRICS).write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        target = folder / name
        # A folder with files in it cannot be replaced at once.
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=".old-", dir=folder))
            target.rename(old / name)
            part.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _installed(folder: Path) -> InstalledVerifier | None:
    if not NAME.fullmatch(folder.name) or not os.access(folder / MODEL, os.R_OK):
        return None
    try:
        metrics = json.loads((folder / METRICS).read_text(encoding="utf-8"))
        trained_at = datetime.fromisoformat(metrics["trained_at"])
        return InstalledVerifier(
            name=folder.name,
            embedder=str(metrics["embedder"]),
            trained_at=trained_at,
            accuracy=float(metrics["verifier"]["accuracy"]),
            distance_accuracy=float(metrics["distance"]["accuracy"]),
            metrics=metrics,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
