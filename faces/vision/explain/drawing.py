"""Draw boxes, heat maps and numbers as pictures."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.vision.types import Box, Detection, Pixels

COLOUR = (255, 196, 0)
OUTLINE = (20, 20, 20)
HEAT_SHARE = 0.65
"""Share of the heat in the mixture with the grey picture where the heat is full."""


def boxes_drawn(picture: Pixels, boxes: Sequence[Box], *, colour: tuple[int, int, int] = COLOUR) -> Pixels:
    """Return a copy of the picture with boxes, in its pixels: a bright line on a dark one."""
    drawn = picture.copy()
    thickness = max(1, max(picture.shape[:2]) // 300)
    for line, width in ((OUTLINE, thickness * 2 + 1), (colour, thickness)):
        for box in boxes:
            corners = (round(box.x), round(box.y)), (round(box.x + box.w), round(box.y + box.h))
            cv2.rectangle(drawn, *corners, line, width, cv2.LINE_AA)
    return drawn


def faces_drawn(picture: Pixels, faces: Sequence[Detection]) -> Pixels:
    """Return a copy of the picture with the boxes and landmarks of faces."""
    drawn = boxes_drawn(picture, [face.box for face in faces])
    radius = max(1, max(picture.shape[:2]) // 300)
    for face in faces:
        for x, y in face.landmarks:
            cv2.circle(drawn, (round(float(x)), round(float(y))), radius + 1, OUTLINE, -1, cv2.LINE_AA)
            cv2.circle(drawn, (round(float(x)), round(float(y))), radius, COLOUR, -1, cv2.LINE_AA)
    return drawn


def coloured(values: NDArray[np.floating]) -> Pixels:
    """Return a map (height, width) of 0..1 in the colours of viridis, dark blue to yellow."""
    levels = np.clip(np.asarray(values, dtype=np.float64) * 255, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS)[:, :, ::-1])


def heat_over(picture: Pixels, heat: NDArray[np.floating], *, smooth: bool = False) -> Pixels:
    """Return a grey copy of the picture under a heat map of 0..1, stretched to its size.

    smooth: blend neighbouring values; otherwise every value is a cell with sharp edges.
    """
    height, width = picture.shape[:2]
    method = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    stretched = cv2.resize(np.asarray(heat, dtype=np.float32), (width, height), interpolation=method)
    share = np.clip(stretched, 0, 1)[:, :, None] * HEAT_SHARE
    mixed = grey_of(picture) * (1 - share) * 0.8 + coloured(stretched) * share
    return np.asarray(np.clip(mixed, 0, 255), dtype=np.uint8)


def grey_of(picture: Pixels) -> Pixels:
    """Return the picture in grey, as (height, width, 3)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def enlarged(picture: Pixels, factor: int) -> Pixels:
    """Return the picture with every pixel as a square of `factor` pixels."""
    return np.ascontiguousarray(picture.repeat(factor, axis=0).repeat(factor, axis=1))


def side_by_side(pictures: Sequence[Pixels], *, gap: int = 8) -> Pixels:
    """Return pictures in a row, with white gaps and white below lower ones."""
    height = max(len(picture) for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + gap * (len(pictures) - 1)
    row = np.full((height, width, 3), 255, dtype=np.uint8)
    left = 0
    for picture in pictures:
        row[: len(picture), left : left + picture.shape[1]] = picture
        left += picture.shape[1] + gap
    return row
