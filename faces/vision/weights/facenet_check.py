"""Check that a file computes FaceNet: a fixed picture must give the expected vector.

A digest proves that a file is the one that was written; this proves that it is correct, whether it was
converted here or downloaded by deepface.
"""

import numpy as np
from numpy.typing import NDArray

from albums.imaging.sessions import ModelSession
from faces.vision.errors import ModelDamaged

NAME = "facenet128"
SIDE = 160
DIMENSIONS = 128
TOLERANCE = 1e-4
_EXPECTED = """
    -0.187153 -0.459990 -0.169295 -0.045354  0.240670 -0.358158  0.024400 -0.510288
     0.254024 -0.116702  0.449529 -0.196753  0.710925 -0.633011 -0.497043  0.165573
     0.970269 -0.241642 -0.589913  0.036116  0.817748 -0.158660 -0.675595 -0.682614
     0.502727 -1.074539  0.084564  0.200015  0.105309  0.131230 -0.087538 -0.022512
     0.234700  0.053138  0.152474 -0.211145  1.286143 -0.091166 -0.700699  0.162571
     0.817610  0.967359  0.381317  0.317923 -0.538880 -0.793802  0.006993  0.006461
     1.028243  0.246706 -1.259451 -0.692195 -0.130173 -0.364906 -0.567975 -0.096888
     0.798996  0.303881 -0.308216 -0.946489 -1.076094  0.380327 -0.404768  1.105648
    -0.749441  1.219088  0.288660 -0.074175  0.986115 -1.206884  0.466203 -0.553632
    -0.385620 -0.620388  0.272789 -0.381866  0.419389 -0.081163  0.005855 -0.265749
    -0.254931 -0.556166  0.177562 -0.529855  0.619768  1.033544 -0.116007  0.360157
    -0.694808  1.807871  0.287963  0.345126  0.318667  0.272628 -0.005683  0.930592
    -0.060073 -0.763883 -0.745968  0.617290  0.044562  0.924140  0.502679 -1.061154
    -0.203212  0.368660 -0.011512 -0.841229 -0.652835 -0.206880  0.019405  0.376482
     0.219628  0.311393 -0.344838 -0.250257 -0.262328  0.002336  0.286517  0.060317
     0.081252 -0.595263  0.328511 -0.605527  0.040770 -0.032829  0.705101  0.551990
"""
EXPECTED: NDArray[np.float64] = np.array(_EXPECTED.split(), dtype=np.float64)
"""FaceNet's output for `probe()`, from a second implementation in float64 that folds nothing.

Its length is 6.4, and single precision moves no value by more than 1e-6.
"""


def probe() -> NDArray[np.float32]:
    """Return a fixed picture from a formula: (1, 160, 160, 3) float32, -1..1, the same on every machine."""
    y, x, channel = np.mgrid[:SIDE, :SIDE, :3]
    return np.asarray((((7 * y + 13 * x + 29 * channel + y * x) % 255) / 127.5 - 1)[None], dtype=np.float32)


def check(session: ModelSession) -> None:
    """Run the fixed picture and compare the output with FaceNet's.

    Raises
    ------
    ModelDamaged
        The output differs: the weights or the graph are not FaceNet's.
    """
    outputs = session.run(probe())
    if len(outputs) != 1 or outputs[0].shape != (1, DIMENSIONS):
        shapes = [output.shape for output in outputs]
        raise ModelDamaged(NAME, f"it answers with {shapes}, not (1, {DIMENSIONS})")
    error = float(np.abs(outputs[0][0] - EXPECTED).max())
    if not error <= TOLERANCE:
        raise ModelDamaged(
            NAME, f"its answer to the fixed picture is off by {error:.2g} (at most {TOLERANCE})"
        )
