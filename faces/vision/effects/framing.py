"""Portraits of one size, in which a face has the same place whatever the photo."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import warp
from faces.vision.effects.mesh import OVAL, Mesh
from faces.vision.types import Pixels

WIDEST, TIGHTEST = 0.46, 0.6
"""Height of the face's oval, divided by the side of the portrait: hair and shoulders fit in, or fill it."""
CENTRE = (0.5, 0.54)
"""Place of the oval's middle in the portrait: there is more hair above a face than neck below it."""
LEAST_COVERED = 0.94
"""Part of a portrait that its photo should cover; a photo that ends nearby gets a tighter one."""
STEPS = 8
FEATHER = 1 / 80
"""Width of the soft edge between the photo and what continues it, blurred, divided by the side."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A framed face.

    pixels: (side, side, 3) RGB, the eyes level.
    points: (468, 2) float64, the landmarks in pixels of the portrait.
    """

    pixels: Pixels
    points: NDArray[np.float64]

    @property
    def side(self) -> int:
        """Width and height in pixels."""
        return int(self.pixels.shape[0])


def common_share(*faces: tuple[Pixels, Mesh]) -> float:
    """Return the height of the oval, divided by the side, at which the photos cover their portraits.

    The widest that fits all of them; if the photos are too tight even for the tightest, that one.
    """
    for share in np.linspace(WIDEST, TIGHTEST, STEPS):
        if all(_covered(picture, mesh, float(share)) >= LEAST_COVERED for picture, mesh in faces):
            return float(share)
    return TIGHTEST


def frame(picture: Pixels, mesh: Mesh, *, side: int, share: float) -> Portrait:
    """Cut out a face so that its eyes are level and its oval has its place.

    Parameters
    ----------
    picture : (height, width, 3) uint8 RGB, upright
    mesh : the face's landmarks, in pixels of `picture`
    side : width and height of the portrait in pixels
    share : height of the oval, divided by the side

    Outside the photo its edge continues, blurred: a mirrored edge would show parts of the face twice.
    """
    matrix = _matrix(mesh, side, share)
    points = mesh.flat @ matrix[:, :2].T + matrix[:, 2]
    pixels = warp(picture, matrix, width=side, height=side)
    whole = np.full(picture.shape[:2], 255, dtype=np.uint8)
    inside = cv2.warpAffine(whole, matrix, (side, side), flags=cv2.INTER_NEAREST)
    if inside.all():
        return Portrait(pixels, points)
    return Portrait(_continued(pixels, inside > 0), points)


def _matrix(mesh: Mesh, side: int, share: float) -> NDArray[np.float64]:
    """Return the (2, 3) matrix from the photo's pixels to the portrait's."""
    across, down = mesh.eyes[1] - mesh.eyes[0]
    angle = np.arctan2(down, across)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = mesh.flat[list(OVAL)] @ rotation.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    scale = side * share / float(high[1] - low[1])
    offset = side * np.array(CENTRE) - scale * (low + high) / 2
    return np.column_stack([scale * rotation, offset])


def _covered(picture: Pixels, mesh: Mesh, share: float) -> float:
    """Return the part of the portrait that the photo covers, 0..1, to a 32nd of its side."""
    grid = (np.stack(np.meshgrid(np.arange(32), np.arange(32)), axis=-1).reshape(-1, 2) + 0.5) / 32
    back = cv2.invertAffineTransform(_matrix(mesh, 1, share))
    places = grid @ back[:, :2].T + back[:, 2]
    height, width = picture.shape[:2]
    return float(((places >= 0) & (places < (width, height))).all(axis=1).mean())


def _continued(pixels: Pixels, inside: NDArray[np.bool_]) -> Pixels:
    """Fill what is outside the photo with means of the nearest parts of it, the wider the farther away."""
    side = pixels.shape[0]
    filled = np.zeros(pixels.shape, dtype=np.float32)
    missing = np.ones(inside.shape, dtype=np.float32)
    source = np.dstack([pixels, np.full(inside.shape, 255, np.uint8)]).astype(np.float32)
    source *= inside[..., None]
    # From fine to coarse: each level covers what the finer ones do not reach.
    for level in (side // 16, side // 40, side // 80, 12, 4, 1):
        small = cv2.resize(source, (max(level, 1), max(level, 1)), interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), 1.0, borderType=cv2.BORDER_REPLICATE)
        blurred = cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC)
        weight = np.clip(blurred[..., 3] / 255, 0.0, 1.0)
        # A mean of a few pixels at the rim is worth less than one of many.
        share = missing * np.clip(weight * 4, 0.0, 1.0)
        filled += share[..., None] * blurred[..., :3] / np.maximum(blurred[..., 3:], 1e-3) * 255
        missing -= share
    radius = max(1, round(side * FEATHER))
    soft = cv2.erode(inside.astype(np.float32), np.ones((2 * radius + 1,) * 2, np.uint8), borderValue=1.0)
    soft = cv2.GaussianBlur(soft, (0, 0), radius / 2, borderType=cv2.BORDER_REPLICATE)[..., None]
    return np.asarray(np.clip(pixels * soft + filled * (1 - soft) + 0.5, 0, 255), dtype=np.uint8)
