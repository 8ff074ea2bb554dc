"""The windows of a picture that pass each stage of a Viola-Jones cascade.

The steps are those of OpenCV's detector, so that the windows which pass the last stage are the ones that it
groups into faces. Whole stages are evaluated over all windows of a scale at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.explain.cascade_file import Cascade, Stage

COARSE_STEP, FINE_STEP = 2, 1
"""Pixels between two windows in the shrunk picture: below the scale `FINE_FROM`, and from there on."""

FINE_FROM = 2.0
LEAST_DEVIATION = 0.1
"""Contrast below which a window is rejected unseen, as the standard deviation of its grey levels."""


@dataclass(frozen=True, slots=True)
class PassedWindows:
    """The result of a cascade over a picture.

    counts: windows that are left: of all, and after each stage: stages + 1 numbers.
    windows: (n, 3) left, top and side in pixels of the picture, of every window that passed a stage.
    passed: (n,) the number of stages that it passed, 1..stages.
    votes: (n,) the sum of the votes in the last stage that it entered, minus what this stage needs.
    """

    counts: tuple[int, ...]
    windows: NDArray[np.float32]
    passed: NDArray[np.intp]
    votes: NDArray[np.float64]

    def after(self, stages: int) -> NDArray[np.float32]:
        """Return the windows (n, 3) that passed this many stages."""
        return self.windows[self.passed >= stages]


@dataclass(frozen=True, slots=True)
class IntegralImage:
    """Sums over every rectangle at the origin of a grey picture, and of its squares, row by row.

    sums, squares: ((height + 1) * (width + 1),) float64; row and column 0 are zero.
    row: width + 1, the distance between a value and the one below it.
    """

    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    row: int

    @classmethod
    def of(cls, grey: NDArray[np.uint8]) -> "IntegralImage":
        """Return the integral image of a grey picture (height, width)."""
        sums, squares = cv2.integral2(grey, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
        return cls(np.asarray(sums).ravel(), np.asarray(squares).ravel(), grey.shape[1] + 1)

    def rectangle(
        self, windows: NDArray[np.intp], x: int, y: int, width: int, height: int, *, squares: bool = False
    ) -> NDArray[np.float64]:
        """Return the sums (n,) of one rectangle of every window: four values each, for any size.

        windows: (n,) places of the left upper corners, as `row * y + x`. x, y: place in the window.
        """
        values = self.squares if squares else self.sums
        top, bottom = self.row * y + x, self.row * (y + height) + x
        sums = values.take(windows + (bottom + width))
        sums -= values.take(windows + (top + width))
        sums -= values.take(windows + bottom)
        sums += values.take(windows + top)
        return np.asarray(sums, dtype=np.float64)

    def deviations(self, windows: NDArray[np.intp], side: int) -> NDArray[np.float64]:
        """Return the area times the standard deviation (n,) of the inner squares of windows.

        The inner square lacks a border of one pixel, as in OpenCV.
        """
        inner, area = side - 2, (side - 2) ** 2
        total = self.rectangle(windows, 1, 1, inner, inner)
        squares = self.rectangle(windows, 1, 1, inner, inner, squares=True)
        return np.asarray(np.sqrt(np.maximum(area * squares - total**2, 0.0)), dtype=np.float64)


def feature_values(
    cascade: Cascade, feature: int, image: IntegralImage, windows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the weighted sums (n,) of the rectangles of a feature in every window."""
    value = np.zeros(len(windows))
    for (x, y, width, height), weight in zip(
        cascade.rectangles[feature].tolist(), cascade.weights[feature].tolist(), strict=True
    ):
        if weight:
            value += weight * image.rectangle(windows, x, y, width, height)
    return value


def stage_votes(
    cascade: Cascade,
    stage: Stage,
    image: IntegralImage,
    windows: NDArray[np.intp],
    deviations: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the sums of the votes (n,) of a stage for every window, minus what the stage needs."""
    votes = np.full(len(windows), -stage.needed)
    for feature, threshold, below, above in zip(
        stage.features, stage.thresholds, stage.below, stage.above, strict=True
    ):
        value = feature_values(cascade, int(feature), image, windows)
        votes += np.where(value < threshold * deviations, below, above)
    return votes


def cascade_run(
    cascade: Cascade, grey: NDArray[np.uint8], *, scale_step: float, smallest: int
) -> PassedWindows:
    """Evaluate every window of a picture, stage by stage.

    Parameters
    ----------
    cascade : Cascade
    grey : (height, width) uint8
    scale_step : factor between two sizes of the window, above 1
    smallest : pixels of the side of the smallest window
    """
    counts = np.zeros(len(cascade.stages) + 1, dtype=np.intp)
    parts: list[tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float64]]] = []
    for scale, shrunk in _scales(grey, cascade.side, scale_step, smallest):
        step = FINE_STEP if scale >= FINE_FROM else COARSE_STEP
        height, width = shrunk.shape
        y, x = (
            axis.ravel()
            for axis in np.mgrid[: height - cascade.side + 1 : step, : width - cascade.side + 1 : step]
        )
        counts[0] += len(x)
        windows, passed, votes = _scale_run(cascade, IntegralImage.of(shrunk), x, y)
        parts.append((np.asarray(windows * scale, dtype=np.float32), passed, votes))
        for stage in range(1, len(counts)):
            counts[stage] += int((passed >= stage).sum())
    empty = np.zeros((0, 3), np.float32), np.zeros(0, np.intp), np.zeros(0)
    joined = [np.concatenate(arrays) for arrays in zip(empty, *parts, strict=True)]
    return PassedWindows(tuple(int(count) for count in counts), *joined)


def _scale_run(
    cascade: Cascade, image: IntegralImage, x: NDArray[np.intp], y: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.intp], NDArray[np.float64]]:
    """Return windows (n, 3) in pixels of the shrunk picture, their passed stages and last votes."""
    corners = image.row * y + x
    deviations = image.deviations(corners, cascade.side)
    left = np.flatnonzero(deviations > LEAST_DEVIATION * (cascade.side - 2) ** 2)
    passed, votes = np.zeros(len(x), dtype=np.intp), np.full(len(x), -np.inf)
    for stage in cascade.stages:
        if not left.size:
            break
        votes[left] = stage_votes(cascade, stage, image, corners[left], deviations[left])
        left = left[votes[left] >= 0]
        passed[left] += 1
    some = passed > 0
    windows = np.stack([x[some], y[some], np.full(int(some.sum()), cascade.side)], axis=1)
    return windows.astype(np.float32), passed[some], votes[some]


def _scales(
    grey: NDArray[np.uint8], side: int, step: float, smallest: int
) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """Yield the sizes of the window as multiples of `side`, with the picture shrunk by each."""
    height, width = grey.shape
    scale = 1.0
    while round(side * scale) <= min(height, width):
        if round(side * scale) >= smallest:
            size = (round(width / scale), round(height / scale))
            shrunk = cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR_EXACT)
            yield scale, np.asarray(shrunk, dtype=np.uint8)
        scale *= step
