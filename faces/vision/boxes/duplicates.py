"""One face that a detector found twice: its box, and another that lies half beside it.

Where one face covers part of another, detectors draw a third box over both. Its crop shows mostly the front
one, so its vector is that person's, who would then be twice in the photo, and two faces of one photo are
never joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from faces.vision.profiles import profile_of
from faces.vision.types import Box

LEAST_OVERLAP = 0.2
"""Share of the smaller box that the two have in common. Cheek to cheek, two people have less."""

SURE = 0.9
"""Probability, 0..1, that both boxes show one person. Of 59 overlapping pairs in 400 composed photos the
distances are either below .5, which is this, or those of strangers."""


def echoes(
    boxes: Sequence[Box], vectors: Sequence[NDArray[np.float32]], order: Iterable[int], *, embedder: str
) -> set[int]:
    """Which faces of a photo are another one again.

    Parameters
    ----------
    boxes, vectors : n each; boxes in any one frame, vectors (dimensions,) of length 1.
    order : the indices, the best face first: it stays, and what echoes it goes.
    embedder : the model that made the vectors. Raises UnknownModel when there is no calibration for it.
    """
    near = profile_of(embedder).calibration.distance(SURE)
    kept: list[int] = []
    gone = set()
    for index in order:
        again = any(
            boxes[index].shared_area(boxes[other])
            >= LEAST_OVERLAP * min(boxes[index].area, boxes[other].area)
            and 1 - float(vectors[index] @ vectors[other]) <= near
            for other in kept
        )
        if again:
            gone.add(index)
        else:
            kept.append(index)
    return gone
