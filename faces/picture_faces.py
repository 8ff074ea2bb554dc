"""The faces of a picture in a file: decoded and looked at in one step, which a child process can run.

Without the database: a child has neither settings nor a connection.
"""

from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from albums import imaging
from albums.imaging import Limits
from faces.conf import FaceSettings
from faces.runtime import get_pipeline
from faces.vision.alignment import portrait_crop
from faces.vision.pipeline import FoundFace
from faces.vision.scan_size import scan_side
from faces.vision.types import Box, Pixels


class FileFace(NamedTuple):
    """A face of a file. box: relative (0..1) to the upright picture. vector: (dimensions,) of length 1."""

    box: Box
    vector: NDArray[np.float32]


class DrawnInFile(NamedTuple):
    """The face in a drawn box, and the name of the detector."""

    face: FoundFace
    detector: str


def faces_in_file(file: BinaryIO, *, models: FaceSettings, limits: Limits) -> list[FileFace]:
    """Return the faces of a picture, best first. Raises ImageRefused, VisionError."""
    pixels = imaging.decode(file, max_side=scan_side, limits=limits)
    return [FileFace(face.box, face.vector) for face in get_pipeline(models).faces_in([pixels])[0]]


def drawn_face_in_file(
    file: BinaryIO, box: Box, *, turns: int, least_pixels: int, models: FaceSettings, limits: Limits
) -> DrawnInFile | None:
    """Return the face in a box that a user drew, relative (0..1) to the picture; None if it is too small.

    turns: of the picture by its owner. least_pixels: of the sides of the box, in the decoded picture. Raises
    ImageRefused, VisionError.
    """
    pixels = imaging.decode(file, max_side=scan_side, limits=limits, turns=turns)
    inside = _inside(box, pixels, least_pixels)
    if inside is None:
        return None
    pipeline = get_pipeline(models)
    return DrawnInFile(pipeline.face_at(pixels, inside), pipeline.detector.name)


def portrait_in_file(
    file: BinaryIO, box: Box, *, max_side: int, side: int, limits: Limits
) -> imaging.Encoded:
    """Return the square around a face, a JPEG. box: relative (0..1) to the picture. Raises ImageRefused."""
    pixels = imaging.decode(file, max_side=max_side, limits=limits)
    height, width = pixels.shape[:2]
    return imaging.encode_jpeg(portrait_crop(pixels, box.scaled(width, height), side=side), max_side=side)


def portraits_in_file(
    file: BinaryIO, boxes: Sequence[Box], *, turns: int, side: int, quality: int, limits: Limits
) -> list[imaging.Encoded]:
    """Return the squares around faces as JPEGs, as a scan cuts them out. Raises ImageRefused.

    boxes: relative (0..1) to the picture as its owner has turned it, by `turns`. side: of a square in pixels.
    """
    pixels = imaging.decode(file, max_side=scan_side, limits=limits, turns=turns)
    height, width = pixels.shape[:2]
    squares = [portrait_crop(pixels, box.scaled(width, height), side=side) for box in boxes]
    return [imaging.encode_jpeg(square, quality=quality) for square in squares]


def _inside(box: Box, picture: Pixels, least_pixels: int) -> Box | None:
    """Return the part of the box that is in the photo."""
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    right, bottom = min(box.x + box.w, 1.0), min(box.y + box.h, 1.0)
    height, width = picture.shape[:2]
    if (right - left) * width < least_pixels or (bottom - top) * height < least_pixels:
        return None
    return Box(left, top, right - left, bottom - top)
