"""Pictures of how a Viola-Jones cascade finds a face."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.explain.cascade_file import Cascade
from faces.vision.explain.cascade_windows import IntegralImage, PassedWindows, cascade_run, feature_values
from faces.vision.explain.drawing import boxes_drawn, coloured, enlarged, heat_over
from faces.vision.geometry import shrink_to
from faces.vision.models.viola_jones import SCALE_STEP, SMALLEST_FACE
from faces.vision.types import Box, Pixels

LONG_SIDE = 480
"""Pixels of the long side of the explained picture: 250,000 windows, about a second."""

FEATURES_SHOWN = 6
STAGES_SHOWN = (1, 3, 6, 10)
"""Stages whose windows are drawn; the last stage is drawn too."""

ENLARGED = 10
"""A pixel of the cascade's window is drawn as a square of this side."""

NEAR, MOST_COMPARED = 0.5, 1000
"""Intersection over union of windows around one face, and the most windows that are compared."""

LIGHT, DARK = (255, 255, 255), (0, 0, 0)


@dataclass(frozen=True, slots=True)
class FeatureShown:
    """A feature of the first stage on the best window.

    picture: the window with the feature's rectangles, white where grey levels count for it and black where
        they count against it.
    value, threshold: in the same unit; a value below the threshold casts the vote `below`.
    vote: of this window. below, above: both votes.
    """

    picture: Pixels
    value: float
    threshold: float
    vote: float


@dataclass(frozen=True, slots=True)
class RectangleSum:
    """A rectangle and the four values of the integral image at its corners.

    box: in pixels of the explained picture. corners: left upper, right upper, left lower, right lower.
    total: the sum of the grey levels in it. mean: per pixel.
    """

    box: Box
    corners: tuple[int, int, int, int]
    total: int
    mean: float


@dataclass(frozen=True, slots=True)
class CascadeShown:
    """A cascade's work on one picture.

    counts: windows in all, and left after each stage.
    grey: the picture as the cascade sees it, (height, width, 3). integral: its integral image, dark where
        sums are small.
    stages: by the number of a stage, the windows that are left after it as a heat map.
    best: the window in the thick of those that passed most stages, in pixels of `grey`, if any.
    features: the first features on that window. example: a rectangle sum in it.
    """

    counts: tuple[int, ...]
    grey: Pixels
    integral: Pixels
    stages: dict[int, Pixels]
    best: Box | None
    features: tuple[FeatureShown, ...]
    example: RectangleSum | None


def cascade_shown(cascade: Cascade, picture: Pixels) -> CascadeShown:
    """Return figures and pictures of a cascade's work on an upright RGB picture of any size."""
    shrunk, _factor = shrink_to(picture, LONG_SIDE)
    grey = np.asarray(cv2.equalizeHist(cv2.cvtColor(shrunk, cv2.COLOR_RGB2GRAY)), dtype=np.uint8)
    found = cascade_run(cascade, grey, scale_step=SCALE_STEP, smallest=SMALLEST_FACE)
    as_seen = np.stack([grey] * 3, axis=2)
    best = _best_window(found)
    last = len(cascade.stages)
    return CascadeShown(
        counts=found.counts,
        grey=as_seen if best is None else boxes_drawn(as_seen, [best]),
        integral=integral_picture(grey),
        stages={stage: windows_picture(as_seen, found, stage) for stage in (*STAGES_SHOWN, last)},
        best=best,
        features=() if best is None else features_shown(cascade, grey, best),
        example=None if best is None else _eyes_sum(grey, best),
    )


def integral_picture(grey: NDArray[np.uint8]) -> Pixels:
    """Return the integral image of a grey picture (height, width) in colours, with lines of equal sums."""
    sums = grey.astype(np.float64).cumsum(axis=0).cumsum(axis=1)
    share = sums / max(float(sums[-1, -1]), 1.0)
    picture = coloured(np.sqrt(share))
    # A line where the share passes a tenth: what looks like shading is a sum that grows to the lower right.
    tenths = np.floor(share * 10)
    edge = np.zeros(grey.shape, dtype=bool)
    edge[:, 1:] |= tenths[:, 1:] != tenths[:, :-1]
    edge[1:] |= tenths[1:] != tenths[:-1]
    picture[edge] = 255
    return picture


def windows_picture(as_seen: Pixels, found: PassedWindows, stage: int) -> Pixels:
    """Return the picture under a heat map of the centres of the windows that passed a stage.

    The heat is the logarithm of the number of centres near a pixel.
    """
    height, width = as_seen.shape[:2]
    windows = found.after(stage)
    centres = np.asarray(windows[:, :2] + windows[:, 2:] / 2, dtype=np.intp)
    counts = np.zeros((height, width), dtype=np.float32)
    inside = np.minimum(centres[:, 1], height - 1), np.minimum(centres[:, 0], width - 1)
    np.add.at(counts, inside, 1)
    near = np.log1p(cv2.boxFilter(counts, -1, (9, 9), normalize=False))
    # One scale for all stages, so that fewer windows look like fewer.
    return heat_over(as_seen, near / np.log1p(81.0), smooth=True)


def features_shown(cascade: Cascade, grey: NDArray[np.uint8], window: Box) -> tuple[FeatureShown, ...]:
    """Return the first features of the first stage on a window of a grey picture (height, width)."""
    side = cascade.side
    left, top, size = round(window.x), round(window.y), round(window.w)
    cut = grey[top : top + size, left : left + size]
    small = np.asarray(cv2.resize(cut, (side, side), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    image, corner = IntegralImage.of(small), np.zeros(1, dtype=np.intp)
    deviation = max(float(image.deviations(corner, side)[0]), 1e-9)
    stage = cascade.stages[0]
    shown = []
    for place, feature in enumerate(stage.features[:FEATURES_SHOWN].tolist()):
        value = float(feature_values(cascade, feature, image, corner)[0]) / deviation
        threshold = float(stage.thresholds[place])
        vote = stage.below[place] if value < threshold else stage.above[place]
        drawn = _feature_drawn(cascade, feature, small)
        shown.append(FeatureShown(drawn, value, threshold, float(vote)))
    return tuple(shown)


def _feature_drawn(cascade: Cascade, feature: int, window: NDArray[np.uint8]) -> Pixels:
    """Return the enlarged window (side, side) with the rectangles of a feature, later ones above earlier."""
    weight = np.zeros(window.shape)
    for (x, y, width, height), part in zip(
        cascade.rectangles[feature].tolist(), cascade.weights[feature].tolist(), strict=True
    ):
        if part:
            weight[y : y + height, x : x + width] = part
    picture = enlarged(np.stack([window] * 3, axis=2), ENLARGED)
    place = weight.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
    for where, colour in ((place > 0, LIGHT), (place < 0, DARK)):
        picture[where] = np.asarray(0.35 * picture[where] + 0.65 * np.array(colour), dtype=np.uint8)
    return picture


def _best_window(found: PassedWindows) -> Box | None:
    """Return the window with the most near windows, of those that passed the most stages.

    Several windows pass around a face, and few around something else: that is how OpenCV decides, too.
    """
    if not len(found.windows):
        return None
    windows = found.after(int(found.passed.max()))[:MOST_COMPARED]
    x, y, side = windows.T
    low, high = np.maximum(x[:, None], x), np.minimum((x + side)[:, None], x + side)
    width = np.maximum(high - low, 0)
    low, high = np.maximum(y[:, None], y), np.minimum((y + side)[:, None], y + side)
    shared = width * np.maximum(high - low, 0)
    near = shared / ((side**2)[:, None] + side**2 - shared) >= NEAR
    left, top, size = windows[int(near.sum(axis=1).argmax())].tolist()
    return Box(left, top, size, size)


def _eyes_sum(grey: NDArray[np.uint8], window: Box) -> RectangleSum:
    """Return the sum of the band of the eyes in a window: two thirds of its width, a sixth of its height."""
    sums = np.pad(grey.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    x, y = round(window.x + window.w / 6), round(window.y + window.h / 3)
    width, height = max(1, round(window.w * 2 / 3)), max(1, round(window.h / 6))
    right, bottom = min(x + width, grey.shape[1]), min(y + height, grey.shape[0])
    corners = tuple(int(sums[row, column]) for row in (y, bottom) for column in (x, right))
    upper_left, upper_right, lower_left, lower_right = corners
    total = lower_right - upper_right - lower_left + upper_left
    box = Box(x, y, right - x, bottom - y)
    return RectangleSum(
        box, (upper_left, upper_right, lower_left, lower_right), total, total / max(box.area, 1)
    )
