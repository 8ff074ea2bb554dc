"""Compute the quality of an owner's groups, and where a group could be cut.

A background task reviews all groups and stores the results (`ClusterQuality`), so that the sorted list is
fast; a group that is opened is reviewed again.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from faces.models import ClusterQuality, FaceEmbedding, Person, Verdict
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models
from faces.services.grouping.constraints import OwnerFaces, owner_faces
from faces.vision.grouping.cluster_quality import GroupQuality, group_quality, sample_of, side_of_all, typical
from faces.vision.profiles import profile_of

logger = logging.getLogger(__name__)

BATCH = 200
"""Groups whose rows are written at once; an interrupted run continues after them."""

SHOWN_OF_A_SIDE = 4

WRITTEN = [
    *("faces", "excess", "apart", "cuts", "persistence", "outlier", "spread"),
    *("sides", "probability", "model", "signature", "computed_at"),
]


@dataclass(frozen=True, slots=True)
class CutOfGroup:
    """A cut of a reviewed group.

    face_ids: the faces of the smaller side. probability: that two faces, one of each side, are one person.
    sides: some of the larger and some of the smaller side, the most typical first, to be shown.
    excess: as in `vision.grouping.cluster_quality.Cut`; above 0 the group would not be made again.
    """

    face_ids: tuple[int, ...]
    excess: float
    distance: float
    probability: float
    sides: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def key(self) -> str:
        """Identify these faces, to check that the cut is still the one that was shown."""
        ids = ",".join(map(str, self.face_ids))
        return hashlib.md5(ids.encode(), usedforsecurity=False).hexdigest()[:16]

    @property
    def suspected(self) -> bool:
        """True if the sides lie farther apart than the faces of one person."""
        return self.excess > 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group as it is now. face_ids: (n,), all of its faces that can be compared.

    sampled: indices in face_ids of the faces that `quality` compares; all, except in a very large group.
    signature: changes with the faces, their verdicts and the model.
    """

    face_ids: tuple[int, ...]
    sampled: tuple[int, ...]
    quality: GroupQuality
    cuts: tuple[CutOfGroup, ...]
    model: str
    signature: str


@dataclass(frozen=True, slots=True)
class _Group:
    """The faces of one person as arrays; confirmed: a user confirmed that they are this person."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    clarity: NDArray[np.float32]
    confirmed: NDArray[np.bool_]
    model: str

    @property
    def signature(self) -> str:
        parts = (self.ids.tobytes(), self.confirmed.tobytes(), self.model.encode())
        return hashlib.md5(b"|".join(parts), usedforsecurity=False).hexdigest()


def cluster_quality_refresh(*, owner: User) -> int:
    """Review every group of an owner that has changed since the last review; returns their number.

    Can be interrupted at any time. Does nothing if the owner has face recognition off.
    """
    if not recognition_enabled(owner.pk):
        return 0
    faces = owner_faces(owner.pk, embedder=owner_models(owner.pk).embedder)
    confirmed = np.isin(faces.ids, _confirmed(owner))
    known = dict(ClusterQuality.objects.filter(person__owner=owner).values_list("person_id", "signature"))
    hidden = set(Person.objects.filter(owner=owner, hidden=True).values_list("pk", flat=True))
    groups = {person_id: at for person_id, at in _groups(faces) if person_id not in hidden}
    done = 0
    lines: list[ClusterQuality] = []
    for person_id, at in groups.items():
        group = _Group(faces.ids[at], faces.vectors[at], faces.clarity[at], confirmed[at], faces.embedder)
        if known.get(person_id) == group.signature:
            continue
        lines.append(_line(person_id, _sheet(group, most_cuts=1)))
        done += 1
        if len(lines) == BATCH:
            _store(lines)
            lines.clear()
    _store(lines)
    ClusterQuality.objects.filter(person_id__in=known.keys() - groups.keys()).delete()
    _delete_orphans()
    if done:
        logger.info("Owner %s: %s of %s groups reviewed", owner.pk, done, len(groups))
    return done


def cluster_quality_update(*, people: Iterable[Person]) -> None:
    """Review these groups again, after they were changed."""
    for person in people:
        sheet = group_sheet(person)
        if sheet is None or person.hidden:
            ClusterQuality.objects.filter(person=person).delete()
        else:
            _store([_line(person.pk, sheet)])


def group_sheet(person: Person) -> Sheet | None:
    """Review one group as it is now; None if fewer than two of its faces can be compared."""
    embedder = owner_models(person.owner_id).embedder
    rows = (
        FaceEmbedding.objects.filter(
            model=embedder, face__person=person, face__dismissed=False, face__binned=False
        )
        .order_by("face_id")
        .values_list("face_id", "clarity", "vector")
    )
    found = list(rows)
    if len(found) < 2:
        return None
    ids = np.asarray([row[0] for row in found], dtype=np.int64)
    group = _Group(
        ids,
        np.stack([row[2] for row in found]),
        np.asarray([row[1] for row in found], dtype=np.float32),
        np.isin(ids, list(_confirmed_faces(person))),
        embedder,
    )
    return _sheet(group)


def cut_of(sheet: Sheet, key: str) -> CutOfGroup | None:
    """Return the cut with this key; None if the group has changed and no longer has it."""
    return next((cut for cut in sheet.cuts if cut.key == key), None)


def faces_to_split(person: Person, sheet: Sheet, cut: CutOfGroup) -> tuple[int, ...]:
    """Return the faces that become another person at a cut.

    The side with a confirmed face, or with the cover, stays the person; otherwise the larger one does.
    """
    known_by = _confirmed_faces(person) or ({person.cover_id} if person.cover_id else set())
    smaller = set(cut.face_ids)
    if known_by & smaller:
        return tuple(face_id for face_id in sheet.face_ids if face_id not in smaller)
    return cut.face_ids


def _sheet(group: _Group, *, most_cuts: int | None = None) -> Sheet:
    sample, profile = sample_of(group.vectors), profile_of(group.model)
    quality = group_quality(
        group.vectors[sample],
        clarity=group.clarity[sample],
        confirmed=group.confirmed[sample],
        rule=profile.join_rule,
    )
    cuts = []
    for cut in quality.cuts[:most_cuts]:
        smaller = side_of_all(group.vectors, sample, cut.side)
        larger = np.setdiff1d(np.arange(len(group.ids)), smaller)
        shown = [
            tuple(group.ids[side[typical(group.vectors[side])[:SHOWN_OF_A_SIDE]]].tolist())
            for side in (larger, smaller)
        ]
        cuts.append(
            CutOfGroup(
                face_ids=tuple(group.ids[smaller].tolist()),
                excess=cut.excess,
                distance=cut.distance,
                probability=profile.calibration.probability(cut.distance),
                sides=(shown[0], shown[1]),
            )
        )
    ids, at = tuple(group.ids.tolist()), tuple(sample.tolist())
    return Sheet(ids, at, quality, tuple(cuts), group.model, group.signature)


def _line(person_id: int, sheet: Sheet) -> ClusterQuality:
    quality, cut = sheet.quality, sheet.cuts[0] if sheet.cuts else None
    return ClusterQuality(
        person_id=person_id,
        faces=len(sheet.face_ids),
        excess=quality.excess,
        apart=len(cut.face_ids) if cut else 0,
        cuts=sum(one.excess > 0 for one in quality.cuts),
        sides=cut.sides if cut and cut.suspected else [],
        probability=cut.probability if cut else 1.0,
        persistence=quality.persistence,
        outlier=float(quality.outliers.max()),
        spread=quality.spread,
        model=sheet.model,
        signature=sheet.signature,
        computed_at=timezone.now(),
    )


def _store(lines: Sequence[ClusterQuality]) -> None:
    ClusterQuality.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["person"], update_fields=WRITTEN
    )


def _groups(faces: OwnerFaces) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Yield the indices of each person's faces, for people with at least two."""
    order = np.argsort(faces.people, kind="stable")
    people, starts, counts = np.unique(faces.people[order], return_index=True, return_counts=True)
    for person_id, start, count in zip(people.tolist(), starts.tolist(), counts.tolist(), strict=True):
        if person_id >= 0 and count > 1:
            yield person_id, order[start : start + count]


def _confirmed(owner: User) -> NDArray[np.int64]:
    confirmed = Verdict.objects.filter(person__owner=owner, kind=Verdict.Kind.IS)
    return np.asarray(list(confirmed.values_list("face_id", flat=True)), dtype=np.int64)


def _confirmed_faces(person: Person) -> set[int]:
    confirmed = Verdict.objects.filter(person=person, kind=Verdict.Kind.IS)
    return set(confirmed.values_list("face_id", flat=True))


def _delete_orphans() -> None:
    """Delete the rows of people who were deleted during the review."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM faces_clusterquality AS line WHERE NOT EXISTS "
            "(SELECT FROM faces_person WHERE id = line.person_id)"
        )
