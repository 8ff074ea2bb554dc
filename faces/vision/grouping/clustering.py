"""Clustering: group the vectors of faces into people.

1. The leaves of HDBSCAN (Campello, Moulavi and Sander, 2013) on the neighbour graph are small groups of faces
   that are nearer to each other than to other faces, at whatever distance.
2. Average linkage joins near groups and single faces, the nearest first (see `linkage`). Single pairs
   scatter; the mean over all pairs of two groups does not, so one rule serves clear and poor photos alike.
3. Constraints hold throughout: two faces of one photo, faces confirmed as two people, and a face and a person
   it was rejected for are never together; faces confirmed as one person always are.
4. The faces of people who change with the years are compared by the times of their photos (see `growth`).
5. Of the faces of a photo that clearly shows one person twice, all but one stay unassigned (see
   `repeated_faces`).
6. Unclear faces that are alone join the group that they resemble by far the most (see `unclear_faces`).

Figures on composed, hard and LFW albums beside other methods: benchmarks/README.md.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.vision.grouping.density_groups import density_groups
from faces.vision.grouping.group_pairs import LinkedFaces, each_edge_once
from faces.vision.grouping.growth import join_across_years, part_across_gaps
from faces.vision.grouping.linkage import far_from_group, join_groups, join_rejected
from faces.vision.grouping.neighbours import NEIGHBOURS, nearest_neighbours
from faces.vision.grouping.outliers import join_across_outliers
from faces.vision.grouping.repeated_faces import left_out, repeated_faces
from faces.vision.grouping.rules import UNASSIGNED, Constraints, JoinRule
from faces.vision.grouping.unclear_faces import join_unclear
from faces.vision.types import Vectors

SMALLEST_GROUP = 2
OUTLIER_ROUNDS = 5
DEFAULT_RULE = JoinRule()


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of n faces.

    labels: (n,) int64, the group of each face from 0, or -1 (`UNASSIGNED`).
    parameters: the method and its parameters, for the record of the run.
    """

    labels: NDArray[np.int64]
    parameters: dict[str, Any] = field(default_factory=dict)


def group_faces(
    vectors: Vectors,
    *,
    photos: NDArray[np.int64],
    known: NDArray[np.int64] | None = None,
    refused: Sequence[tuple[int, int]] = (),
    repeats: NDArray[np.bool_] | None = None,
    strong: NDArray[np.bool_] | None = None,
    clarity: NDArray[np.float32] | None = None,
    taken: NDArray[np.float64] | None = None,
    rule: JoinRule = DEFAULT_RULE,
    neighbours: int = NEIGHBOURS,
    near: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None,
) -> Grouping:
    """Group faces into people.

    Parameters
    ----------
    vectors : (n, dimensions) float32
        Embeddings of one model, rows of length 1.
    photos : (n,) int64
        The photo of each face. Two faces of a photo are two people, unless the other photos clearly say
        otherwise; then all but the nearest are left out.
    known : (n,) int64, optional
        The person that each face is confirmed as, or -1. Faces confirmed as one person end in one group
        whatever their distance (except two in one photo), faces confirmed as two people in two.
    refused : pairs of (face, person), optional
        Rejections: a face, by index, ends in another group than any face confirmed as that person.
    repeats : (n,) bool, optional
        True if the photo of a face may show a person twice (a mirror, a collage).
    strong : (n,) bool, optional
        True if a face is good enough to start a group. Faces of a group without one stay unassigned.
    clarity : (n,) float32, 0..1, optional
        See `Embedded`. Unclear faces are near each other whoever they are, so the similarity of two faces is
        multiplied by both clarities.
    taken : (n,) float64, optional
        When the photo of each face was taken, in years (2015.5); NaN where that is not known.
    rule : JoinRule
        The limits for joining groups, from the profile of the embedder.
    neighbours : int
        Number of nearest faces of each face that are compared, at least 2.
    near : (n, k) int64 and (n, k) float32, optional
        The nearest faces of each face, if they are known, as `nearest_neighbours` returns them for vectors
        that are multiplied by their clarity.

    Returns
    -------
    Grouping
        Groups are numbered by their first face. A face that is alone has -1, unless it is confirmed. The
        result does not depend on the order of the faces.
    """
    count = len(vectors)
    parameters = {"method": "hdbscan leaves, average linkage", "neighbours": neighbours, **asdict(rule)}
    if count == 0:
        return Grouping(np.zeros(0, dtype=np.int64), parameters)
    known = np.full(count, UNASSIGNED, dtype=np.int64) if known is None else known
    strong = np.ones(count, dtype=bool) if strong is None else strong
    unit = vectors
    if clarity is not None:
        vectors = vectors * clarity[:, None]
    # Many edges are equally long (a mutual reachability is one face's or the other's), and any may be cut
    # first. Sorting makes the choice depend on the faces, not on their order.
    order = np.lexsort((photos, *vectors.T[:4]))
    ordered = vectors[order]
    constraints = _constraints(order, photos, known, refused, repeats)
    if near is None:
        indices, similarities = nearest_neighbours(ordered, k=neighbours)
    else:
        place = np.empty(count, dtype=np.int64)
        place[order] = np.arange(count)
        indices, similarities = place[near[0][order]], near[1][order]
    seeds = _sound_groups(density_groups(indices, similarities), ordered, constraints, rule)
    seeds = _with_known_together(seeds, constraints)
    times = None if taken is None else taken[order]
    faces = LinkedFaces(ordered, each_edge_once(indices), similarities, constraints, rule, times)
    joined = _joined(seeds, faces)
    repeated = repeated_faces(joined, faces)
    if len(repeated):
        joined = _joined(*left_out(joined, faces, repeated))
    groups = np.empty_like(joined)
    groups[order] = joined
    labels = _numbered(groups, known, strong)
    if clarity is not None and rule.unclear:
        labels[order] = join_unclear(
            labels[order], unit[order], clarity=clarity[order], constraints=constraints, rule=rule
        )
    return Grouping(labels, parameters)


def _joined(groups: NDArray[np.int64], faces: LinkedFaces) -> NDArray[np.intp]:
    """Join near groups, also those that only outliers or years separate, and part others at gaps of years."""
    joined = join_groups(groups, faces)
    for _round in range(OUTLIER_ROUNDS):
        freed = join_across_outliers(joined, faces)
        if freed is joined:
            break
        joined = join_groups(freed, faces)
    while (grown := join_across_years(joined, faces)) is not joined:
        joined = join_groups(grown, faces)
    parted = part_across_gaps(joined, faces)
    return parted if parted is joined else np.unique(join_rejected(parted, faces), return_inverse=True)[1]


def _constraints(
    order: NDArray[np.intp],
    photos: NDArray[np.int64],
    known: NDArray[np.int64],
    refused: Sequence[tuple[int, int]],
    repeats: NDArray[np.bool_] | None,
) -> Constraints:
    """Return the constraints for faces in `order`."""
    _, numbers = np.unique(photos, return_inverse=True)
    if repeats is not None:
        # Where a person may be twice, each face counts as in a photo of its own.
        numbers = np.where(repeats, len(photos) + np.arange(len(photos)), numbers)
        _, numbers = np.unique(numbers, return_inverse=True)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    pairs = [(place[face], person) for face, person in refused]
    return Constraints(numbers[order], known[order], np.asarray(pairs, dtype=np.int64).reshape(-1, 2))


def _sound_groups(
    groups: NDArray[np.int64], vectors: Vectors, constraints: Constraints, rule: JoinRule
) -> NDArray[np.int64]:
    """Release faces that are far from their group or rejected, and split groups that break a constraint.

    Density considers neither.
    """
    alone = np.arange(len(groups), dtype=np.int64)
    refused = constraints.refused[:, 0]
    groups = groups.copy()
    groups[refused] = alone[refused]
    _, compact = np.unique(groups, return_inverse=True)
    groups = np.where(far_from_group(compact, vectors, rule), alone, groups)
    _, compact = np.unique(groups, return_inverse=True)
    return np.where(constraints.broken(compact)[compact], alone, groups)


def _with_known_together(groups: NDArray[np.int64], constraints: Constraints) -> NDArray[np.int64]:
    """Join the groups of faces that are confirmed as one person.

    Of two such faces in one photo only the first counts. The other faces of the groups join too, unless the
    person is in their photo already or they were rejected for that person.
    """
    joined, known, photos = groups.copy(), constraints.known, constraints.photos
    for person in np.unique(known[known != UNASSIGNED]):
        members = np.flatnonzero(known == person)
        facts = members[np.sort(np.unique(photos[members], return_index=True)[1])]
        own = np.unique(joined[facts])
        if len(own) == 1:
            continue
        taken = set(photos[facts].tolist())
        refusing = set(constraints.refused[constraints.refused[:, 1] == person, 0].tolist())
        for face in np.setdiff1d(np.flatnonzero(np.isin(joined, own)), facts).tolist():
            if photos[face] in taken or face in refusing:
                joined[face] = 2 * len(groups) + face
            else:
                taken.add(int(photos[face]))
                joined[face] = own[0]
        joined[facts] = own[0]
    return joined


def _numbered(
    groups: NDArray[np.intp], known: NDArray[np.int64], strong: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Number the groups by their first face; single faces and groups without a strong face are unassigned.

    A confirmed face in such a group keeps its person, but the others do not follow: poor faces are near each
    other whoever they are.
    """
    sizes = np.bincount(groups)
    good = np.bincount(groups, weights=strong) > 0
    counts = np.flatnonzero(((sizes >= SMALLEST_GROUP) & good)[groups] | (known != UNASSIGNED))
    labels = np.full(len(groups), UNASSIGNED, dtype=np.int64)
    _, first, number = np.unique(groups[counts], return_index=True, return_inverse=True)
    labels[counts] = np.argsort(np.argsort(first))[number]
    return labels
