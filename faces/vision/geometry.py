"""Geometry of landmarks, pictures and boxes."""

import numpy as np
from numpy.typing import NDArray

from albums.imaging.shrinking import shrunk
from faces.vision.types import Pixels


def eye_angle(landmarks: NDArray[np.float32]) -> float:
    """Return the angle of the line through the eyes, in degrees, clockwise positive; level is 0.

    landmarks: (5, 2) in pixels; the first two rows are the left and the right eye as the viewer sees them.
    """
    across, down = (landmarks[1] - landmarks[0]).astype(float)
    return float(np.degrees(np.arctan2(down, across)))


def shrink_to(picture: Pixels, longest: int) -> tuple[Pixels, float]:
    """Return the picture with a long side of at most `longest`, and the factor back to the original."""
    height, width = picture.shape[:2]
    if max(height, width) <= longest:
        return picture, 1.0
    factor = max(height, width) / longest
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    return shrunk(picture, size), factor


def non_maximum_suppression(
    corners: NDArray[np.float32], scores: NDArray[np.float32], *, overlap: float
) -> NDArray[np.intp]:
    """Return the indices of the boxes to keep, best first: of boxes that overlap too much, only the best.

    corners: (n, 4) x1, y1, x2, y2. scores: (n,). overlap: intersection over union above which two boxes are
    the same face.
    """
    order = np.argsort(-scores, kind="stable")
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    keep: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        keep.append(int(best))
        low = np.maximum(corners[best, :2], corners[rest, :2])
        high = np.minimum(corners[best, 2:], corners[rest, 2:])
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        union = areas[best] + areas[rest] - shared
        order = rest[shared <= overlap * np.maximum(union, 1e-9)]
    return np.asarray(keep, dtype=np.intp)
