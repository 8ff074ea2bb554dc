"""The anchors of RetinaFace and their scores, one map for each stride of the network."""

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.explain.drawing import boxes_drawn, heat_over
from faces.vision.geometry import non_maximum_suppression, shrink_to
from faces.vision.models.retinaface_mobilenet import ANCHOR_SIZES, MEAN_BGR, STRIDES, THRESHOLD
from faces.vision.types import Box, Pixels

LONG_SIDE = 640
"""Pixels of the long side of the explained picture. One scale is explained; the detector looks at two."""

SHARED = 0.1
"""Intersection over union above which only the best of two anchors is drawn: about one for each face."""

EXAMPLE = (120, 220, 255)
"""The colour of the anchors of one cell, beside that of the anchors which hold a face."""


@dataclass(frozen=True, slots=True)
class StrideShown:
    """One grid of anchors.

    stride: pixels between two cells. sizes: sides of the squares at each cell, in pixels.
    anchors: their number in the picture. faces: how many of them score at least 0.5. best: greatest score.
    scores: (rows, columns, sizes) float32, 0..1. picture: the scores as a heat map, with the best anchor of
        each face, or with the anchors of the best cell if there is none.
    """

    stride: int
    sizes: tuple[int, ...]
    anchors: int
    faces: int
    best: float
    scores: NDArray[np.float32]
    picture: Pixels


def anchor_scores(session: ModelSession, picture: Pixels) -> list[NDArray[np.float32]]:
    """Return the probability of a face of every anchor: (rows, columns, sizes) for each stride.

    picture: upright RGB at the size at which the network shall see it. Raises ModelFailed.
    """
    blob = np.asarray(cv2.dnn.blobFromImage(picture, mean=MEAN_BGR, swapRB=True), dtype=np.float32)
    confidences = np.asarray(session.run(blob)[1], dtype=np.float32)[0, :, 1]
    height, width = picture.shape[:2]
    grids, start = [], 0
    for stride, sizes in zip(STRIDES, ANCHOR_SIZES, strict=True):
        shape = ceil(height / stride), ceil(width / stride), len(sizes)
        end = start + int(np.prod(shape))
        grids.append(confidences[start:end].reshape(shape))
        start = end
    return grids


def strides_shown(session: ModelSession, picture: Pixels) -> list[StrideShown]:
    """Return the map of every stride for an upright RGB picture of any size. Raises ModelFailed."""
    shrunk, _factor = shrink_to(picture, LONG_SIDE)
    return [
        StrideShown(
            stride=stride,
            sizes=sizes,
            anchors=int(scores.size),
            faces=int((scores >= THRESHOLD).sum()),
            best=float(scores.max()),
            scores=scores,
            picture=_drawn(shrunk, scores, stride, sizes),
        )
        for stride, sizes, scores in zip(STRIDES, ANCHOR_SIZES, anchor_scores(session, shrunk), strict=True)
    ]


def _drawn(picture: Pixels, scores: NDArray[np.float32], stride: int, sizes: tuple[int, ...]) -> Pixels:
    height, width = picture.shape[:2]
    # The grid may reach beyond the picture; the part outside is cut off so that cells lie on their pixels.
    heat = scores.max(axis=2).repeat(stride, axis=0).repeat(stride, axis=1)[:height, :width]
    drawn = heat_over(picture, heat)
    over = np.argwhere(scores >= THRESHOLD)
    if len(over):
        anchors = [_anchor(row, column, sizes[size], stride) for row, column, size in over]
        corners = np.array([(box.x, box.y, box.x + box.w, box.y + box.h) for box in anchors], np.float32)
        best = non_maximum_suppression(corners, scores[scores >= THRESHOLD], overlap=SHARED)
        return boxes_drawn(drawn, [anchors[index] for index in best])
    row, column = divmod(int(scores.max(axis=2).argmax()), scores.shape[1])
    return boxes_drawn(drawn, [_anchor(row, column, size, stride) for size in sizes], colour=EXAMPLE)


def _anchor(row: int, column: int, size: int, stride: int) -> Box:
    x, y = (column + 0.5) * stride - size / 2, (row + 0.5) * stride - size / 2
    return Box(float(x), float(y), float(size), float(size))
