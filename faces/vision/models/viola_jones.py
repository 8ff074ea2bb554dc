"""The Viola-Jones cascade of 2001, for comparison and teaching.

Viola and Jones, "Rapid object detection using a boosted cascade of simple features" (CVPR 2001); the cascade
is OpenCV's, by Lienhart. It finds upright frontal faces only and returns no landmarks: the five points are at
their average places in the cascade's square, so a tilted face is not levelled.
"""

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.errors import ModelDamaged, ModelFailed, ModelMissing
from faces.vision.geometry import shrink_to
from faces.vision.types import Box, Detection, Pixels

NAME = "viola_jones"
LONG_SIDE = 1024
SCALE_STEP = 1.1
NEIGHBOURS = 5
SMALLEST_FACE = 24
"""Pixels of the side of the window that the cascade was trained on: it finds nothing smaller."""

AVERAGE_POINTS: NDArray[np.float32] = np.array(
    [[0.317, 0.394], [0.685, 0.394], [0.499, 0.606], [0.345, 0.777], [0.657, 0.777]], dtype=np.float32
)
AVERAGE_BOX = Box(0.10, -0.034, 0.81, 1.098)
"""Average landmarks and face box in the cascade's square, as shares of its side.

Medians of RetinaFace's over 993 faces of LFW on which both agree. The square is wider and lower than a face;
the embedders need the box.
"""


class ViolaJones:
    """OpenCV's cascade classifier.

    Parameters
    ----------
    cascade : Path
        The XML file of a cascade that looks for frontal faces.
    long_side : int
        Pixels of the long side at full scale.

    Raises
    ------
    ModelMissing, ModelDamaged
    """

    name = NAME

    def __init__(self, cascade: Path, *, long_side: int = LONG_SIDE) -> None:
        if not cascade.is_file():
            raise ModelMissing(NAME, cascade)
        try:
            self._cascade = cv2.CascadeClassifier(str(cascade))
        except (cv2.error, SystemError) as error:
            # OpenCV's constructor returns an object although it has failed, which is a SystemError in Python.
            raise ModelDamaged(NAME, f"OpenCV cannot read {cascade.name} as a cascade") from error
        if self._cascade.empty():
            raise ModelDamaged(NAME, f"{cascade.name} is no cascade")
        self._long_side = long_side

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """Return the upright frontal faces of an upright RGB picture, best first, in pixels of that picture.

        The landmarks are estimates (see the module). The score is the sum of the last stage, mapped to 0..1:
        it orders faces and is no probability.
        """
        shrunk, factor = shrink_to(picture, self._long_side)
        grey = cv2.equalizeHist(cv2.cvtColor(shrunk, cv2.COLOR_RGB2GRAY))
        try:
            squares, _, weights = self._cascade.detectMultiScale3(
                grey,
                scaleFactor=SCALE_STEP,
                minNeighbors=NEIGHBOURS,
                minSize=(SMALLEST_FACE, SMALLEST_FACE),
                outputRejectLevels=True,
            )
        except cv2.error as error:
            height, width = grey.shape
            raise ModelFailed(
                f"{NAME} failed on a picture of {width} x {height} ({error.err or error})"
            ) from error
        found = [
            _detection(np.asarray(square, dtype=np.float32) * factor, float(weight), picture)
            for square, weight in zip(squares, np.ravel(weights), strict=True)
        ]
        return sorted(found, key=lambda detection: -detection.score)


def _detection(square: NDArray[np.float32], weight: float, picture: Pixels) -> Detection:
    """Return the face in a square (x, y, width, height), in pixels of the picture."""
    x, y, side = float(square[0]), float(square[1]), float(square[2])
    left, top = max(x + AVERAGE_BOX.x * side, 0.0), max(y + AVERAGE_BOX.y * side, 0.0)
    right = min(x + (AVERAGE_BOX.x + AVERAGE_BOX.w) * side, float(picture.shape[1]))
    bottom = min(y + (AVERAGE_BOX.y + AVERAGE_BOX.h) * side, float(picture.shape[0]))
    return Detection(
        box=Box(left, top, right - left, bottom - top),
        landmarks=np.asarray(AVERAGE_POINTS * side + square[:2], dtype=np.float32),
        score=1 / (1 + math.exp(-weight / 2)),
    )
