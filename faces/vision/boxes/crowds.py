"""Look closer at a crowd: many small faces in a picture that has more pixels than the detector was shown."""

from collections.abc import Callable, Sequence

from faces.vision.boxes.tiles import WHOLE, detect_in_tiles
from faces.vision.types import Detection, Pixels

SMALL = 32.0
"""Longer side in pixels of the shrunk picture below which the detector misses faces: of faces of 19 pixels it
finds a sixth, of faces of 28 pixels nearly all."""

LEAST = 4
"""Least small faces of a crowd: of many that are missed some are found. Other pictures cost no time."""

TILE, OVERLAP = 0.6, 0.2
"""Length and overlap of the two tiles, as shares of the long side."""

SAME_FACE, INSIDE = 0.4, 0.5
"""Intersection over union, and share of the smaller box, from which two boxes are the same face."""


def is_crowd(faces: Sequence[Detection], factor: float) -> bool:
    """Return whether a picture shows a crowd. factor: pixels of `faces` per pixel that the detector saw."""
    return sum(face.box.longer_side < SMALL * factor for face in faces) >= LEAST


def with_closer_look(
    detect: Callable[[Pixels], list[Detection]], picture: Pixels, faces: Sequence[Detection], *, side: int
) -> list[Detection]:
    """Return the faces of a picture with those that only a closer look finds, best score first.

    Parameters
    ----------
    detect : takes an RGB picture and returns its faces in pixels of that picture.
    picture : (height, width, 3) uint8 RGB, upright.
    faces : found in the whole picture, shrunk; in pixels of `picture`. They stay.
    side : pixels to which the long side of a part is shrunk for `detect`.
    """
    long_side = max(picture.shape[:2])
    overlap = round(OVERLAP * long_side)
    closer = detect_in_tiles(detect, picture, tile=round(TILE * long_side), overlap=overlap, side=side)
    added = [
        face
        for face in closer
        if face.box.longer_side < WHOLE * overlap and not any(_same(face, other) for other in faces)
    ]
    return sorted([*faces, *added], key=lambda face: -face.score)


def _same(one: Detection, other: Detection) -> bool:
    smaller = min(one.box.area, other.box.area)
    return one.box.iou(other.box) >= SAME_FACE or one.box.shared_area(other.box) >= INSIDE * smaller
