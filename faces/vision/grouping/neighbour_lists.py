"""Neighbour lists that are stored from one grouping to the next, and updated with the present faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.inverted_lists import near_neighbours
from faces.vision.grouping.neighbours import BLOCK, NEIGHBOURS, nearest_neighbours, nearest_of
from faces.vision.types import Vectors

MOST_EXACT = 50_000
"""Largest number of faces of which all are compared with all: their number of pairs grows with its square."""

MOST_CHANGED = 0.1
"""Largest share of the lists that are computed one by one: more are computed all at once."""

TOLERANCE = 1e-4
"""Difference of a similarity from the stored one that rounding cannot explain."""


@dataclass(frozen=True, slots=True)
class NeighbourLists:
    """The k nearest other faces of each of n faces, nearest first.

    ids : (n,) int64, the faces by their ids, ascending.
    indices : (n, k) int64, rows of `ids`.
    similarities : (n, k) float32, cosine, -1..1.
    """

    ids: NDArray[np.int64]
    indices: NDArray[np.int64]
    similarities: NDArray[np.float32]


def lists_updated(
    stored: NeighbourLists | None, ids: NDArray[np.int64], vectors: Vectors, *, k: int = NEIGHBOURS
) -> NeighbourLists:
    """Return the neighbour lists of these faces, from the stored lists as far as they still hold.

    ids : (n,) int64, ascending. vectors : (n, dimensions) float32, as for `nearest_neighbours`.

    New faces are compared with all and put into the lists of the others. A face whose vector has changed
    counts as new. The list of a face that has lost a neighbour is computed again.
    """
    k = max(0, min(k, len(ids) - 1))
    if stored is None or not len(stored.ids) or k == 0 or stored.indices.shape[1] != k:
        return NeighbourLists(ids, *_all_neighbours(vectors, k=k))
    indices, similarities = _carried_over(stored, ids)
    fresh = _changed(indices, similarities, vectors)
    indices[fresh] = -1
    indices[fresh[indices]] = -1
    lacking = (indices < 0).any(axis=1)
    if lacking.mean() > MOST_CHANGED:
        return NeighbourLists(ids, *_all_neighbours(vectors, k=k))
    again = np.flatnonzero(lacking)
    indices[again], similarities[again] = nearest_neighbours(vectors, k=k, of=again)
    _insert(np.flatnonzero(fresh), np.flatnonzero(~lacking), indices, similarities, vectors)
    return NeighbourLists(ids, indices, similarities)


def _all_neighbours(vectors: Vectors, *, k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the neighbours of all faces: exactly, or of very many those in the nearest cells."""
    return (nearest_neighbours if len(vectors) <= MOST_EXACT else near_neighbours)(vectors, k=k)


def _carried_over(
    stored: NeighbourLists, ids: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the stored lists of these faces, with -1 for new faces and for neighbours that are gone."""
    row = np.minimum(np.searchsorted(stored.ids, ids), len(stored.ids) - 1)
    present = stored.ids[row] == ids
    now = np.full(len(stored.ids), -1, dtype=np.int64)
    now[row[present]] = np.flatnonzero(present)
    indices = np.where(present[:, None], now[stored.indices[row]], -1)
    return indices, stored.similarities[row]


def _changed(
    indices: NDArray[np.int64], similarities: NDArray[np.float32], vectors: Vectors
) -> NDArray[np.bool_]:
    """Return (n,) bool: True for a new face, and where a face is not as near to its nearest as it was."""
    first = np.argmax(indices >= 0, axis=1)
    rows = np.arange(len(indices))
    nearest, stored = indices[rows, first], similarities[rows, first]
    result = nearest < 0
    known = np.flatnonzero(~result)
    for start in range(0, len(known), BLOCK):
        here = known[start : start + BLOCK]
        now = np.einsum("ij,ij->i", vectors[here], vectors[nearest[here]])
        result[here] = np.abs(now - stored[here]) > TOLERANCE
    return np.asarray(result)


def _insert(
    fresh: NDArray[np.intp],
    into: NDArray[np.intp],
    indices: NDArray[np.int64],
    similarities: NDArray[np.float32],
    vectors: Vectors,
) -> None:
    """Put new faces into the lists of the others, where they are nearer than the last."""
    k = indices.shape[1]
    for start in range(0, len(into) if len(fresh) else 0, BLOCK):
        rows = into[start : start + BLOCK]
        scores = vectors[rows] @ vectors[fresh].T
        nearer = (scores > similarities[rows, -1:]).any(axis=1)
        rows, scores = rows[nearer], scores[nearer]
        if not len(rows):
            continue
        found = np.concatenate([similarities[rows], scores], axis=1)
        faces = np.concatenate([indices[rows], np.broadcast_to(fresh, scores.shape)], axis=1)
        indices[rows], similarities[rows] = nearest_of(faces, found, k)
