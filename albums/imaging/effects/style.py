"""Painter styles: a photo painted in a built-in style or in that of any picture, at any size.

The networks paint strokes of a fixed size in pixels, so a large photo that went through them as it is would
get tiny ones. It is painted twice: at a small size for strokes and colours, and in tiles at full size for the
fine luminance, which is added to the enlarged small picture.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from albums.imaging.effects.style_graphs import STEP, folded_graph, measuring_graph, statistics_of
from albums.imaging.effects.style_layers import (
    BUILTIN_STYLES,
    VECTOR_LENGTH,
    Floats,
    Layer,
    builtin_layers,
    painter_layers,
)
from albums.imaging.effects.style_options import BRUSHES, StyleOptions
from albums.imaging.effects.style_tiles import (
    OVERLAP,
    SMALLEST_SIDE,
    Pixels,
    Window,
    network_input,
    rounded,
    run_in_tiles,
    run_on,
)
from albums.imaging.sessions import ModelSession, open_session

MEASURED_PIXELS = 1_500_000
"""The most pixels on which the statistics are measured; it bounds the memory, as this takes 0.6 GB."""

# The joint of the two pictures, in pixels of the small one: found by looking at 26 styles at full size.
# Colours are softer than luminance: pixels of different colours side by side would become visible dots.
SOFT_SIGMA, COLOUR_SIGMA, FINE_SIGMA, FINE_SHARE = 0.5, 1.2, 1.2, 0.8
# A result that is hardly larger than the small picture needs no second one.
ONE_BAND_SCALE = 1.25
# The reach of a Gaussian, in standard deviations.
BLUR_REACH = 3

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""The shares of red, green and blue in the luminance (ITU-R BT.601)."""
# The contrast of painted luminance is changed at most by this factor when the colours are the photo's.
MOST_CONTRAST = 1.6

READER_SIDE = 256


def builtin_style(model: Path, number: int) -> list[Layer]:
    """Return the network of built-in style `number`, 0 to 25, of the file of `style_builtin`.

    Raises ModelDamaged; ValueError for another number.
    """
    if not 0 <= number < BUILTIN_STYLES:
        message = f"a built-in style is 0 to {BUILTIN_STYLES - 1}, not {number}"
        raise ValueError(message)
    mixture = np.zeros(BUILTIN_STYLES, np.float32)
    mixture[number] = 1
    return builtin_layers(model, mixture)


def picture_style(reader: ModelSession, painter: Path, style: Pixels) -> list[Layer]:
    """Return the network of the style of any picture.

    Parameters
    ----------
    reader : ModelSession
        `style_reader`.
    painter : Path
        The file of `style_painter`.
    style : uint8 (height, width, 3), RGB

    Raises
    ------
    ModelDamaged, ModelFailed
    """
    return painter_layers(painter, style_vector(reader, style))


def style_vector(reader: ModelSession, picture: Pixels) -> Floats:
    """Return the style of a picture as float32 (100,). The reader looks at the whole of it, at 256 x 256."""
    small = cv2.resize(picture, (READER_SIDE, READER_SIDE), interpolation=cv2.INTER_AREA)
    (output,) = reader.run(small[None].astype(np.float32) / np.float32(255))
    return np.asarray(output, dtype=np.float32).reshape(VECTOR_LENGTH)


def paint(
    photo: Pixels,
    style: Sequence[Layer],
    options: StyleOptions,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    preview: Callable[[Pixels], None] = lambda _small: None,
    threads: int = 1,
) -> Pixels:
    """Return the painted photo as uint8 (height, width, 3), RGB.

    Parameters
    ----------
    photo : uint8 (height, width, 3), RGB
    style : sequence of Layer
        From `builtin_style` or `picture_style`.
    options : StyleOptions
    progress : callable
        Called with the finished share, 0 to 1, after each tile; an exception that it raises ends the work.
    preview : callable
        Called with the small picture as soon as it is painted, uint8 (h, w, 3).
    threads : int
        Of the networks.

    Raises
    ------
    ModelFailed
        Mostly for want of memory.
    """
    small_photo = _of_pixels(photo, BRUSHES[options.brush])
    photo = _resized(photo, options.long_side)
    height, width = photo.shape[:2]
    scale = max(height, width) / max(small_photo.shape[:2])
    two_bands = scale > ONE_BAND_SCALE
    small_share = 0.15 if two_bands else 0.9
    small, network = _paint_small(
        small_photo, style, lambda share: progress(small_share * share), threads=threads
    )
    match = _luminance_match(small_photo, small) if options.keep_colours else (1.0, 0.0)
    preview(rounded(_mixed(small.astype(np.float32), small_photo.astype(np.float32), options, match)))
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    strokes = np.asarray(cv2.resize(small, (width, height), interpolation=interpolation))

    def finish(part: Floats, window: Window) -> Floats:
        return _mixed(part, photo[window.outer].astype(np.float32), options, match)

    def join(detail: Floats, window: Window) -> Floats:
        return finish(_joined(strokes[window.outer].astype(np.float32), detail, scale), window)

    if not two_bands:
        whole = slice(0, height), slice(0, width)
        return rounded(finish(strokes.astype(np.float32), Window(whole, whole)))
    reach = math.ceil(BLUR_REACH * FINE_SIGMA * scale / STEP) * STEP
    return run_in_tiles(
        network,
        photo,
        finish=join,
        progress=lambda share: progress(small_share + (1 - small_share) * share),
        overlap=OVERLAP + reach,
    )


def paint_preview(
    photo: Pixels, style: Sequence[Layer], options: StyleOptions, *, pixels: int, threads: int = 1
) -> Pixels:
    """Return a small picture of what `paint` would return, with at most about `pixels` pixels.

    Its strokes are broader than those of the painting where the brush is fine.
    """
    small_photo = _of_pixels(photo, min(pixels, BRUSHES[options.brush]))
    session = open_session(measuring_graph(style), threads=threads, name="style")
    small = rounded(run_on(session, small_photo))
    match = _luminance_match(small_photo, small) if options.keep_colours else (1.0, 0.0)
    return rounded(_mixed(small.astype(np.float32), small_photo.astype(np.float32), options, match))


def _paint_small(
    photo: Pixels, style: Sequence[Layer], progress: Callable[[float], None], *, threads: int
) -> tuple[Pixels, ModelSession]:
    """Paint the small picture, and return it with the network that paints parts of the large one."""
    measured_photo = _of_pixels(photo, min(MEASURED_PIXELS, photo.shape[0] * photo.shape[1]))
    session = open_session(measuring_graph(style), threads=threads, name="style")
    measured, *outputs = session.run(network_input(measured_photo))
    del session
    progress(0.5)
    folded = folded_graph(style, statistics_of(outputs))
    network = open_session(folded, threads=threads, name="style")
    if measured_photo.shape == photo.shape:
        height, width = photo.shape[:2]
        painted = rounded(measured[0].transpose(1, 2, 0)[:height, :width] * np.float32(255))
    else:
        del measured
        painted = run_in_tiles(network, photo, progress=lambda share: progress((1 + share) / 2))
    progress(1.0)
    return painted, network


def _joined(strokes: Floats, detail: Floats, scale: float) -> Floats:
    """Join two pictures of the same part: colours and strokes of one, fine luminance of the other."""
    colours = _blurred(strokes, COLOUR_SIGMA * scale)
    light = _blurred(strokes @ LUMA, SOFT_SIGMA * scale)
    detail_light = detail.mean(axis=2)
    light += FINE_SHARE * (detail_light - _blurred(detail_light, FINE_SIGMA * scale))
    return colours + (light - colours @ LUMA)[..., None]


def _blurred(picture: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), dtype=np.float32)


def _mixed(painted: Floats, photo: Floats, options: StyleOptions, match: tuple[float, float]) -> Floats:
    """Apply the strength and the choice of colours to a part."""
    if options.keep_colours:
        contrast, brightness = match
        painted = photo + ((painted @ LUMA) * contrast + brightness - photo @ LUMA)[..., None]
    if options.strength < 1:
        painted = photo + options.strength * (painted - photo)
    return painted


def _luminance_match(photo: Pixels, painted: Pixels) -> tuple[float, float]:
    """Return the factor and the addend that give painted luminance the photo's mean and contrast."""
    ours, theirs = (picture.astype(np.float32) @ LUMA for picture in (painted, photo))
    contrast = float(np.clip(theirs.std() / max(float(ours.std()), 1.0), 1 / MOST_CONTRAST, MOST_CONTRAST))
    return contrast, float(theirs.mean() - contrast * ours.mean())


def _resized(photo: Pixels, long_side: int | None) -> Pixels:
    height, width = photo.shape[:2]
    if long_side is None or max(height, width) <= long_side:
        return photo
    share = long_side / max(height, width)
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA))


def _of_pixels(photo: Pixels, pixels: int) -> Pixels:
    """Return the photo with about so many pixels, smaller or larger, its sides multiples of STEP."""
    height, width = photo.shape[:2]
    share = math.sqrt(pixels / (height * width))
    size = [max(SMALLEST_SIDE, round(side * share / STEP) * STEP) for side in (width, height)]
    if size == [width, height]:
        return photo
    interpolation = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, size, interpolation=interpolation))
