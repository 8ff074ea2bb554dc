"""Detect faces at two scales, so that a face that fills the picture is found as one face.

A detector finds faces up to the size of its largest anchor. A larger face comes out as several fragments: an
eye and the nose, half of the mouth. In a much smaller picture the same face has a size that the detector
knows. So each picture is detected at full scale and at a small scale, and the small scale decides on faces
that are too large for the full scale. A panorama is detected so in tiles, each scale with tiles of its own.
A crowd gets a closer look at full scale.
"""

from collections.abc import Callable, Sequence

import numpy as np

from faces.vision.boxes.crowds import is_crowd, with_closer_look
from faces.vision.boxes.tiles import PANORAMA, WHOLE, detect_in_tiles, is_panorama
from faces.vision.geometry import shrink_to
from faces.vision.types import Detection, Pixels

SMALL_SIDE = 400
"""Pixels of the long side at the small scale.

Of 142 close-ups of three data sets, in which the face fills 70 to 115 % of a picture 640 to 2,400 pixels
wide, 18 have exactly one face at 1,280 pixels alone and 140 with the second scale; faces in other pictures
stay as they are. The second pass takes a sixth of the time of the first.
"""

SAME_FACE = 0.4
"""Intersection over union from which boxes of the two scales are the same face."""

FRAGMENT = 0.5
"""Share of a box inside a large face from which it is a fragment, unless the small scale confirms it."""

VISIBLE = 20.0
"""Pixels that a face needs at the small scale to be found there reliably."""

CERTAIN = 0.9
"""Score from which a face beside a large one counts although the small scale does not see it."""

PHOTO = 4 / 3
"""Long side of an ordinary photo, divided by its short one. The short side of a panorama gets as many pixels
as that of such a photo."""

FULL_OVERLAP, SMALL_OVERLAP = 1 / 4, 1 / 2
"""Overlap of a panorama's tiles, as shares of a tile.

At full scale it holds a face of a quarter of the short side; the small scale decides on larger ones. Its
tiles are three times as long as the short side, and their overlap holds a face that fills it. The tiles of
both scales have together 1.5 times as many pixels as the panorama at full scale.
"""


def detect_at_two_scales(
    detect: Callable[[Pixels], list[Detection]],
    picture: Pixels,
    *,
    long_side: int,
    largest_face: float,
    small_side: int = SMALL_SIDE,
) -> list[Detection]:
    """Detect the faces of a picture at full and at small scale, and merge the two results.

    Parameters
    ----------
    detect : takes an RGB picture and returns its faces in pixels of that picture.
    picture : (height, width, 3) uint8 RGB, upright.
    long_side : pixels of the picture's long side at full scale; a smaller picture is not enlarged. In a
        panorama that is larger, of the long side of a tile.
    largest_face : pixels of the longer side of the largest face that `detect` finds in one piece.
    small_side : pixels of the picture's long side at small scale; in a panorama, that of an ordinary photo
        which is as high.

    Returns
    -------
    The faces in pixels of `picture`, best score first. A face larger than `largest_face` at full scale comes
    from the small scale, and its fragments are left out.
    """
    height, width = picture.shape[:2]
    if max(width, height) > long_side and is_panorama(width, height):
        return _detect_in_panorama(
            detect, picture, long_side=long_side, largest_face=largest_face, small_side=small_side
        )
    full_picture, full_factor = shrink_to(picture, long_side)
    full = [_scaled(face, full_factor) for face in detect(full_picture)]
    if full_factor > 1 and is_crowd(full, full_factor):
        full = with_closer_look(detect, picture, full, side=long_side)
    if max(full_picture.shape[:2]) <= max(small_side, largest_face):
        return full
    small_picture, small_factor = shrink_to(full_picture, small_side)
    small_factor *= full_factor
    small = [_scaled(face, small_factor) for face in detect(small_picture)]
    return merge_scales(full, small, large=largest_face * full_factor, visible=VISIBLE * small_factor)


def _detect_in_panorama(
    detect: Callable[[Pixels], list[Detection]],
    picture: Pixels,
    *,
    long_side: int,
    largest_face: float,
    small_side: int,
) -> list[Detection]:
    """Detect the faces of a panorama as `detect_at_two_scales` does, in the tiles of each scale."""
    short_side = min(picture.shape[:2])
    factor = max(1.0, short_side * PHOTO / long_side)
    tile = round(long_side * factor)
    overlap = round(tile * FULL_OVERLAP)
    full = detect_in_tiles(detect, picture, tile=tile, overlap=overlap, side=long_side)
    large = min(largest_face * factor, WHOLE * overlap)
    if short_side * PHOTO < large:  # no face is so large
        return full
    small_factor = max(1.0, short_side * PHOTO / small_side)
    side = round(small_side * PANORAMA / PHOTO)
    tile = round(side * small_factor)
    small = detect_in_tiles(detect, picture, tile=tile, overlap=round(tile * SMALL_OVERLAP), side=side)
    return merge_scales(full, small, large=large, visible=VISIBLE * small_factor)


def merge_scales(
    full: Sequence[Detection], small: Sequence[Detection], *, large: float, visible: float
) -> list[Detection]:
    """Merge the faces found at full and at small scale; best score first.

    Parameters
    ----------
    full, small : in pixels of the same picture, best score first.
    large : longer side of a face, in the same pixels, from which the small scale decides.
    visible : longer side of a face, in the same pixels, from which the small scale finds it reliably.
    """
    large_faces = [face for face in small if face.box.longer_side >= large]
    if not large_faces:
        return list(full)
    # Each smaller face of the small scale confirms one face of the full scale.
    unmatched = [face.box for face in small if face.box.longer_side < large]
    merged = list(large_faces)
    for face in full:
        if any(face.box.iou(other.box) >= SAME_FACE for other in large_faces):
            continue
        match = next((box for box in unmatched if face.box.iou(box) >= SAME_FACE), None)
        if match is not None:
            unmatched.remove(match)
        elif _is_fragment(face, large_faces, visible):
            continue
        merged.append(face)
    return sorted(merged, key=lambda face: -face.score)


def _is_fragment(face: Detection, large_faces: Sequence[Detection], visible: float) -> bool:
    """Return whether a face that only the full scale found belongs to a large face, or is none."""
    if any(face.box.shared_area(other.box) >= FRAGMENT * face.box.area for other in large_faces):
        return True
    return face.box.longer_side >= visible and face.score < CERTAIN


def _scaled(face: Detection, factor: float) -> Detection:
    """Return a face in the pixels of a picture that is `factor` times as large."""
    return Detection(
        box=face.box.scaled(factor, factor),
        landmarks=np.asarray(face.landmarks * factor, dtype=np.float32),
        score=face.score,
    )
