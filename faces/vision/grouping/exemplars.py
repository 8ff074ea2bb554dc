"""Exemplars of a person's faces: a few means, by which the nearest of very many people are found.

An exemplar stands for some faces that are alike. Its centre is their mean with one number more, an estimate
of how much nearer than the mean the nearest of these faces is: of very many faces one is near by chance. The
inner product of the centre with a vector (and 1) so estimates the similarity of the nearest face. The vectors
of the faces in a byte a number tell it within some .002, and are read side by side.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 8
"""The most exemplars of a person."""

FACES_EACH = 64
"""Faces of a person for each exemplar, as long as there are fewer than `MOST`."""

ROUNDS, SAMPLED = 5, 512
"""Rounds of k-means, and the most faces it is computed from; all are assigned to the means."""

LARGEST_CODE = 127

ROWS_AT_ONCE = 1024
"""Codes that become floating point numbers at once, so that these stay in the cache of the processor."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Exemplar:
    """Some faces of a person.

    centre: (dimensions + 1,) float32. members: (n,) int64, indices of the faces. codes: (n, dimensions) int8,
    the vectors divided by `scale`.
    """

    centre: Array
    members: NDArray[np.int64]
    codes: NDArray[np.int8]
    scale: float


def exemplars_of(vectors: Array) -> Iterator[Exemplar]:
    """Yield the exemplars of a person with these vectors, (n, dimensions) float32 of length 1.

    The same vectors always have the same exemplars.
    """
    labels = _k_means(vectors, min(MOST, max(1, len(vectors) // FACES_EACH)))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        yield _exemplar(vectors[members], members)


def query_of(vector: Array) -> Array:
    """Return what the centres are multiplied with for a vector (dimensions,): (dimensions + 1,) float32."""
    return np.append(vector, np.float32(1.0))


class CodedFaces:
    """The faces of exemplars (at least one), compared with a vector by their codes.

    vector: (dimensions,) float32. codes, scales: of each exemplar. nearest: (exemplars,) float32, the
    similarity of the nearest face of each.
    """

    def __init__(self, vector: Array, codes: Sequence[bytes | memoryview], scales: Sequence[float]) -> None:
        counts = np.asarray([len(code) // len(vector) for code in codes])
        self._ends = np.cumsum(counts)
        coded = np.frombuffer(b"".join(codes), dtype=np.int8).reshape(-1, len(vector))
        self._similarity = np.empty(len(coded), dtype=np.float32)
        for start in range(0, len(coded), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            np.matmul(coded[rows].astype(np.float32), vector, out=self._similarity[rows])
        best = np.maximum.reduceat(self._similarity, self._ends - counts)
        self.nearest = np.asarray(best * np.asarray(scales), dtype=np.float32)

    def places(self, exemplar: int, count: int) -> list[int]:
        """Return the places of the `count` nearest faces of an exemplar, nearest first."""
        start = self._ends[exemplar - 1] if exemplar else 0
        part = self._similarity[start : self._ends[exemplar]]
        largest = np.argpartition(-part, min(count, len(part)) - 1)[:count]
        found: list[int] = largest[np.argsort(-part[largest])].tolist()
        return found


def _exemplar(vectors: Array, members: NDArray[np.int64]) -> Exemplar:
    count, dimensions = vectors.shape
    mean = vectors.mean(axis=0)
    variance = max(0.0, 1.0 - float(mean @ mean)) * count / max(1, count - 1)
    # The expected maximum of `count` normal deviates, from above.
    nearer = np.sqrt(variance / dimensions * 2 * np.log(count))
    scale = float(np.abs(vectors).max()) / LARGEST_CODE
    codes = np.rint(vectors / scale).astype(np.int8)
    return Exemplar(np.append(mean, nearer).astype(np.float32), members, codes, scale)


def _k_means(vectors: Array, count: int) -> NDArray[np.int64]:
    """Return the number of the nearest of `count` means for each vector."""
    if count == 1:
        return np.zeros(len(vectors), dtype=np.int64)
    random = np.random.default_rng(0)
    sample = vectors[random.permutation(len(vectors))[:SAMPLED]]
    means = sample[:count]
    for _ in range(ROUNDS):
        labels = np.argmax(sample @ means.T, axis=1)
        sums = np.zeros_like(means)
        np.add.at(sums, labels, sample)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        means = np.where(lengths > 0, sums / np.maximum(lengths, np.finfo(np.float32).tiny), means)
    return np.asarray(np.argmax(vectors @ means.T, axis=1))
