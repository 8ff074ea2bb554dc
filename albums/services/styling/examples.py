"""The built-in styles on a drawn picture, rendered once on each machine."""

import os
import tempfile
from pathlib import Path

from django.conf import settings

from albums import imaging
from albums.imaging.effects.style_options import StyleOptions
from albums.imaging.model_errors import ModelError
from albums.services.core.installed_models import installed_model
from albums.services.styling.painting import style_failure
from albums.services.styling.styles import BuiltinStyle

PIXELS = 384 * 288

VERSION = 1
"""Counted up when the drawn picture or the network changes; in the addresses of the pictures, too."""


def style_example(style: BuiltinStyle) -> bytes:
    """Return the example of a style, a JPEG of 384 x 288 pixels. The first time takes 0.2 s.

    Raises JobFailed when the model is missing.
    """
    path: Path = settings.STYLE_EXAMPLES_DIR / f"{VERSION}-{style.slug}.jpg"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        content = _rendered(style)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Complete or not at all: another process may read it at the same time.
    descriptor, part = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(part).replace(path)
    return content


def _rendered(style: BuiltinStyle) -> bytes:
    # Imported late, as in `style_run`.
    from albums.imaging.effects import neutral_picture  # noqa: PLC0415 - see above
    from albums.imaging.effects import style as engine  # noqa: PLC0415

    try:
        layers = engine.builtin_style(installed_model("style_builtin"), style.number)
        picture = neutral_picture.neutral_picture()
        painted = engine.paint_preview(picture, layers, StyleOptions(), pixels=PIXELS)
    except ModelError as error:
        raise style_failure(error) from error
    return imaging.encode_jpeg(painted).data
