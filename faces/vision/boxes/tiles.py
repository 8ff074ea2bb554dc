"""Detect faces in the tiles of a panorama.

A detector gets a picture at a size that its long side decides. In a panorama that leaves no pixels for the
faces, since their size depends on the short side. So the short side decides on the size, and the picture is
detected in overlapping tiles along its long side.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from faces.vision.geometry import non_maximum_suppression, shrink_to
from faces.vision.types import Box, Detection, Pixels

PANORAMA = 3.0
"""Long side, divided by the short one, above which a picture is a panorama. Cameras take at most 2.4."""

WHOLE = 0.75
"""Longer side of the largest face that is whole in the tile that counts it, as a share of the overlap."""

SAME_FACE = 0.4
"""Intersection over union from which boxes of two tiles are the same face; the detectors' own bound."""


def is_panorama(width: int, height: int) -> bool:
    """Return whether a picture of this size, in any unit, is a panorama; an upright one is one too."""
    return max(width, height) > PANORAMA * min(width, height)


def detect_in_tiles(
    detect: Callable[[Pixels], list[Detection]], picture: Pixels, *, tile: int, overlap: int, side: int
) -> list[Detection]:
    """Detect the faces of a picture in tiles along its long side.

    A face counts in the tile whose middle part has the face's centre. There a face of up to `WHOLE` of the
    overlap is whole; a larger one may be cut off at the end of its tile.

    Parameters
    ----------
    detect : takes an RGB picture and returns its faces in pixels of that picture.
    picture : (height, width, 3) uint8 RGB, upright.
    tile : pixels of a tile along the picture's long side. At least the short side.
    overlap : pixels that neighbours have in common at least. Less than `tile`.
    side : pixels to which the long side of a tile is shrunk for `detect`.

    Returns
    -------
    The faces in pixels of `picture`, best score first, each once.
    """
    height, width = picture.shape[:2]
    length, upright = max(width, height), height > width
    starts = tile_starts(length, tile=tile, overlap=overlap)
    # Neighbours part in the middle of what they have in common; a face in the margin may count in both.
    seams = [-math.inf, *((right + left + tile) / 2 for left, right in pairwise(starts)), math.inf]
    margin = overlap * (1 - WHOLE) / 2
    found = []
    for start, (first, last) in zip(starts, pairwise(seams), strict=True):
        part = picture[start : start + tile] if upright else picture[:, start : start + tile]
        shown, factor = shrink_to(part, side)
        offset = np.array([0, start] if upright else [start, 0], dtype=np.float32)
        for face in detect(shown):
            placed = _placed(face, factor, offset)
            centre = placed.box.centre[1 if upright else 0]
            if first - margin <= centre < last + margin:
                found.append(placed)
    return _unique(found)


def tile_starts(length: int, *, tile: int, overlap: int) -> list[int]:
    """Return the first pixel of each tile, evenly spread; a picture shorter than a tile has one."""
    if length <= tile:
        return [0]
    count = math.ceil((length - overlap) / (tile - overlap))
    return [round(start) for start in np.linspace(0, length - tile, count)]


def _placed(face: Detection, factor: float, offset: NDArray[np.float32]) -> Detection:
    """Return a face of a shrunk tile in pixels of the whole picture."""
    box = face.box.scaled(factor, factor)
    return Detection(
        box=Box(box.x + float(offset[0]), box.y + float(offset[1]), box.w, box.h),
        landmarks=np.asarray(face.landmarks * factor + offset, dtype=np.float32),
        score=face.score,
    )


def _unique(faces: Sequence[Detection]) -> list[Detection]:
    """Return each face once, best score first."""
    corners = [(one.box.x, one.box.y, one.box.x + one.box.w, one.box.y + one.box.h) for one in faces]
    keep = non_maximum_suppression(
        np.array(corners, dtype=np.float32).reshape(-1, 4),
        np.array([one.score for one in faces], dtype=np.float32),
        overlap=SAME_FACE,
    )
    return [faces[index] for index in keep]
