"""Fingerprints of pictures: a perceptual hash, which similar pictures nearly share, and the sharpness."""

from functools import cache
from typing import BinaryIO, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

HASH_BITS = 64
_SIDE = 32
_BLOCK = 8
_BESIDE = 4
SHARPNESS_SIDE = 1024
"""Pixels of the long side of the picture whose sharpness is measured, at most."""


class Fingerprint(NamedTuple):
    """Two hashes as signed numbers of 64 bits, as Postgres stores them, and the sharpness, 0 or more.

    hash: of the coarse structure. detail: of the next finer one, which differs between pictures of one
    composition, portraits most of all.
    """

    hash: int
    detail: int
    sharpness: float


def fingerprint(pixels: NDArray[np.uint8]) -> Fingerprint:
    """Return the fingerprint of a picture, uint8 (H, W, 3) sRGB."""
    # OpenCV: Pillow would copy the colours first.
    return _fingerprint(Image.fromarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)))


def fingerprint_of_jpeg(file: BinaryIO) -> Fingerprint:
    """Return the fingerprint of a rendition, which is decoded at about the size that is needed.

    Raises OSError when it is no picture.
    """
    with Image.open(file, formats=["JPEG"]) as picture:
        picture.draft("L", (SHARPNESS_SIDE, SHARPNESS_SIDE))
        return _fingerprint(picture.convert("L"))


def _fingerprint(gray: Image.Image) -> Fingerprint:
    gray.thumbnail((SHARPNESS_SIDE, SHARPNESS_SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    small = gray.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    coarse, detail = _hashes(np.asarray(small, dtype=np.float64))
    return Fingerprint(coarse, detail, _sharpness(np.asarray(gray)))


def _hashes(gray: NDArray[np.float64]) -> tuple[int, int]:
    """Return the pHash of a picture of 32 x 32, and the same of the next higher frequencies.

    Each bit says whether a frequency is above the median.
    The first row and column of the cosine transform are left out: they hold the brightness and the gradients
    over the whole picture, which are alike in many portraits (`benchmarks/similar_photos.py`). See Zauner,
    "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.
    """
    basis = _cosines()
    waves = basis @ gray @ basis.T
    beside = np.concatenate([waves[_BLOCK:, :_BLOCK].ravel(), waves[:_BLOCK, _BLOCK:].ravel()])
    return _bits(waves[:_BLOCK, :_BLOCK].ravel()), _bits(beside)


def _bits(waves: NDArray[np.float64]) -> int:
    return int(np.packbits(waves > np.median(waves)).view(">i8")[0])


@cache
def _cosines() -> NDArray[np.float64]:
    """Return the lowest frequencies of the discrete cosine transform (DCT-II) but the mean, one a row."""
    frequency, place = np.arange(1, _BLOCK + _BESIDE + 1)[:, None], np.arange(_SIDE)[None, :]
    return np.cos(np.pi * frequency * (2 * place + 1) / (2 * _SIDE))


def _sharpness(gray: NDArray[np.uint8]) -> float:
    """Return the deviation of the Laplacian, which blur makes small, relative to that of the picture.

    So a copy with more light or contrast does not count as sharper than its original.
    """
    if min(gray.shape) < 3:
        return 0.0
    edges = cv2.Laplacian(gray, cv2.CV_16S)[1:-1, 1:-1]
    return _deviation(edges) / (1 + _deviation(gray))


def _deviation(values: cv2.typing.MatLike) -> float:
    return float(cv2.meanStdDev(values)[1][0, 0])
