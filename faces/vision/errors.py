"""Errors of models, with those that any model of the project can raise."""

from albums.imaging.model_errors import ModelDamaged, ModelFailed, ModelMissing
from albums.imaging.model_errors import ModelError as VisionError

__all__ = ["ModelDamaged", "ModelFailed", "ModelMissing", "ModelUnreachable", "UnknownModel", "VisionError"]


class ModelUnreachable(VisionError):
    """No source provides the model: the local folder, the package index and the publisher all failed."""

    code = "model_unreachable"

    def __init__(self, name: str, tried: list[str], remedy: str) -> None:
        self.name = name
        self.tried = tried
        self.remedy = remedy
        super().__init__(f"The model {name} could not be installed: {'; '.join(tried)}. {remedy}")


class UnknownModel(VisionError):
    """The table of models has no such name."""

    code = "unknown_model"

    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        super().__init__(f"Unknown model: {name!r}. Available: {', '.join(known)}")
