"""Files of installed models, for albums: see `albums.services.core.installed_models`."""

from pathlib import Path

from faces.conf import face_settings
from faces.vision.errors import UnknownModel
from faces.vision.weights.files import installed_path


def model_path(name: str) -> Path | None:
    """Return the installed file, or None for an unknown name. Raises ModelMissing or ModelDamaged."""
    try:
        return installed_path(name, face_settings().models_dir)
    except UnknownModel:
        return None
