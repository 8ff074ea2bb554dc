"""Errors of models: one class per reason, each with the code that rows and API responses carry."""

from pathlib import Path
from typing import Any, ClassVar


class ModelError(Exception):
    """A model cannot be used. `code` is stable; the message is for people."""

    code: ClassVar[str] = "vision_error"


class ModelMissing(ModelError):
    """The file of a model is not in the data folder."""

    code = "model_missing"

    def __init__(self, name: str, path: Path | None = None) -> None:
        self.name = name
        self.path = path
        where = f" ({path} does not exist)" if path else ""
        super().__init__(
            f"The model {name} is not installed{where}. Install it: bin/manage fetch_models {name}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process boundaries by pickle, which would pass only the message to __init__.
        return type(self), (self.name, self.path)


class ModelDamaged(ModelError):
    """The file of a model is not what it must be."""

    code = "model_damaged"

    def __init__(self, name: str, found: str) -> None:
        self.name = name
        self.found = found
        super().__init__(
            f"The model {name} is damaged: {found}. Install it again: bin/manage fetch_models {name}"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # As of ModelMissing.
        return type(self), (self.name, self.found)


class ModelFailed(ModelError):
    """The runtime failed: out of memory, or an input of a wrong shape or type."""

    code = "model_failed"
