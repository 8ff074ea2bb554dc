"""Photos that lie on their side or stand on their head without saying so.

Cameras that do not know which way is up, scanners and old programs store such photos. A detector finds none
of their faces, or false ones. So a photo in which it finds no good face is looked at in the three other
orientations, at a small scale.

It finds some faces that stand on their head, as good as others. So the best face alone, cut out, is looked at
both ways round: the detector is surer of the right one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import warp
from faces.vision.geometry import eye_angle, shrink_to
from faces.vision.quality import pose_of
from faces.vision.types import Box, Detection, Detector, Pixels

SMALL_SIDE = 400
"""Pixels of the long side at which orientations are compared."""

GOOD = 0.9
"""Score of a good face. False faces of turned photos have less, or their eyes are not above their mouth."""

CERTAIN = 0.999
"""Score of a face that stands upright for certain: none on its head scores more than .9973, and 78 % of the
best faces of upright photos reach it."""

SURE = 0.95
"""Score of the best face from which another orientation is taken for the right one."""

LEVEL = 45.0
"""Degrees: the eyes of an upright face are more level than that."""

CUTOUT_SIDE = 96
"""Pixels of the square in which a face is looked at both ways round. Other sizes tell less."""

CUTOUT_GROWTH = 1.8
"""The side of that square, divided by the longer side of the face's box."""

UPSIDE_DOWN = 0.005
"""By so much a face scores more the other way round if the photo stands on its head. Of 236 photos the best
upright faces score at least .010 less; of 92 that stand on their head and pass as upright, .011 more."""


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
    best = max((face for face in faces if _is_good(face)), key=lambda face: face.score, default=None)
    if best is not None:
        certain = best.score >= CERTAIN or not _upside_down(picture, best, detector=detector)
        return 0 if certain else 2
    small, _factor = shrink_to(picture, SMALL_SIDE)
    good: dict[int, list[float]] = {}
    for turns in (1, 3, 2):
        found = detector.detect(turned(small, turns))
        good[turns] = [face.score for face in found if _is_good(face)]
    likely = max(good, key=lambda turns: sum(good[turns]))
    return likely if max(good[likely], default=0.0) >= SURE else 0


def _upside_down(picture: Pixels, face: Detection, *, detector: Detector) -> bool:
    """Return True if the detector is surer of a face when it is turned by 180 degrees."""
    alone = _cutout(picture, face.box)
    as_it_is, other = (
        max((one.score for one in detector.detect(way) if _is_upright(one)), default=0.0)
        for way in (alone, turned(alone, 2))
    )
    return other > as_it_is + UPSIDE_DOWN


def _cutout(picture: Pixels, box: Box) -> Pixels:
    """Return the square around a face; beyond the picture its edge repeats."""
    x, y = box.centre
    scale = CUTOUT_SIDE / (CUTOUT_GROWTH * box.longer_side)
    middle = CUTOUT_SIDE / 2
    matrix = np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])
    return warp(picture, matrix, width=CUTOUT_SIDE, height=CUTOUT_SIDE)


def _is_good(face: Detection) -> bool:
    return face.score >= GOOD and _is_upright(face)


def _is_upright(face: Detection) -> bool:
    return abs(eye_angle(face.landmarks)) <= LEVEL and pose_of(face.landmarks) > 0


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
