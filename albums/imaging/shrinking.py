"""Shrink pictures fast."""

import cv2
import numpy as np
from numpy.typing import NDArray


def shrunk(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture, uint8 (H, W, 3), shrunk to this width and height, both at least 1.

    OpenCV averages squares of whole pixels, and interpolates, several times as fast as it averages parts of
    pixels. Up to a factor of 2 an interpolation reads nearly every pixel, so it alone is enough. Halving goes
    first where it comes out even: what follows has a quarter of the pixels.
    """
    height, width = pixels.shape[:2]
    while width >= 2 * size[0] and height >= 2 * size[1] and width % 2 == height % 2 == 0:
        width, height = width // 2, height // 2
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if (width, height) == size:
        return pixels
    whole = max(1, int(max(width / size[0], height / size[1]) + 1e-6))
    near = (whole * size[0], whole * size[1])
    result = pixels if near == (width, height) else cv2.resize(pixels, near, interpolation=cv2.INTER_LINEAR)
    if whole > 1:
        result = cv2.resize(result, size, interpolation=cv2.INTER_AREA)
    return np.asarray(result, dtype=np.uint8)
