"""The kind of job that paints a photo in a style, with the fast engine."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from albums import imaging
from albums.error_messages import STYLE_MESSAGES
from albums.exceptions import JobFailed, StyleCode
from albums.imaging.effects.style_options import BRUSHES, StyleOptions
from albums.imaging.model_errors import ModelError
from albums.models import Image
from albums.services.core.installed_models import installed_model
from albums.services.core.originals import photo_pixels
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from albums.services.styling.sources import StyleSource, source_check, style_picture
from albums.services.styling.styles import builtin_style_named

if TYPE_CHECKING:
    from albums.imaging.effects.style_layers import Layer

PAINTING, PREVIEW = "painting.jpg", "preview.jpg"
QUALITY = 92
PREVIEW_SIDE = 1280

MOST_PIXELS = 50_000_000
"""The most pixels of a painting: they take 0.7 GB and a minute. A larger photo is painted smaller."""
SMALLEST, LARGEST = 256, 20_000
"""Limits of the long side that may be wanted, in pixels."""
LEAST_DECODED = 2200
"""The strokes are painted on up to 3 megapixels, also of a photo whose painting is to be smaller."""


def options_of(values: Values) -> StyleOptions:
    """Return the options in a job's JSON: strength, brush, keep_colours, long_side; all are optional.

    Raises JobFailed for a value of another type or outside its range.
    """
    known = {"strength", "brush", "keep_colours", "long_side"}
    if unknown := sorted(set(values) - known):
        raise JobFailed(StyleCode.BAD_OPTION, {"name": unknown[0]})
    strength, brush, long_side = values.get("strength", 1.0), values.get("brush", 3), values.get("long_side")
    checks = {
        "strength": _number(strength) and 0 <= strength <= 1,
        "brush": _number(brush) and brush in BRUSHES,
        "keep_colours": isinstance(values.get("keep_colours", False), bool),
        "long_side": long_side is None or (isinstance(long_side, int) and SMALLEST <= long_side <= LARGEST),
    }
    if wrong := [name for name, fits in checks.items() if not fits]:
        raise JobFailed(StyleCode.BAD_OPTION, {"name": wrong[0]})
    return StyleOptions(
        strength=float(strength),
        brush=int(brush),
        keep_colours=values.get("keep_colours", False),
        long_side=long_side,
    )


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def style_check(owner: User, inputs: Values, options: Values) -> None:
    """Raise JobFailed unless the owner may paint this photo in this way."""
    source_check(owner, inputs)
    options_of(options)


def style_run(context: JobContext) -> dict[str, Any]:
    """Paint the photo of a job. Its files are PREVIEW while it runs, and PAINTING at the end."""
    # Imported late: onnx, onnxruntime and OpenCV take a second, and only a worker needs them.
    from albums.imaging.effects import style as engine  # noqa: PLC0415 - see above

    options = options_of(context.options)
    image = context.image("image")
    context.progress(0.0, "reading")
    photo = photo_pixels(image, max_side=_decoded_side(image, options.long_side))
    context.progress(0.02, "painting")

    def preview(small: NDArray[np.uint8]) -> None:
        context.preview(PREVIEW, imaging.encode_jpeg(small, max_side=PREVIEW_SIDE).data, "image/jpeg")

    try:
        painted = engine.paint(
            photo,
            style_layers(context.inputs, lambda: style_picture(context)),
            options,
            progress=lambda share: context.progress(0.03 + 0.94 * share, "painting"),
            preview=preview,
        )
    except ModelError as error:
        raise style_failure(error) from error
    del photo
    context.check_cancelled()
    jpeg = imaging.encode_jpeg(painted, quality=QUALITY, captured=image.captured)
    context.result(PAINTING, jpeg.data, "image/jpeg")
    return {"width": jpeg.width, "height": jpeg.height}


def style_layers(inputs: Values, picture: Callable[[], NDArray[np.uint8]]) -> "Sequence[Layer]":
    """Return the network of a job's style. `picture` returns the style picture; built-in styles have none.

    Raises ModelError.
    """
    from albums.imaging.effects import style as engine  # noqa: PLC0415 - late, as in style_run
    from albums.imaging.sessions import open_session  # noqa: PLC0415

    if inputs["source"] == StyleSource.BUILTIN:
        number = builtin_style_named(inputs["style"]).number
        return engine.builtin_style(installed_model("style_builtin"), number)
    reader = open_session(installed_model("style_reader"))
    return engine.picture_style(reader, installed_model("style_painter"), picture())


def style_failure(error: ModelError) -> JobFailed:
    """Return the failure of a job whose model is missing, damaged, or ran out of memory."""
    known = {"model_missing": StyleCode.MODEL_MISSING, "model_damaged": StyleCode.MODEL_MISSING}
    return JobFailed(known.get(error.code, StyleCode.MODEL_FAILED), detail=str(error))


def _decoded_side(image: Image, long_side: int | None) -> int | None:
    """Return the long side at which to decode a photo; None for all of it."""
    width, height = image.width or 0, image.height or 0
    sides = [max(long_side, LEAST_DECODED)] if long_side else []
    if width * height > MOST_PIXELS:
        sides.append(math.floor(max(width, height) * math.sqrt(MOST_PIXELS / (width * height))))
    return min(sides, default=None)


STYLE = JobKind(
    name="style",
    label=_("Painter style"),
    run=style_run,
    check=style_check,
    stages={"reading": _("Reading the photo…"), "painting": _("Painting…")},
    errors=STYLE_MESSAGES,
    tool="style",
    result_template="studio/_style_result.html",
    scripts=["js/compare.js"],
)
