"""Files of installed models, from the app that installs them."""

from collections.abc import Callable
from pathlib import Path

from albums.extensions import provided
from albums.imaging.model_errors import ModelMissing

ModelPath = Callable[[str], Path | None]
"""Takes a model's name and returns its installed file, or None for a name that the app does not know.

Raises ModelMissing or ModelDamaged.
"""


def installed_model(name: str) -> Path:
    """Return the file of an installed model. Raises ModelMissing or ModelDamaged."""
    for model_path in provided(lambda app: app.model_paths):
        if path := model_path(name):
            return path
    raise ModelMissing(name)
