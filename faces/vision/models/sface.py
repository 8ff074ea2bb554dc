"""SFace: a ninth of FaceNet's size, by itself a light embedder, or a part of the default one.

Zhong et al., "SFace: Sigmoid-constrained Hypersphere Loss for Robust Face Recognition" (IEEE TIP 30, 2021).
The 8-bit weights are OpenCV Zoo's.
"""

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.profiles import SFACE
from faces.vision.types import Detection, Embedded, Pixels

BATCH = 4
"""Faces per call. The values between its light layers stay in the cache of the processor: a face takes 22 ms;
in a batch of 16 it takes 35."""


class SFace:
    """SFace over an open model session.

    Parameters
    ----------
    session : ModelSession
        Input (n, 3, 112, 112) float32 RGB 0..255, output (n, 128) float32, not normalised.
    """

    name = SFACE.name
    dimensions = SFACE.dimensions

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def crop(self, picture: Pixels, detection: Detection, /) -> Pixels:
        """Return the aligned face: (112, 112, 3) RGB."""
        return SFACE.crop(picture, detection)

    def embed(self, crops: NDArray[np.uint8], /) -> Embedded:
        """Return embeddings (n, 128), L2-normalised, of crops (n, 112, 112, 3) uint8 RGB.

        Raises ModelFailed for crops of another shape.
        """
        if len(crops) == 0:
            return Embedded.empty(self.dimensions)
        planes = np.ascontiguousarray(np.asarray(crops, dtype=np.float32).transpose(0, 3, 1, 2))
        batches = (planes[start : start + BATCH] for start in range(0, len(planes), BATCH))
        vectors = np.concatenate([self._session.run(batch)[0] for batch in batches])
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        clarity = np.minimum(lengths[:, 0] / SFACE.full_length, 1.0).astype(np.float32)
        return Embedded(np.asarray(vectors / lengths, dtype=np.float32), clarity)
