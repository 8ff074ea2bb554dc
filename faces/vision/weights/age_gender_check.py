"""Check that a file computes face-api's age and gender network.

A fixed picture must give the expected answer, whether the file was converted here or placed by hand.
"""

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.errors import ModelDamaged

NAME = "age_gender"
SIDE = 112
TOLERANCE = 1e-3
EXPECTED = (51.898711, 0.888812, 0.111188)
"""The age, and the probabilities of male and female, of `probe()`; by a second implementation in float64."""


def probe() -> NDArray[np.float32]:
    """Return a fixed picture from a formula: (1, 3, 112, 112) float32, -0.5..0.5."""
    channel, y, x = np.mgrid[:3, :SIDE, :SIDE]
    return np.asarray((((7 * y + 13 * x + 29 * channel + y * x) % 255) / 255 - 0.5)[None], dtype=np.float32)


def check(session: ModelSession) -> None:
    """Run the fixed picture and compare the answer.

    Raises
    ------
    ModelDamaged
        It differs: the weights or the graph are not those of the network.
    """
    outputs = session.run(probe())
    if [output.shape for output in outputs] != [(1, 1), (1, 2)]:
        shapes = [output.shape for output in outputs]
        raise ModelDamaged(NAME, f"it answers with {shapes}, not [(1, 1), (1, 2)]")
    answer = np.concatenate([output.ravel() for output in outputs])
    error = float(np.abs(answer - EXPECTED).max())
    if not error <= TOLERANCE:
        raise ModelDamaged(
            NAME, f"its answer to the fixed picture is off by {error:.2g} (at most {TOLERANCE})"
        )
