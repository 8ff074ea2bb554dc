"""The built-in styles on a drawn picture, rendered once on each machine."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from albums.exceptions import ImageRefused, JobFailed, StyleCode
from albums.imaging.effects.previews import BuiltinNetwork, painted_example
from albums.imaging.model_errors import ModelError
from albums.services.core.installed_models import installed_model
from albums.services.core.isolation import isolated
from albums.services.styling.painting import style_failure
from albums.services.styling.styles import BuiltinStyle
from config.disk_space import has_room

PIXELS = 384 * 288

VERSION = 1
"""Counted up when the drawn picture or the network changes; in the addresses of the pictures, too."""


def style_example(style: BuiltinStyle) -> bytes:
    """Return the example of a style, a JPEG of 384 x 288 pixels. The first time takes 0.2 s.

    Without room for it every time does.     Raises JobFailed when the model is missing.
    """
    path: Path = settings.STYLE_EXAMPLES_DIR / f"{VERSION}-{style.slug}.jpg"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        content = _rendered(style)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not has_room(path.parent, len(content)):
        return content
    # Complete or not at all: another process may read it at the same time.
    descriptor, part = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(part).replace(path)
    return content


def _rendered(style: BuiltinStyle) -> bytes:
    try:
        network = BuiltinNetwork(installed_model("style_builtin"), style.number)
        return isolated(painted_example, network=network, pixels=PIXELS).data
    except ModelError as error:
        raise style_failure(error) from error
    except ImageRefused as error:
        raise JobFailed(StyleCode.MODEL_FAILED, detail=str(error)) from error
