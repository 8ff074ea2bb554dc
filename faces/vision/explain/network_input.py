"""A face as the embedder sees it, and the numbers that it makes of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.explain.drawing import coloured, enlarged
from faces.vision.models.facenet import standardise
from faces.vision.profiles import ALWAYS, FACENET, profile_of
from faces.vision.types import Detection, Embedder, Pixels

SPREAD = 2.5
"""Standard deviations from the mean that are drawn black and white."""

NUMBERS_ACROSS = 16
CELL = 16
"""Numbers in a row of the drawn vector, and pixels of the side of each."""


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """A face on its way through the embedder.

    crop: (side, side, 3) RGB, of the first network. seen: the values that enter it as a picture, whose mean
        is grey.
    mirrored: its mirror image, if that of every face is embedded, too. Both are None for a network that takes
        the crop as it is.
    mean, deviation: of the grey levels of the crop, which become 0 and 1.
    others: the crops of further networks, (side, side, 3) RGB each.
    vector: (dimensions,) float32 of length 1. numbers: the vector as a picture, small to large.
    """

    crop: Pixels
    seen: Pixels | None
    mirrored: Pixels | None
    mean: float
    deviation: float
    others: tuple[Pixels, ...]
    vector: NDArray[np.float32]
    numbers: Pixels


def network_input(embedder: Embedder, picture: Pixels, face: Detection) -> NetworkInput:
    """Return the steps from a detected face of an upright RGB picture to its vector."""
    crops = embedder.crop(picture, face)
    crop, first = crops[0], profile_of(embedder.name).parts[0]
    seen = _values_drawn(standardise(crop[None])[0]) if first.network is FACENET else None
    both = first.mirror_below == ALWAYS
    vector = embedder.embed([crops]).vectors[0]
    return NetworkInput(
        crop=crop,
        seen=seen,
        mirrored=np.ascontiguousarray(seen[:, ::-1]) if seen is not None and both else None,
        mean=float(crop.mean()),
        deviation=float(crop.std()),
        others=crops[1:],
        vector=vector,
        numbers=vector_drawn(vector),
    )


def vector_drawn(vector: NDArray[np.float32]) -> Pixels:
    """Return a vector (dimensions,) as rows of coloured squares; zero is in the middle of the scale."""
    rows = -(-len(vector) // NUMBERS_ACROSS)
    cells = np.zeros(rows * NUMBERS_ACROSS, dtype=np.float32)
    cells[: len(vector)] = vector
    greatest = max(float(np.abs(vector).max()), 1e-9)
    return enlarged(coloured(cells.reshape(rows, NUMBERS_ACROSS) / (2 * greatest) + 0.5), CELL)


def _values_drawn(values: NDArray[np.float32]) -> Pixels:
    levels = (values / (2 * SPREAD) + 0.5) * 255
    return np.asarray(np.clip(levels, 0, 255), dtype=np.uint8)
