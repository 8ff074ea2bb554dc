"""Photos that lie on their side or stand on their head without saying so.

Cameras that do not know which way is up, scanners and old programs store such photos. A detector finds none
of their faces, or false ones. So a photo in which it finds no good face is looked at in the three other
orientations, at a small scale.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.vision.geometry import eye_angle, shrink_to
from faces.vision.quality import pose_of
from faces.vision.types import Box, Detection, Detector, Pixels

SMALL_SIDE = 400
"""Pixels of the long side at which orientations are compared."""

GOOD = 0.9
"""Score of a good face. False faces of turned photos have less, or their eyes are not above their mouth."""

SURE = 0.95
"""Score of the best face from which another orientation is taken for the right one."""

LEVEL = 45.0
"""Degrees: the eyes of an upright face are more level than that."""


def detect_upright(detector: Detector, picture: Pixels) -> list[Detection]:
    """Return the faces of a picture that may be turned, best first, in pixels of the picture as it is."""
    faces = detector.detect(picture)
    turns = quarter_turns(picture, faces, detector=detector)
    if not turns:
        return faces
    height, width = picture.shape[:2]
    upright = turned(picture, turns)
    across, down = 1 / upright.shape[1], 1 / upright.shape[0]
    return [
        Detection(
            box=box_turned_back(face.box.scaled(across, down), turns).scaled(width, height),
            landmarks=np.asarray(
                points_turned_back(face.landmarks * [across, down], turns) * [width, height], dtype=np.float32
            ),
            score=face.score,
        )
        for face in detector.detect(upright)
    ]


def quarter_turns(picture: Pixels, faces: Sequence[Detection], *, detector: Detector) -> int:
    """Return the quarter turns, counterclockwise, that bring a picture upright: 0 to 3, mostly 0.

    picture: (height, width, 3) uint8 RGB. faces: found in it as it is.
    """
    if any(_is_good(face) for face in faces):
        return 0
    small, _factor = shrink_to(picture, SMALL_SIDE)
    good: dict[int, list[float]] = {}
    for turns in (1, 3, 2):
        found = detector.detect(turned(small, turns))
        good[turns] = [face.score for face in found if _is_good(face)]
    best = max(good, key=lambda turns: sum(good[turns]))
    return best if max(good[best], default=0.0) >= SURE else 0


def _is_good(face: Detection) -> bool:
    level = abs(eye_angle(face.landmarks)) <= LEVEL
    return face.score >= GOOD and level and pose_of(face.landmarks) > 0


def turned(picture: Pixels, turns: int) -> Pixels:
    """Return a picture turned counterclockwise by quarter turns."""
    return np.ascontiguousarray(np.rot90(picture, turns)) if turns else picture


def brought_upright(picture: Pixels, landmarks: NDArray[np.float32]) -> tuple[Pixels, NDArray[np.float32]]:
    """Turn the picture of a face by quarter turns until its eyes are nearly level, with its landmarks.

    landmarks: (5, 2) in pixels of `picture`; those returned are in pixels of the returned picture.
    """
    turns = round(eye_angle(landmarks) / 90) % 4
    upright = turned(picture, turns)
    size, new_size = picture.shape[1::-1], upright.shape[1::-1]
    points = points_turned_back(landmarks / np.array(size), -turns) * np.array(new_size)
    return upright, np.asarray(points, dtype=np.float32)


def points_turned_back(points: NDArray[np.floating], turns: int) -> NDArray[np.float32]:
    """Return points of a picture that was turned, in the frame before; both relative, 0..1. Shape (n, 2)."""
    x, y = points[:, 0], points[:, 1]
    frames = {0: (x, y), 1: (1 - y, x), 2: (1 - x, 1 - y), 3: (y, 1 - x)}
    return np.stack(frames[turns % 4], axis=1).astype(np.float32)


def box_turned_back(box: Box, turns: int) -> Box:
    """Return a box of a picture that was turned, in the frame before; both relative, 0..1."""
    frames = {
        0: box,
        1: Box(1 - box.y - box.h, box.x, box.h, box.w),
        2: Box(1 - box.x - box.w, 1 - box.y - box.h, box.w, box.h),
        3: Box(box.y, 1 - box.x - box.w, box.h, box.w),
    }
    return frames[turns % 4]
