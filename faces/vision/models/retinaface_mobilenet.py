"""RetinaFace on MobileNet-0.25: the default detector.

Deng et al., "RetinaFace: Single-stage Dense Face Localisation in the Wild" (arXiv:1905.00641). For two anchor
sizes at every cell of three grids the network returns the shift and stretch of the anchor, the probability of
a face, and its five landmarks.
"""

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.boxes.scales import SMALL_SIDE, detect_at_two_scales
from faces.vision.geometry import non_maximum_suppression
from faces.vision.types import Box, Detection, Pixels

STRIDES = (8, 16, 32)
ANCHOR_SIZES = ((16, 32), (64, 128), (256, 512))
VARIANCES = (0.1, 0.2)
MEAN_BGR = (104.0, 117.0, 123.0)
"""Anchors, variances and mean of the training (RetinaFace's reference configuration)."""

LONG_SIDE = 1280
"""Of the faces of two hard albums (40 to 120 px in photos of 1600 px) 95 % are found at 1024 px and 99 % at
1280, for 90 instead of 56 ms a photo on one core."""

THRESHOLD = 0.5
OVERLAP = 0.4
SMALLEST_FACE = 12
"""Least side in pixels of the shrunk picture: below this no embedder can distinguish people."""


@lru_cache(maxsize=16)
def anchors(height: int, width: int) -> NDArray[np.float32]:
    """Return centre x, centre y and side of every anchor in pixels: (n, 3), ordered as the network's rows."""
    grids = []
    for stride, sizes in zip(STRIDES, ANCHOR_SIZES, strict=True):
        rows, columns = math.ceil(height / stride), math.ceil(width / stride)
        y, x = np.mgrid[:rows, :columns].astype(np.float32)
        centres = np.stack([(x + 0.5) * stride, (y + 0.5) * stride], axis=-1)[:, :, None, :]
        centres = np.broadcast_to(centres, (rows, columns, len(sizes), 2))
        sides = np.broadcast_to(
            np.asarray(sizes, dtype=np.float32)[None, None, :, None], (*centres.shape[:3], 1)
        )
        grids.append(np.concatenate([centres, sides], axis=-1).reshape(-1, 3))
    return np.concatenate(grids)


def network_input(picture: Pixels) -> NDArray[np.float32]:
    """Return an RGB picture as the network reads it: (1, 3, height, width) float32 BGR minus the mean.

    Channel by channel: OpenCV's `blobFromImage` takes three times as long.
    """
    planes = np.empty((1, 3, *picture.shape[:2]), dtype=np.float32)
    for plane, channel, mean in zip(planes[0], (2, 1, 0), MEAN_BGR, strict=True):
        np.subtract(cv2.extractChannel(picture, channel), np.float32(mean), out=plane)
    return planes


class RetinaFaceMobileNet:
    """RetinaFace MobileNet-0.25 over an open model session.

    Parameters
    ----------
    session : ModelSession
        The ONNX network: input (n, 3, height, width) BGR minus the mean, any height and width.
    long_side : int
        Pixels of the long side at full scale.
    threshold : float
        The least confidence, 0..1, that counts as a face.
    """

    name = "retinaface_mobilenet"
    small_side = SMALL_SIDE

    def __init__(
        self, session: ModelSession, *, long_side: int = LONG_SIDE, threshold: float = THRESHOLD
    ) -> None:
        self.session = session
        self._long_side = long_side
        self._threshold = threshold

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """Return the faces of an upright RGB picture, best first, in pixels of that picture."""
        return detect_at_two_scales(
            self._detect,
            picture,
            long_side=self._long_side,
            largest_face=max(ANCHOR_SIZES[-1]),
            small_side=self.small_side,
        )

    def _detect(self, picture: Pixels) -> list[Detection]:
        """Return the faces of a picture at its own size, in its pixels, best first."""
        height, width = picture.shape[:2]
        outputs = self.session.run(network_input(picture))
        moves, confidences, points = (np.asarray(output)[0] for output in outputs)
        scores = confidences[:, 1]
        likely = np.flatnonzero(scores >= self._threshold)
        if likely.size == 0:
            return []
        scores, moves, points = scores[likely], moves[likely], points[likely]
        anchor = anchors(height, width)[likely]
        centre, side = anchor[:, :2], anchor[:, 2:]
        middle = centre + moves[:, :2] * VARIANCES[0] * side
        extent = side * np.exp(moves[:, 2:] * VARIANCES[1])
        corners = np.concatenate([middle - extent / 2, middle + extent / 2], axis=1)
        landmarks = centre[:, None, :] + points.reshape(-1, 5, 2) * VARIANCES[0] * side[:, None, :]

        found = []
        for index in non_maximum_suppression(corners, scores, overlap=OVERLAP):
            left, top, right, bottom = (float(value) for value in corners[index])
            left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
            if min(right - left, bottom - top) < SMALLEST_FACE:
                continue
            found.append(
                Detection(
                    box=Box(left, top, right - left, bottom - top),
                    landmarks=np.asarray(landmarks[index], dtype=np.float32),
                    score=float(scores[index]),
                )
            )
        return found
