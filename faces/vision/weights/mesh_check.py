"""Check that a file computes the face mesh: a fixed drawing must give the expected points."""

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.errors import ModelDamaged

NAME = "face_landmarks"
SIDE = 192
POINTS = 468
TOLERANCE = 0.01
"""Pixels. The converted network differs from TensorFlow Lite by 0.0002 at most."""

EXPECTED = {
    1: (95.6117, 120.5938, -25.1892),
    10: (93.9902, 43.0166, -15.4418),
    33: (57.7599, 83.4112, 4.2485),
    61: (75.0332, 138.7365, 5.8232),
    133: (80.7107, 84.7868, 0.3229),
    152: (96.5953, 170.6000, 13.1020),
    263: (131.6898, 82.0254, 4.1325),
    291: (116.3478, 138.2286, 5.8279),
    362: (109.1410, 84.1988, 0.1652),
}
"""Points of `probe()` by their index, computed by TensorFlow Lite from the published file."""
EXPECTED_LOGIT = 21.7058


def probe() -> NDArray[np.float32]:
    """Return a drawing of a face from formulas: (1, 192, 192, 3) float32, 0..1."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)

    def blob(across: float, down: float, wide: float, high: float) -> NDArray[np.float64]:
        spot: NDArray[np.float64] = np.exp(-(((x - across) / wide) ** 2) - ((y - down) / high) ** 2)
        return spot

    face = 0.25 + 0.6 * (blob(96, 96, 60, 78) > 0.37)
    eyes = 0.5 * blob(72, 80, 11, 6) + 0.5 * blob(120, 80, 11, 6)
    nose, mouth = 0.2 * blob(96, 112, 9, 14), 0.35 * blob(96, 140, 24, 7)
    grey = np.clip(face - eyes - nose - mouth, 0, 1)
    return np.asarray((grey[..., None] * (1, 0.85, 0.75))[None], dtype=np.float32)


def check(session: ModelSession) -> None:
    """Run the drawing and compare the points. Raises ModelDamaged if they are not those of the mesh."""
    outputs = session.run(probe())
    if [output.shape for output in outputs] != [(1, POINTS * 3), (1, 1)]:
        shapes = [output.shape for output in outputs]
        raise ModelDamaged(NAME, f"it answers with {shapes}, not {POINTS} points and a score")
    points = outputs[0].reshape(POINTS, 3)
    error = float(np.abs(points[list(EXPECTED)] - np.array(list(EXPECTED.values()))).max())
    if not error <= TOLERANCE or not abs(float(outputs[1][0, 0]) - EXPECTED_LOGIT) <= TOLERANCE:
        raise ModelDamaged(NAME, f"its points of the fixed drawing are off by {error:.2g} pixels")
