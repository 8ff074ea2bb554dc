"""The kind of job that paints a photo by optimisation: slow, and with losses to watch."""

import time
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from albums import imaging
from albums.error_messages import GATYS_MESSAGES
from albums.exceptions import JobFailed, StyleCode
from albums.imaging.effects.gatys_options import GatysOptions, PictureTooNarrow, TorchMissing
from albums.imaging.model_errors import ModelError
from albums.services.core.installed_models import installed_model
from albums.services.core.originals import photo_pixels
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from albums.services.styling.sources import StyleSource, source_check, style_picture

if TYPE_CHECKING:
    from albums.imaging.effects.gatys import GatysStep

MODEL = "vgg16_features"
PAINTING, PREVIEW = "painting.jpg", "preview.jpg"
QUALITY = 92
PREVIEW_SECONDS = 3.0
"""Seconds between two previews."""
MOST_SECONDS = 780.0
"""A painting that is not finished then becomes the result as it is. The limit of a job is 15 minutes."""
WHOLE_OPTIONS, OPTIONS = ("iterations", "long_side"), ("content", "style", "smoothness")


def gatys_missing() -> StyleCode | None:
    """Return the code of the optional part that is missing on this server, or None."""
    # Imported late: OpenCV takes a moment, and most processes never need it.
    from albums.imaging.effects.gatys import torch_installed  # noqa: PLC0415 - see above

    if not torch_installed():
        return StyleCode.TORCH_MISSING
    try:
        installed_model(MODEL)
    except ModelError:
        return StyleCode.FEATURES_MISSING
    return None


def gatys_options(values: Values) -> GatysOptions:
    """Return the options in a job's JSON, all of which are optional. Raises JobFailed for a wrong one."""
    for name, value in values.items():
        kind = int if name in WHOLE_OPTIONS else int | float
        known = name in WHOLE_OPTIONS or name in OPTIONS
        if not known or not isinstance(value, kind) or isinstance(value, bool):
            raise JobFailed(StyleCode.BAD_OPTION, {"name": name})
        try:
            GatysOptions(**{name: value})
        except ValueError as error:
            raise JobFailed(StyleCode.BAD_OPTION, {"name": name}) from error
    return GatysOptions(**values)


def gatys_check(owner: User, inputs: Values, options: Values) -> None:
    """Raise JobFailed unless the owner may paint this photo in this way, and the server can."""
    source_check(owner, inputs)
    if inputs.get("source") == StyleSource.BUILTIN:  # such a style is a network and has no picture
        raise JobFailed(StyleCode.UNKNOWN)
    gatys_options(options)
    if missing := gatys_missing():
        raise JobFailed(missing)


def gatys_run(context: JobContext) -> dict[str, Any]:
    """Paint the photo of a job.

    PREVIEW is replaced every few seconds, and PAINTING is the result. While the job runs its result has the
    losses so far: of each iteration content, style, smoothness and their weighted sum.
    """
    from albums.imaging.effects import gatys as engine  # noqa: PLC0415 - late, as in gatys_missing
    from albums.imaging.effects.vgg16 import features_read  # noqa: PLC0415

    options = gatys_options(context.options)
    image = context.image("image")
    context.progress(0.0, "reading")
    # A JPEG may be decoded a little smaller than wanted, and the painting is not enlarged.
    photo = photo_pixels(image, max_side=2 * options.long_side)
    style = style_picture(context, max_side=2 * options.long_side)
    watch = _Watch(context, options.iterations)
    try:
        layers = features_read(installed_model(MODEL))
        painted = engine.paint(photo, style, layers, options, on_step=watch.on_step)
    except TorchMissing as error:
        raise JobFailed(StyleCode.TORCH_MISSING) from error
    except PictureTooNarrow as error:
        raise JobFailed(StyleCode.TOO_NARROW) from error
    except ModelError as error:
        raise JobFailed(StyleCode.FEATURES_MISSING, detail=str(error)) from error
    jpeg = imaging.encode_jpeg(painted, quality=QUALITY, captured=image.captured)
    context.result(PAINTING, jpeg.data, "image/jpeg")
    return {"width": jpeg.width, "height": jpeg.height, **watch.so_far()}


class _Watch:
    """Shows the losses and a preview after each iteration, and ends the painting when it is wanted."""

    def __init__(self, context: JobContext, iterations: int) -> None:
        self._context = context
        self._iterations = iterations
        self._losses: list[list[float]] = []
        self._began = time.monotonic()
        self._previewed = float("-inf")

    def so_far(self) -> dict[str, Any]:
        """Return the result without its files."""
        return {"iterations": self._iterations, "losses": self._losses}

    def on_step(self, step: "GatysStep") -> bool:
        """Return False when the painting becomes the result as it is."""
        losses = step.losses
        values = (losses.content, losses.style, losses.smoothness, losses.total)
        # Four digits are enough for a chart, and the row is written often.
        self._losses.append([float(f"{value:.4g}") for value in values])
        self._context.progress(step.iteration / self._iterations, "optimising", so_far=self.so_far())
        if time.monotonic() - self._previewed >= PREVIEW_SECONDS:
            jpeg = imaging.encode_jpeg(step.picture())
            self._context.preview(PREVIEW, jpeg.data, "image/jpeg")
            self._previewed = time.monotonic()
        return not self._context.stopping and time.monotonic() - self._began < MOST_SECONDS


GATYS = JobKind(
    name="gatys",
    label=_("Painter style, thorough"),
    run=gatys_run,
    check=gatys_check,
    most_waiting=2,
    stages={"reading": _("Reading the photo…"), "optimising": _("Painting…")},
    errors=GATYS_MESSAGES,
    tool="style",
    stoppable=True,
    result_template="studio/_gatys_result.html",
    scripts=["js/compare.js"],
)
