"""RetinaFace on ResNet-50 by retina-face: the most thorough detector, and a slow one.

The network runs in our session; the retina-face package decodes its output.
Deng et al., "RetinaFace: Single-stage Dense Face Localisation in the Wild" (arXiv:1905.00641).
"""

import importlib
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.boxes.scales import detect_at_two_scales
from faces.vision.errors import ModelDamaged, ModelFailed
from faces.vision.types import Box, Detection, Pixels

NAME = "retinaface_resnet50"
LONG_SIDE = 1024
THRESHOLD = 0.9
"""retina-face's own default."""

LARGEST_FACE = 512.0
"""Pixels of the side of the largest anchor."""

SMALL_SIDE = 320
"""Pixels of the long side at the small scale: this network is slow, and a face larger than `LARGEST_FACE`
still has 160 pixels there."""

LANDMARKS = ("right_eye", "left_eye", "nose", "mouth_right", "mouth_left")
"""In the order of `Detection`. retina-face's right is the person's, which is the viewer's left."""

CHANNELS = (4, 8, 20) * 3
"""Channels of the outputs: scores, boxes and landmarks of two anchors, at strides 32, 16 and 8."""


class RetinaFaceResNet50:
    """retina-face over an open model session.

    Parameters
    ----------
    session : ModelSession
        Input (n, height, width, 3) float32 RGB 0..255, nine outputs (n, rows, columns, channels).
    long_side : int
        Pixels of the long side at full scale. Without it retina-face would enlarge a small
        picture, and look at a large one at up to 1,980 pixels, for seconds.
    threshold : float
        The least confidence, 0..1, that counts as a face.

    Raises
    ------
    ModelFailed
        The environment makes retina-face use another runtime than onnxruntime.
    """

    name = NAME

    def __init__(
        self, session: ModelSession, *, long_side: int = LONG_SIDE, threshold: float = THRESHOLD
    ) -> None:
        self._package = _package()
        self._network = _network(session)
        self._long_side = long_side
        self._threshold = threshold

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """Return the faces of an upright RGB picture, best first, in pixels of that picture."""
        return detect_at_two_scales(
            self._detect,
            picture,
            long_side=self._long_side,
            largest_face=LARGEST_FACE,
            small_side=SMALL_SIDE,
        )

    def _detect(self, picture: Pixels) -> list[Detection]:
        """Return the faces of a picture at its own size, in its pixels, best first."""
        faces: dict[str, Any] = self._package.detect_faces(
            np.ascontiguousarray(picture[:, :, ::-1]),
            threshold=self._threshold,
            model=self._network,
            allow_upscaling=False,
        )
        found = []
        for face in faces.values():
            left, top, right, bottom = (float(value) for value in face["facial_area"])
            if right <= left or bottom <= top:
                continue
            points = np.array([face["landmarks"][name] for name in LANDMARKS], dtype=np.float32)
            box = Box(left, top, right - left, bottom - top)
            found.append(Detection(box=box, landmarks=points, score=float(face["score"])))
        return sorted(found, key=lambda detection: -detection.score)


def check(session: ModelSession) -> None:
    """Check that a downloaded file is this network. Raises ModelDamaged.

    Its publisher gives no digest, so the shapes of the outputs for one small grey picture are checked.
    """
    try:
        outputs = session.run(np.full((1, 64, 64, 3), 128, dtype=np.float32))
    except ModelFailed as error:
        raise ModelDamaged(NAME, f"it takes no picture of (1, 64, 64, 3) ({error})") from error
    found = tuple(output.shape[-1] for output in outputs)
    if found != CHANNELS:
        raise ModelDamaged(NAME, f"its outputs have {found} channels, not {CHANNELS}")


def _network(session: ModelSession) -> Callable[[NDArray[Any]], list[NDArray[Any]]]:
    """Wrap the session as the callable that retina-face expects."""

    def run(pictures: NDArray[Any]) -> list[NDArray[Any]]:
        return session.run(np.ascontiguousarray(pictures, dtype=np.float32))

    return run


def _package() -> ModuleType:
    """Import retina-face's decoder.

    Imported late: while it is imported, the package looks for its runtime, imports a downloader, and switches
    off every warning of the process, which is undone here.
    """
    with warnings.catch_warnings():
        try:
            backend_utils = importlib.import_module("retinaface.commons.backend_utils")
            package = importlib.import_module("retinaface.RetinaFace")
        except (ImportError, ValueError) as error:
            raise ModelFailed(f"retina-face cannot be used ({error})") from error
    if not backend_utils.is_onnx():
        raise ModelFailed("retina-face would not use onnxruntime: set DEEPFACE_BACKEND_ENGINE=onnx")
    return package
