"""YuNet: a small and fast detector with 75,000 parameters.

Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector" (Machine Intelligence Research 20, 2023).
OpenCV decodes and runs it.
"""

from pathlib import Path

import cv2
import numpy as np

from faces.vision.boxes.scales import detect_at_two_scales
from faces.vision.errors import ModelDamaged, ModelFailed, ModelMissing
from faces.vision.types import Box, Detection, Pixels

NAME = "yunet"
LONG_SIDE = 1024
THRESHOLD = 0.7
OVERLAP = 0.3
LARGEST_FACE = 300.0
"""Pixels of the largest face that is found in one piece: the end of the range on which YuNet was trained."""

MOST = 5000
"""Candidates for non-maximum suppression; OpenCV's default."""


class YuNet:
    """YuNet over OpenCV's face detector.

    Parameters
    ----------
    model : Path
        The ONNX file.
    long_side : int
        Pixels of the long side at full scale.
    threshold : float
        The least confidence, 0..1, that counts as a face.

    Raises
    ------
    ModelMissing, ModelDamaged
    """

    name = NAME

    def __init__(self, model: Path, *, long_side: int = LONG_SIDE, threshold: float = THRESHOLD) -> None:
        if not model.is_file():
            raise ModelMissing(NAME, model)
        # OpenCV 5 warns that its new engine supports no targets, whatever the target.
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        try:
            self._network = cv2.FaceDetectorYN.create(str(model), "", (320, 320), threshold, OVERLAP, MOST)
        except cv2.error as error:
            raise ModelDamaged(NAME, f"OpenCV cannot load it ({error.err or error})") from error
        finally:
            cv2.utils.logging.setLogLevel(level)
        self._long_side = long_side

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """Return the faces of an upright RGB picture, best first, in pixels of that picture."""
        return detect_at_two_scales(
            self._detect, picture, long_side=self._long_side, largest_face=LARGEST_FACE
        )

    def _detect(self, picture: Pixels) -> list[Detection]:
        """Return the faces of a picture at its own size, in its pixels, best first."""
        height, width = picture.shape[:2]
        self._network.setInputSize((width, height))
        try:
            _, rows = self._network.detect(np.ascontiguousarray(picture[:, :, ::-1]))
        except cv2.error as error:
            raise ModelFailed(
                f"{NAME} failed on a picture of {width} x {height} ({error.err or error})"
            ) from error
        if rows is None:
            return []
        found = []
        # A row: x, y, w, h, five points, score. The points begin with the person's right eye and end with the
        # left corner of the mouth: from left to right for the viewer, as in `Detection`.
        for row in np.asarray(rows, dtype=np.float32):
            left, top = max(float(row[0]), 0.0), max(float(row[1]), 0.0)
            right, bottom = min(float(row[0] + row[2]), width), min(float(row[1] + row[3]), height)
            if right <= left or bottom <= top:
                continue
            found.append(
                Detection(
                    box=Box(left, top, right - left, bottom - top),
                    landmarks=np.asarray(row[4:14].reshape(5, 2), dtype=np.float32),
                    score=float(row[14]),
                )
            )
        return sorted(found, key=lambda detection: -detection.score)
