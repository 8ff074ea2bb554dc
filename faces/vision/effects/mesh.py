"""The face mesh: 468 landmarks of a face, with depth.

The network is MediaPipe's (Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on
Mobile GPUs", arXiv:1907.06724). It wants the face upright and centred, so it runs more than once: first on
a square about the detector's five landmarks, then on the one about its own points.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.alignment import warp
from faces.vision.types import Detection, Pixels

SIDE = 192
POINTS = 468
MARGIN = 1.5
"""Side of the network's square, divided by the longer side of the box or of the points: MediaPipe's own."""
FIVE_TO_MESH = 1.8
"""Longer side of the points, divided by the length of (eye to eye, eyes to mouth) as one vector: the median
of 257 faces, where half lie within 4 %. A detector's box varies twice as much, and can be that of a shirt."""
MOST_PASSES, SETTLED = 4, 0.015
"""Passes end when no point has moved by more than this part of the size; most faces need two or three."""
LEAST_SCORE = 0.5
"""Score from which the square shows a face."""

OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152),
    *(148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Indexes of the 36 points on the face's outline, from the forehead's middle, clockwise for the viewer."""
_LIPS = (
    *(61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409),
    *(78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415),
)
_EYES = (
    *(33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173),
    *(263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398),
)
BROWS = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
CONTOURS = tuple(sorted({*OVAL, *_LIPS, *_EYES, *BROWS}))
"""Indexes of the points on the outline of the face, the lips, the eyes and the brows."""
LEFT_EYE, RIGHT_EYE = (33, 133), (362, 263)
"""Corners of the eyes, left and right for the viewer."""
FOREHEAD, CHIN, LEFT_CHEEK, RIGHT_CHEEK = 10, 152, 234, 454


@dataclass(frozen=True, slots=True)
class Mesh:
    """The landmarks of a face.

    points: (468, 3) float64: x and y in pixels of the picture, and the depth in the same unit, smaller is
        nearer.
    score: the network's confidence that this is a face, 0..1.
    """

    points: NDArray[np.float64]
    score: float

    @property
    def flat(self) -> NDArray[np.float64]:
        """The points (468, 2) in pixels of the picture, without depth."""
        return self.points[:, :2]

    @property
    def eyes(self) -> NDArray[np.float64]:
        """The centres of the eyes (2, 2), left and right for the viewer."""
        return np.stack([self.flat[list(LEFT_EYE)].mean(axis=0), self.flat[list(RIGHT_EYE)].mean(axis=0)])

    @property
    def yaw(self) -> float:
        """The turn to a side in degrees: 0 towards the camera, 90 in profile."""
        return self._slope(LEFT_CHEEK, RIGHT_CHEEK)

    @property
    def pitch(self) -> float:
        """The tilt up or down in degrees, 0 towards the camera."""
        return self._slope(FOREHEAD, CHIN)

    def _slope(self, one: int, other: int) -> float:
        across = self.points[other] - self.points[one]
        return float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1]))))


class FaceMesh:
    """The mesh over an open model session.

    Parameters
    ----------
    session : ModelSession
        Input (n, 192, 192, 3) float32 RGB 0..1; outputs (n, 1404): x, y and depth of each point in pixels of
        the input, and (n, 1): the logit of a face.
    """

    def __init__(self, session: ModelSession) -> None:
        self._session = session

    def find(self, picture: Pixels, detection: Detection, /) -> Mesh:
        """Return the landmarks of a face of an upright RGB picture.

        detection : the face, in pixels of `picture`. A low `score` of the result means that the points are
        worthless.

        Raises ModelFailed if the runtime cannot compute them.
        """
        five = np.asarray(detection.landmarks, dtype=np.float64)
        eyes, mouth = five[:2].mean(axis=0), five[3:].mean(axis=0)
        size = FIVE_TO_MESH * float(np.linalg.norm([five[1] - five[0], mouth - eyes]))
        mesh = self._pass(picture, (eyes + mouth) / 2, size, five[:2])
        for _more in range(MOST_PASSES - 1):
            rotation = _rotation(mesh.eyes)
            turned = mesh.flat @ rotation.T
            low, high = turned.min(axis=0), turned.max(axis=0)
            size = float((high - low).max())
            before = mesh.flat
            mesh = self._pass(picture, (low + high) / 2 @ rotation, size, mesh.eyes)
            if np.abs(mesh.flat - before).max() < SETTLED * size:
                break
        return mesh

    def _pass(
        self, picture: Pixels, centre: NDArray[np.float64], size: float, eyes: NDArray[np.float64]
    ) -> Mesh:
        scale = SIDE / (size * MARGIN)
        linear = scale * _rotation(eyes)
        offset = SIDE / 2 - linear @ centre
        crop = warp(picture, np.column_stack([linear, offset]), width=SIDE, height=SIDE)
        points, logit = self._session.run((crop.astype(np.float32) / 255)[None])
        found = points.reshape(POINTS, 3).astype(np.float64)
        flat = np.linalg.solve(linear, (found[:, :2] - offset).T).T
        return Mesh(np.column_stack([flat, found[:, 2] / scale]), float(1 / (1 + np.exp(-logit[0, 0]))))


def _rotation(eyes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (2, 2) rotation that makes the line through the eyes level."""
    across, down = eyes[1] - eyes[0]
    cosine, sine = np.array([across, down]) / max(float(np.hypot(across, down)), 1e-9)
    return np.array([[cosine, sine], [-sine, cosine]])
