"""Grouping faces into people.

1. HDBSCAN (Campello, Moulavi and Sander, 2013) on the neighbour graph, its leaves: small groups of faces that
   are nearer to each other than to anybody else, whatever the distances are in this album. Faces that are far
   from the others of their group all the same leave it.
2. Groups and single faces that are near are joined by average linkage, the nearest first, until no two are
   nearer than `JOIN_DISTANCE` on average. The mean over all pairs of two groups is what makes one distance do
   for clear and for poor photos alike: single pairs scatter, their mean does not.
3. What must not be together never is: two faces of one photo, or faces known to be two people.

Measured (pairwise labels known; composed albums / hard albums / LFW): see benchmarks/README.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from faces.vision.neighbours import NEIGHBOURS, distance_graph, nearest_neighbours
from faces.vision.types import Vectors

NOBODY = -1

JOIN_DISTANCE = 0.52
"""Mean cosine distance up to which two groups are one person, for FaceNet 128-d as cropped here.

On composed albums every value from .50 to .58 keeps BCubed F1 above .98, on hard ones from .50 to .60 above
.87. The mean of many pairs moves less from album to album than the radius of single pairs does.
"""

STRAY_DISTANCE = 0.65
"""Mean cosine distance to the others of a density group from which a face is none of them.

Density is relative: where everybody is far away, the least far are a group. Of 400 people of LFW with one
picture each, 167 end in groups without this bound and 131 with it; composed albums, easy and hard, gain up to
.004 in BCubed F1. At .60 hard albums begin to lose recall.
"""

SMALLEST_GROUP = 2


@dataclass(frozen=True, slots=True)
class Grouping:
    """labels: (n,) int64, each face's group from 0, or -1 (`NOBODY`). parameters: what it was made with."""

    labels: NDArray[np.int64]
    parameters: dict[str, Any] = field(default_factory=dict)


def group_faces(
    vectors: Vectors,
    *,
    photos: NDArray[np.int64],
    known: NDArray[np.int64] | None = None,
    strong: NDArray[np.bool_] | None = None,
    join_distance: float = JOIN_DISTANCE,
    neighbours: int = NEIGHBOURS,
) -> Grouping:
    """Group faces into people.

    Parameters
    ----------
    vectors : (n, dimensions) float32
        Embeddings of one model, rows of length 1.
    photos : (n,) int64
        The photo of each face. Two faces of a photo are two people.
    known : (n,) int64, optional
        The person each face is known to be, or -1. Faces known to be one person end in one group whatever the
        distance (but for two in one photo), faces known to be two people in two.
    strong : (n,) bool, optional
        Whether a face is good enough to start a group. A group with none is no group: its faces wait.
    join_distance : float
        Mean cosine distance, 0..2, up to which two groups are joined.
    neighbours : int
        Nearest faces of each face that are looked at.

    Returns
    -------
    Grouping
        Groups are numbered by their first face. A face that is alone has -1, unless it is known.
    """
    count = len(vectors)
    parameters = {"method": "hdbscan-leaf+average", "join_distance": join_distance, "neighbours": neighbours}
    if count == 0:
        return Grouping(np.zeros(0, dtype=np.int64), parameters)
    known = np.full(count, NOBODY, dtype=np.int64) if known is None else known
    strong = np.ones(count, dtype=bool) if strong is None else strong
    # Many edges are equally long (a mutual reachability is one face's or the other's), and any of them may be
    # cut first: which one must hang on the faces, not on the order in which they come.
    order = np.lexsort((photos, *vectors.T[:4]))
    ordered, in_photos, are = vectors[order], photos[order], known[order]
    indices, similarities = nearest_neighbours(ordered, k=neighbours)
    seeds = _without_strays(_density_groups(indices, similarities), ordered)
    seeds = _without_conflicts(seeds, in_photos, are)
    seeds = _with_known_together(seeds, in_photos, are)
    joined = _join(seeds, ordered, indices, photos=in_photos, known=are, least_similarity=1 - join_distance)
    groups = np.empty_like(joined)
    groups[order] = joined
    return Grouping(_numbered(groups, known, strong), parameters)


def _density_groups(indices: NDArray[np.int64], similarities: NDArray[np.float32]) -> NDArray[np.int64]:
    """HDBSCAN's leaves over the neighbour graph; every face that is in none is a group of its own."""
    count = len(indices)
    alone = np.arange(count, dtype=np.int64)
    if count <= SMALLEST_GROUP:
        return alone
    # Here and not above: it takes a second and 120 MB, and every process imports this module.
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415

    graph = distance_graph(indices, similarities)
    # min_samples counts the face itself here (it does not in the hdbscan package).
    method = HDBSCAN(
        min_cluster_size=SMALLEST_GROUP,
        min_samples=2,
        metric="precomputed",
        cluster_selection_method="leaf",
        copy=True,
    )
    labels = np.asarray(method.fit_predict(graph), dtype=np.int64)
    return np.where(labels >= 0, labels + count, alone)


def _without_strays(groups: NDArray[np.int64], vectors: Vectors) -> NDArray[np.int64]:
    """Make each face that is far from the others of its group a group of its own."""
    names, compact, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    member = csr_array(
        (np.ones(len(groups), dtype=np.float32), (compact, np.arange(len(groups)))),
        shape=(len(names), len(groups)),
    )
    others = sizes[compact] - 1
    # Of the sum over the whole group one similarity is the face's with itself.
    to_others = np.einsum("ij,ij->i", (member @ vectors)[compact], vectors) - 1
    strays = (others > 0) & (to_others < (1 - STRAY_DISTANCE) * others)
    return np.where(strays, np.arange(len(groups), dtype=np.int64), groups)


def _without_conflicts(
    groups: NDArray[np.int64], photos: NDArray[np.int64], known: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Take apart the groups that hold two faces of a photo or two known people: density knows neither."""
    _, compact = np.unique(groups, return_inverse=True)
    twice = _counts_of_pairs(compact, photos)
    several = _distinct_known(compact, known) > 1
    broken = twice | several
    alone = np.arange(len(groups), dtype=np.int64)
    return np.where(broken[compact], alone, groups)


def _counts_of_pairs(groups: NDArray[np.intp], photos: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Per group: whether it has two faces of one photo."""
    pairs, counts = np.unique(np.stack([groups, photos]), axis=1, return_counts=True)
    result = np.zeros(int(groups.max()) + 1, dtype=bool)
    result[pairs[0][counts > 1]] = True
    return result


def _distinct_known(groups: NDArray[np.intp], known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Per group: how many different known people it has."""
    told = known != NOBODY
    pairs = np.unique(np.stack([groups[told], known[told]]), axis=1)
    return np.bincount(pairs[0].astype(np.int64), minlength=int(groups.max()) + 1)


def _with_known_together(
    groups: NDArray[np.int64], photos: NDArray[np.int64], known: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Put the groups of faces that are known to be one person together.

    Of two such faces in one photo only the first is taken. The other faces of the groups come along, but not
    into a photo where the person is already: what is known outweighs what was guessed.
    """
    joined = groups.copy()
    for person in np.unique(known[known != NOBODY]):
        members = np.flatnonzero(known == person)
        facts = members[np.sort(np.unique(photos[members], return_index=True)[1])]
        own = np.unique(joined[facts])
        if len(own) == 1:
            continue
        taken = set(photos[facts].tolist())
        for face in np.setdiff1d(np.flatnonzero(np.isin(joined, own)), facts).tolist():
            if photos[face] in taken:
                joined[face] = 2 * len(groups) + face
            else:
                taken.add(int(photos[face]))
                joined[face] = own[0]
        joined[facts] = own[0]
    return joined


def _join(
    groups: NDArray[np.int64],
    vectors: Vectors,
    indices: NDArray[np.int64],
    *,
    photos: NDArray[np.int64],
    known: NDArray[np.int64],
    least_similarity: float,
) -> NDArray[np.int64]:
    """Average linkage from given groups, along the neighbour graph, never across a forbidden pair.

    In each round every group finds the one that is nearest on average, and those that chose each other are
    joined. For average linkage that is the same as joining the nearest pair of all again and again, since a
    join never brings a third group nearer than the nearer of the two was (it is "reducible").
    The mean similarity of two groups is the product of their vectors' sums over the number of pairs.
    """
    count, k = indices.shape
    _, _, photo_of = np.unique(photos, return_index=True, return_inverse=True)
    edges = np.stack([np.repeat(np.arange(count), k), indices.ravel()])
    _, group_of = np.unique(groups, return_inverse=True)
    while True:
        total = int(group_of.max()) + 1
        ends = group_of[edges]
        low, high = ends.min(axis=0), ends.max(axis=0)
        pairs = np.unique((low * total + high)[low != high])
        if pairs.size == 0:
            return group_of
        low, high = pairs // total, pairs % total
        member = csr_array(
            (np.ones(count, dtype=np.float32), (group_of, np.arange(count))), shape=(total, count)
        )
        sums, sizes = member @ vectors, np.bincount(group_of, minlength=total)
        similarity = np.einsum("ij,ij->i", sums[low], sums[high]) / (sizes[low] * sizes[high])
        near = similarity >= least_similarity
        low, high, similarity = low[near], high[near], similarity[near]
        allowed = ~_forbidden(low, high, group_of, photo_of, known)
        low, high, similarity = low[allowed], high[allowed], similarity[allowed]
        if low.size == 0:
            return group_of
        group_of = _joined_pairs(low, high, similarity, total)[group_of]
        _, group_of = np.unique(group_of, return_inverse=True)


def _forbidden(
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    group_of: NDArray[np.intp],
    photo_of: NDArray[np.intp],
    known: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Which pairs of groups share a photo, or are known to be different people."""
    total = int(group_of.max()) + 1
    seen_in = csr_array(
        (np.ones(len(group_of), dtype=np.float32), (group_of, photo_of)),
        shape=(total, int(photo_of.max()) + 1),
    )
    shared = np.asarray(seen_in[low].multiply(seen_in[high]).sum(axis=1)).ravel() > 0
    person = np.full(total, NOBODY, dtype=np.int64)
    told = known != NOBODY
    person[group_of[told]] = known[told]
    different = (person[low] != NOBODY) & (person[high] != NOBODY) & (person[low] != person[high])
    return np.asarray(shared | different)


def _joined_pairs(
    low: NDArray[np.int64], high: NDArray[np.int64], similarity: NDArray[np.float32], total: int
) -> NDArray[np.int64]:
    """New group of each group: those that are each other's nearest become one."""
    one, other = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.lexsort((other, -np.concatenate([similarity, similarity]), one))
    one, other = one[order], other[order]
    having, first = np.unique(one, return_index=True)
    nearest = np.full(total, NOBODY, dtype=np.int64)
    nearest[having] = other[first]
    groups = np.arange(total, dtype=np.int64)
    mutual = having[nearest[nearest[having]] == having]
    smaller = mutual[mutual < nearest[mutual]]
    groups[nearest[smaller]] = smaller
    return groups


def _numbered(
    groups: NDArray[np.intp], known: NDArray[np.int64], strong: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Number the groups that count by their first face; what is alone or without a strong face is nobody."""
    sizes = np.bincount(groups)
    good = np.bincount(groups, weights=strong) > 0
    told = np.bincount(groups, weights=known != NOBODY) > 0
    counts = ((sizes >= SMALLEST_GROUP) & good) | told
    labels = np.full(len(groups), NOBODY, dtype=np.int64)
    numbers: dict[int, int] = {}
    for index in np.flatnonzero(counts[groups]).tolist():
        labels[index] = numbers.setdefault(int(groups[index]), len(numbers))
    return labels
