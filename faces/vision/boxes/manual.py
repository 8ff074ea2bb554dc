"""Faces in boxes that a user drew."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Box, Detection, Detector, Pixels

FACE_POINTS = np.array([[0.31, 0.42], [0.69, 0.42], [0.5, 0.62], [0.35, 0.79], [0.65, 0.79]], np.float32)
"""Landmarks of an average face, as shares of its box."""

GROWN = 2.5
"""Factor by which the box grows before detection: without hair and neck a face is detected less often."""

SIDES = (160, 96, 256)
"""Pixels of the box's longer side for the detector, tried in this order until one finds the face. The first
is in the middle of the range that detectors are trained on; blurred faces are found at the others."""

LARGEST_FACTOR = 8.0
"""The largest enlargement: a box that needs more has too few pixels."""

LEAST_OVERLAP = 0.3
"""Intersection over union from which a detected face is the drawn one: users draw generous boxes."""


def points_in(box: Box) -> NDArray[np.float32]:
    """Return the landmarks of an average face in a box: (5, 2), in the frame of the box."""
    return np.asarray(FACE_POINTS * [box.w, box.h] + [box.x, box.y], dtype=np.float32)


def detection_at(picture: Pixels, box: Box, *, detector: Detector) -> Detection:
    """Return the face in a box that a user drew.

    Parameters
    ----------
    picture : (height, width, 3) uint8 RGB, upright.
    box : in pixels of `picture`.

    Returns
    -------
    The detected face with its box and landmarks; or, if the detector finds none, the drawn box with the
    landmarks of an average face and a score of 0. In pixels of `picture` in both cases.
    """
    left, top, right, bottom = _grown(picture, box)
    part = picture[top:bottom, left:right]
    for side in SIDES:
        factor = min(side / max(box.w, box.h), LARGEST_FACTOR)
        size = (max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor)))
        way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        shown = np.asarray(cv2.resize(part, size, interpolation=way), dtype=np.uint8)
        across, down = part.shape[1] / size[0], part.shape[0] / size[1]
        found = [_moved(one, across, down, left, top) for one in detector.detect(shown)]
        best = max(found, key=lambda one: one.box.iou(box), default=None)
        if best is not None and best.box.iou(box) >= LEAST_OVERLAP:
            return best
    return Detection(box=box, landmarks=points_in(box), score=0.0)


def _grown(picture: Pixels, box: Box) -> tuple[int, int, int, int]:
    """Return the part of the picture for the detector: left, top, right, bottom in whole pixels."""
    height, width = picture.shape[:2]
    (x, y), half_w, half_h = box.centre, box.w * GROWN / 2, box.h * GROWN / 2
    left, top = max(0, int(x - half_w)), max(0, int(y - half_h))
    right, bottom = min(width, int(np.ceil(x + half_w))), min(height, int(np.ceil(y + half_h)))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _moved(found: Detection, across: float, down: float, left: int, top: int) -> Detection:
    """Return a detection of the part in pixels of the whole picture."""
    box = found.box.scaled(across, down)
    points = found.landmarks * np.array([across, down]) + np.array([left, top])
    return Detection(
        box=Box(box.x + left, box.y + top, box.w, box.h),
        landmarks=np.asarray(points, dtype=np.float32),
        score=found.score,
    )
