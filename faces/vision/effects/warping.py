"""Piecewise-affine warps of portraits, and their cross-dissolve in linear light."""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.effects.control_points import Shape, Triangles
from faces.vision.types import Pixels

Light = NDArray[np.uint16]
"""A picture in linear light: (height, width, 3), 0..65535."""

BRIGHTEST = 65_535
SUBPIXEL_BITS = 4
GRID = 2
"""Pixels between two places for which the map is computed; between them it is interpolated."""

_LEVELS = np.arange(256) / 255
_TO_LIGHT = np.round(
    np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4) * BRIGHTEST
).astype(np.uint16)
"""The transfer function of sRGB (IEC 61966-2-1)."""
_LIGHTS = np.arange(BRIGHTEST + 1) / BRIGHTEST
_FROM_LIGHT = np.round(
    np.where(_LIGHTS <= 0.0031308, _LIGHTS * 12.92, 1.055 * _LIGHTS ** (1 / 2.4) - 0.055) * 255
).astype(np.uint8)


def to_light(pixels: Pixels) -> Light:
    """Return an RGB picture in linear light, where a mean of two colours is what the eye sees of both."""
    return np.asarray(_TO_LIGHT[pixels])


def from_light(light: Light) -> Pixels:
    """Return a picture in linear light as RGB; the inverse of `to_light`."""
    return np.asarray(_FROM_LIGHT[light])


class Warp:
    """The origin of each pixel of a picture in one shape, in pictures of other shapes.

    Parameters
    ----------
    shape : the control points in the picture that is made, pixels
    triangles : the corners of the triangles between them
    side : width and height of the picture
    """

    def __init__(self, shape: Shape, triangles: Triangles, side: int) -> None:
        self._triangles = triangles
        self._size = -(-side // GRID)
        self._side = side
        corners = shape[triangles]
        self._owner = self._rasterised(corners)
        columns = np.concatenate([corners, np.ones((len(corners), 3, 1))], axis=2)
        self._inverse = np.linalg.pinv(columns)

    def _rasterised(self, corners: NDArray[np.float64]) -> NDArray[np.int32]:
        """Return the triangle of each place of the grid, whose first place is in the middle of its cell."""
        owner = np.zeros((self._size, self._size), dtype=np.int32)
        places = (corners - (GRID - 1) / 2) / GRID
        fixed = np.round(places * (1 << SUBPIXEL_BITS)).astype(np.int32)
        for index, triangle in enumerate(fixed):
            cv2.fillConvexPoly(owner, triangle, index, lineType=cv2.LINE_8, shift=SUBPIXEL_BITS)
        return owner

    def __call__(self, light: Light, source: Shape) -> Light:
        """Return `light`, a picture whose control points are `source`, in the shape of this warp."""
        # Displacements rather than places: they can be interpolated up to the edge.
        affine = self._inverse @ (source[self._triangles]) - np.eye(3)[:, :2]
        per_place = affine.astype(np.float32).reshape(-1, 6)[self._owner]
        line = (np.arange(self._size, dtype=np.float32) * GRID) + (GRID - 1) / 2
        x, y = line[None, :, None], line[:, None, None]
        moved = x * per_place[..., 0:2] + y * per_place[..., 2:4] + per_place[..., 4:6]
        moved = cv2.resize(moved, (self._size * GRID,) * 2, interpolation=cv2.INTER_LINEAR)
        whole = np.arange(self._side, dtype=np.float32)
        return np.asarray(
            cv2.remap(
                light,
                moved[: self._side, : self._side, 0] + whole[None, :],
                moved[: self._side, : self._side, 1] + whole[:, None],
                cv2.INTER_CUBIC,  # linear would soften every picture but the first and the last
                borderMode=cv2.BORDER_REPLICATE,
            )
        )


def dissolve(first: Light, second: Light, share: float) -> Light:
    """Return the mean of two pictures in linear light; share: of the second, 0..1."""
    return np.asarray(cv2.addWeighted(first, 1 - share, second, share, 0))
