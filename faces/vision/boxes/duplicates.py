"""Duplicate boxes: a face that the detector found twice.

If one face covers part of another, detectors draw a third box over both. Its crop shows mostly the front
face, so its vector is that person's, who would then be in the photo twice.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from faces.vision.profiles import profile_of
from faces.vision.types import Box

LEAST_OVERLAP = 0.2
"""Share of the smaller box that both boxes cover. Two people cheek to cheek have less."""

SURE = 0.9
"""Probability, 0..1, that both boxes show one person. The distances of 59 overlapping pairs in 400 composed
photos are either below .5, which is this probability, or those of strangers."""


def duplicates(
    boxes: Sequence[Box], vectors: Sequence[NDArray[np.float32]], order: Iterable[int], *, embedder: str
) -> set[int]:
    """Return the indices of faces that duplicate a better one.

    Parameters
    ----------
    boxes, vectors : n each; boxes in any one frame, vectors (dimensions,) of length 1.
    order : the indices, the best face first: it stays, and its duplicates go.
    embedder : the model of the vectors. Raises UnknownModel if it has no profile.
    """
    near = profile_of(embedder).calibration.distance(SURE)
    unique: list[int] = []
    for index in order:
        if not any(
            boxes[index].shared_area(boxes[other])
            >= LEAST_OVERLAP * min(boxes[index].area, boxes[other].area)
            and 1 - float(vectors[index] @ vectors[other]) <= near
            for other in unique
        ):
            unique.append(index)
    return set(range(len(boxes))) - set(unique)
