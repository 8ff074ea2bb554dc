"""The quality of a group of faces: if it could be two people, and where it could be cut.

HDBSCAN's tree of the group alone (Campello, Moulavi and Sander, 2013; McInnes and Healy, 2017, for the
condensed tree) says where it could be cut. Whether it should be is a question of distance, which density does
not answer: the tree of one person's faces has branches, too. So each cut is judged as two groups that ask to
be joined (`linkage.JoinRule`): how much farther apart than that are its sides? A few strangers fall off the
tree one by one and make no branch; they are what average linkage joins last, so that join is judged as well.

On composed, hard and LFW albums all of 468 groups of two people joined by force are suspected by this (area
under the ROC curve 1.000), groups with one to three strangers at .968 to 1.000, and 4 of 425 sound groups;
for groups with strangers HDBSCAN's outlier scores alone reach .68 to .80, its persistence .66 to .84, the
spread .79 to .91 (benchmarks/cluster_quality.py).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.linkage import apart
from faces.vision.grouping.rules import JoinRule
from faces.vision.types import Vectors

MOST_FACES = 1500
"""More of a group are not compared with each other: 18 MB of distances, a third of a second."""

NEAREST = 0.01
"""Cosine distance under which two faces are the same picture; where a tree ends."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A piece of the tree that stays whole from one distance to another.

    parent : its number in the tree, -1 for the trunk.
    members : (m,) int64, the faces that are in it when it begins, by index.
    born, ended : cosine distance, 0..2, at which it parts from its parent and falls into two branches or to
        nothing; born >= ended.
    leaving : (k,) float64, the distances at which single faces leave it, the largest first.
    left : (k,) int64, these faces.
    """

    parent: int
    members: NDArray[np.int64]
    born: float
    ended: float
    leaving: NDArray[np.float64]
    left: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to part a group in two.

    side : (m,) int64, the faces of the smaller side, by index.
    distance : mean cosine distance between the two sides, 0..2.
    excess : how much larger that is than two groups of these sizes may have to be one person; below 0 they
        would be joined again.
    """

    side: NDArray[np.int64]
    distance: float
    excess: float


@dataclass(frozen=True, slots=True)
class GroupQuality:
    """The quality of a group of n faces.

    excess : the largest excess of its cuts, as a cosine distance; above 0 the group is suspected.
    cuts : its cuts, the largest excess first; of nearly equal ones only the first.
    persistence : 0..1, HDBSCAN's, of the clusters that it finds in the group, by their sizes.
    outliers : (n,) float64, 0..1, HDBSCAN's outlier scores (GLOSH).
    spread : mean cosine distance between two faces, 0..2.
    tree : the branches, each after its parent; empty for a group of two.
    """

    excess: float
    cuts: tuple[Cut, ...]
    persistence: float
    outliers: NDArray[np.float64]
    spread: float
    tree: tuple[Branch, ...]


def group_quality(
    vectors: Vectors,
    *,
    clarity: NDArray[np.float32],
    confirmed: NDArray[np.bool_],
    rule: JoinRule,
) -> GroupQuality:
    """Review one group.

    Parameters
    ----------
    vectors : (n, dimensions) float32, rows of length 1; n at least 2, and at most `MOST_FACES`
        (see `sample_of`).
    clarity : (n,) float32, 0..1, as in `clustering.group_faces`.
    confirmed : (n,) bool, faces that a user confirmed as this person. No cut separates two of them.
    rule : how near two groups of this model must be to be one person.
    """
    count = len(vectors)
    distances = np.clip(1 - vectors.astype(np.float64) @ vectors.T.astype(np.float64), 0, 2)
    np.fill_diagonal(distances, 0)
    spread = float(distances.sum() / (count * (count - 1)))
    tree: tuple[Branch, ...] = ()
    outliers, persistence = np.zeros(count), 0.0
    if count > 2:
        fitted = _hdbscan(distances)
        tree = _branches(fitted.condensed_tree_.to_numpy(), count)
        outliers = np.clip(np.nan_to_num(fitted.outlier_scores_), 0, 1)
        sizes = np.bincount(fitted.labels_[fitted.labels_ >= 0], minlength=len(fitted.cluster_persistence_))
        persistence = float(np.clip(np.dot(sizes, fitted.cluster_persistence_) / count, 0, 1))
    clear = vectors * clarity[:, None]
    sides = [*_sides(tree), _last_joined(distances)]
    cuts = [_cut(side, clear, rule) for side in sides if not _confirmed_together(side, confirmed)]
    cuts.sort(key=lambda cut: (-cut.excess, len(cut.side)))
    return GroupQuality(
        excess=cuts[0].excess if cuts else -rule.distance,
        cuts=tuple(_distinct(cuts)),
        persistence=persistence,
        outliers=outliers,
        spread=spread,
        tree=tree,
    )


def sample_of(vectors: Vectors, *, most: int = MOST_FACES) -> NDArray[np.int64]:
    """Sample the faces of a large group: (m,) int64, sorted, m at most `most`.

    Half are those farthest from the mean, where strangers are; half are spread evenly over the rest,
    where two mixed people would both be.
    """
    count = len(vectors)
    if count <= most:
        return np.arange(count)
    farthest_first = np.argsort(vectors @ vectors.mean(axis=0), kind="stable")
    far, rest = farthest_first[: most // 2], np.sort(farthest_first[most // 2 :])
    evenly = rest[np.linspace(0, len(rest) - 1, most - len(far)).astype(np.int64)]
    return np.sort(np.concatenate([far, evenly]))


def side_of_all(vectors: Vectors, sample: NDArray[np.int64], side: NDArray[np.int64]) -> NDArray[np.int64]:
    """A cut of a sample, for the whole group: its smaller side, (m,) int64 into `vectors`.

    Faces that are not in the sample are with the side whose mean is nearer. Which side is the smaller one may
    be another than in the sample, where those that stand out are many.
    """
    inside = np.zeros(len(vectors), dtype=bool)
    inside[sample[side]] = True
    others = np.setdiff1d(sample, sample[side])
    unseen = np.ones(len(vectors), dtype=bool)
    unseen[sample] = False
    nearer = vectors @ vectors[inside].mean(axis=0) > vectors @ vectors[others].mean(axis=0)
    inside |= unseen & nearer
    return np.flatnonzero(inside if 2 * inside.sum() <= len(vectors) else ~inside)


def typical(vectors: Vectors) -> NDArray[np.intp]:
    """The faces of one side in order, those that are nearest to all others first: (n,) indices."""
    return np.argsort(-(vectors @ vectors.mean(axis=0)), kind="stable")


def _hdbscan(distances: NDArray[np.float64]) -> Any:
    # Here and not above: it takes a second, and every process imports this package.
    from hdbscan import HDBSCAN  # noqa: PLC0415 - see above

    method = HDBSCAN(metric="precomputed", min_cluster_size=2, min_samples=2, allow_single_cluster=True)
    return method.fit(distances)


def _branches(condensed: NDArray[Any], count: int) -> tuple[Branch, ...]:
    """HDBSCAN's condensed tree: rows of parent, child, 1 / distance, size; faces are below `count`."""
    parents, children = condensed["parent"], condensed["child"]
    distances = 1 / np.maximum(condensed["lambda_val"], 1e-9)
    distances = np.clip(distances, NEAREST, 2)
    born = {int(child): float(far) for child, far in zip(children, distances, strict=True)}
    order = np.unique(parents)  # a parent has a smaller number than its branches
    number = {int(node): place for place, node in enumerate(order)}
    parent_of = {int(child): int(parent) for parent, child in zip(parents, children, strict=True)}
    members: dict[int, list[NDArray[np.int64]]] = {int(node): [] for node in order}
    for node in order[::-1].tolist():
        own = children[(parents == node) & (children < count)]
        members[node].append(own.astype(np.int64))
        if node in parent_of:
            members[parent_of[node]].append(np.concatenate(members[node]))
    branches = []
    for node in order.tolist():
        here = parents == node
        single = here & (children < count)
        forks = distances[here & (children >= count)]
        farthest_first = np.argsort(-distances[single], kind="stable")
        leaving = distances[single][farthest_first]
        top = born.get(node, float(distances[here].max()))
        branches.append(
            Branch(
                parent=number.get(parent_of.get(node, -1), -1),
                members=np.sort(np.concatenate(members[node])),
                born=top,
                ended=float(forks[0]) if len(forks) else float(leaving[-1]),
                leaving=leaving,
                left=children[single][farthest_first].astype(np.int64),
            )
        )
    return tuple(branches)


def _sides(tree: tuple[Branch, ...]) -> list[NDArray[np.int64]]:
    """The smaller branch of each fork, against everything else in the group.

    Against everything, since what is cut off there leaves the whole group.
    """
    forks: dict[int, list[Branch]] = {}
    for branch in tree[1:]:
        forks.setdefault(branch.parent, []).append(branch)
    return [min(pair, key=lambda branch: len(branch.members)).members for pair in forks.values()]


def _last_joined(distances: NDArray[np.float64]) -> NDArray[np.int64]:
    """The smaller of the two sides that average linkage joins last."""
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 - as above
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    joined = fcluster(linkage(squareform(distances, checks=False), "average"), 2, "maxclust")
    first = np.flatnonzero(joined == 1)
    second = np.flatnonzero(joined != 1)
    if not len(second):
        # All joins at one distance, as when all are the same picture: any face will do.
        first, second = first[:1], first[1:]
    return first if len(first) <= len(second) else second


def _cut(side: NDArray[np.int64], clear: Vectors, rule: JoinRule) -> Cut:
    here = np.zeros(len(clear), dtype=bool)
    here[side] = True
    distance, limit = apart(clear[here], clear[~here], rule)
    smaller = np.flatnonzero(here if 2 * len(side) <= len(clear) else ~here)
    return Cut(smaller, distance, distance - limit)


def _confirmed_together(side: NDArray[np.int64], confirmed: NDArray[np.bool_]) -> bool:
    """True if faces on both sides were confirmed: a user has answered the question of this cut."""
    inside = int(confirmed[side].sum())
    return 0 < inside < int(confirmed.sum())


def _distinct(cuts: list[Cut]) -> list[Cut]:
    """Leave out each cut that shares nine tenths of its faces with one before it."""
    distinct: list[Cut] = []
    for cut in cuts:
        own = set(cut.side.tolist())
        if all(len(own & (known := set(one.side.tolist()))) < 0.9 * len(own | known) for one in distinct):
            distinct.append(cut)
    return distinct
