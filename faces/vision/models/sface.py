"""SFace: a light embedder, a ninth of FaceNet's size.

Zhong et al., "SFace: Sigmoid-constrained Hypersphere Loss for Robust Face Recognition" (IEEE TIP 30, 2021).
The weights are OpenCV Zoo's, in 8 bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from faces.vision.alignment import warp
from faces.vision.models.sessions import ModelSession
from faces.vision.types import Detection, Embedded, Pixels

NAME = "sface128"
SIDE = 112
DIMENSIONS = 128

TEMPLATE: NDArray[np.float64] = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the five landmarks belong in the crop, in pixels: ArcFace's template (Deng et al., arXiv:1801.07698),
on which OpenCV aligns for SFace, too."""


FULL_LENGTH = 8.0
"""The length of SFace's raw output from which on a face is clear (see `embedding.FULL_LENGTH`).

Of those blurred behind people half have less than 8.6, of the people of a hard album 5 in 100. It sees more
in a poor face than FaceNet: with 12 in its place a hard album falls from BCubed F1 .945 to .860.
"""


class SFace:
    """SFace over an open model session.

    Parameters
    ----------
    session : ModelSession
        Input (n, 3, 112, 112) float32 RGB 0..255, output (n, 128) float32, not normalised.
    """

    name = NAME
    dimensions = DIMENSIONS

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def crop(self, picture: Pixels, detection: Detection, /) -> Pixels:
        """The face turned, scaled and moved until its landmarks lie on the template: (112, 112, 3) RGB."""
        matrix = similarity(np.asarray(detection.landmarks, dtype=np.float64), TEMPLATE)
        return warp(picture, matrix, width=SIDE, height=SIDE)

    def embed(self, crops: NDArray[np.uint8], /) -> Embedded:
        """Embeddings (n, 128) float32 of length 1, of crops (n, 112, 112, 3) RGB.

        Raises ModelFailed when they have another shape.
        """
        if len(crops) == 0:
            return Embedded(np.zeros((0, DIMENSIONS), np.float32), np.zeros(0, np.float32))
        planes = np.ascontiguousarray(np.asarray(crops, dtype=np.float32).transpose(0, 3, 1, 2))
        vectors = self._session.run(planes)[0]
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        clarity = np.minimum(lengths[:, 0] / FULL_LENGTH, 1.0).astype(np.float32)
        return Embedded(np.asarray(vectors / lengths, dtype=np.float32), clarity)


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn, scale and shift that bring points nearest to others, in the least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns" (IEEE PAMI 13,
    1991), equations 38 to 42. A mirror image is never the answer.

    Parameters
    ----------
    source, target : (n, 2) float64

    Returns
    -------
    (2, 3) float64
        The matrix that takes a point of `source` to its place.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    spread, aim = source - source_mean, target - target_mean
    left, singular, right = np.linalg.svd(aim.T @ spread / len(source))
    sign = np.array([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right)) or 1.0])
    turn = (left * sign) @ right
    variance = np.maximum((spread**2).sum() / len(source), 1e-12)
    linear = turn * float((singular * sign).sum() / variance)
    return np.asarray(np.concatenate([linear, (target_mean - linear @ source_mean)[:, None]], axis=1))
