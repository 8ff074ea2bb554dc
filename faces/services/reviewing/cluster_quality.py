"""Which of an owner's groups are doubtful, and where one would come apart.

All groups are looked at in the background and a line about each is kept (`GroupDoubt`), so that a list in the
order of doubt can be read at once; one that is opened is looked at again, as it is then.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.utils import timezone
from numpy.typing import NDArray

from faces.models import FaceEmbedding, GroupDoubt, Person, Verdict
from faces.services.core.consent import recognition_wanted
from faces.services.core.owner_pipeline import owner_models
from faces.services.grouping.constraints import OwnerFaces, owner_faces
from faces.services.people.index import vector_bytes, vector_read
from faces.vision.calibration import calibration_of
from faces.vision.grouping.cluster_quality import Doubt, group_doubt, sample_of, side_of_all, typical
from faces.vision.grouping.clustering import join_rule

logger = logging.getLogger(__name__)

KEPT_TOGETHER = 200
"""Groups whose lines are written at once; who is interrupted goes on after them."""

SHOWN_OF_A_SIDE = 4

WRITTEN = [
    *("faces", "doubt", "apart", "cuts", "persistence", "outlier", "spread"),
    *("sides", "probability", "model", "signature", "weighed_at"),
]


@dataclass(frozen=True, slots=True)
class CutOfGroup:
    """A cut of a group that was looked at.

    face_ids: the faces of the smaller side. probability: that two faces, one of each side, are one person.
    sides: some of the larger and some of the smaller side, the most typical first, to be shown.
    excess: as in `vision.doubt.Cut`; above 0 the group would not be made again.
    """

    face_ids: tuple[int, ...]
    excess: float
    distance: float
    probability: float
    sides: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def key(self) -> str:
        """Names these faces: to say that it is still the cut which somebody saw."""
        ids = ",".join(map(str, self.face_ids))
        return hashlib.md5(ids.encode(), usedforsecurity=False).hexdigest()[:16]

    @property
    def suspected(self) -> bool:
        """Whether the sides lie farther apart than one person's faces do."""
        return self.excess > 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A group as it is now. face_ids: (n,), all of its faces that can be compared.

    looked_at: places in face_ids of those that `doubt` is about, all but in a very large group.
    signature: another one when the faces, what was said of them, or the model is another.
    """

    face_ids: tuple[int, ...]
    looked_at: tuple[int, ...]
    doubt: Doubt
    cuts: tuple[CutOfGroup, ...]
    model: str
    signature: str


@dataclass(frozen=True, slots=True)
class _Group:
    """The faces of one person as arrays; told: said to be this person."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    clarity: NDArray[np.float32]
    told: NDArray[np.bool_]
    model: str

    @property
    def signature(self) -> str:
        parts = (self.ids.tobytes(), self.told.tobytes(), self.model.encode())
        return hashlib.md5(b"|".join(parts), usedforsecurity=False).hexdigest()


def doubts_weigh(*, owner: User) -> int:
    """Look at every group of an owner that has changed since; returns how many these were.

    Can be interrupted at any time. Nothing is looked at where no faces are wanted.
    """
    if not recognition_wanted(owner.pk):
        return 0
    faces = owner_faces(owner.pk, embedder=owner_models(owner.pk).embedder)
    told = np.isin(faces.ids, _confirmed(owner))
    known = dict(GroupDoubt.objects.filter(person__owner=owner).values_list("person_id", "signature"))
    hidden = set(Person.objects.filter(owner=owner, hidden=True).values_list("pk", flat=True))
    groups = {person_id: at for person_id, at in _groups(faces) if person_id not in hidden}
    done = 0
    lines: list[GroupDoubt] = []
    for person_id, at in groups.items():
        group = _Group(faces.ids[at], faces.vectors[at], faces.clarity[at], told[at], faces.embedder)
        if known.get(person_id) == group.signature:
            continue
        lines.append(_line(person_id, _sheet(group, most_cuts=1)))
        done += 1
        if len(lines) == KEPT_TOGETHER:
            _keep(lines)
            lines.clear()
    _keep(lines)
    GroupDoubt.objects.filter(person_id__in=known.keys() - groups.keys()).delete()
    _forget_the_gone()
    if done:
        logger.info("Owner %s: %s of %s groups weighed", owner.pk, done, len(groups))
    return done


def doubts_follow(*, people: Iterable[Person]) -> None:
    """Look again at these groups alone, after something was done to them."""
    for person in people:
        sheet = group_sheet(person)
        if sheet is None or person.hidden:
            GroupDoubt.objects.filter(person=person).delete()
        else:
            _keep([_line(person.pk, sheet)])


def group_sheet(person: Person) -> Sheet | None:
    """Look at one group as it is now; None when fewer than two of its faces can be compared."""
    embedder = owner_models(person.owner_id).embedder
    rows = (
        FaceEmbedding.objects.filter(
            model=embedder, face__person=person, face__dismissed=False, face__binned=False
        )
        .order_by("face_id")
        .values_list("face_id", "clarity", vector_bytes(F("vector")))
    )
    found = [(face_id, clarity, vector_read(sent)) for face_id, clarity, sent in rows]
    if len(found) < 2:
        return None
    ids = np.asarray([row[0] for row in found], dtype=np.int64)
    group = _Group(
        ids,
        np.stack([row[2] for row in found]),
        np.asarray([row[1] for row in found], dtype=np.float32),
        np.isin(ids, list(_said_to_be(person))),
        embedder,
    )
    return _sheet(group)


def cut_of(sheet: Sheet, key: str) -> CutOfGroup | None:
    """The cut of this key; None when the group has changed and has it no more."""
    return next((cut for cut in sheet.cuts if cut.key == key), None)


def leaving_of(person: Person, sheet: Sheet, cut: CutOfGroup) -> tuple[int, ...]:
    """The faces that become somebody else at a cut: not the side by which the person is known.

    That is the side with a face that was confirmed, or with the cover; else the larger one stays.
    """
    known_by = _said_to_be(person) or ({person.cover_id} if person.cover_id else set())
    smaller = set(cut.face_ids)
    if known_by & smaller:
        return tuple(face_id for face_id in sheet.face_ids if face_id not in smaller)
    return cut.face_ids


def _sheet(group: _Group, *, most_cuts: int | None = None) -> Sheet:
    sample = sample_of(group.vectors)
    doubt = group_doubt(
        group.vectors[sample],
        clarity=group.clarity[sample],
        confirmed=group.told[sample],
        rule=join_rule(group.model),
    )
    calibration = calibration_of(group.model)
    cuts = []
    for cut in doubt.cuts[:most_cuts]:
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
                probability=calibration.probability(cut.distance),
                sides=(shown[0], shown[1]),
            )
        )
    ids, at = tuple(group.ids.tolist()), tuple(sample.tolist())
    return Sheet(ids, at, doubt, tuple(cuts), group.model, group.signature)


def _line(person_id: int, sheet: Sheet) -> GroupDoubt:
    doubt, cut = sheet.doubt, sheet.cuts[0] if sheet.cuts else None
    return GroupDoubt(
        person_id=person_id,
        faces=len(sheet.face_ids),
        doubt=doubt.doubt,
        apart=len(cut.face_ids) if cut else 0,
        cuts=sum(one.excess > 0 for one in doubt.cuts),
        sides=cut.sides if cut and cut.suspected else [],
        probability=cut.probability if cut else 1.0,
        persistence=doubt.persistence,
        outlier=float(doubt.outliers.max()),
        spread=doubt.spread,
        model=sheet.model,
        signature=sheet.signature,
        weighed_at=timezone.now(),
    )


def _keep(lines: Sequence[GroupDoubt]) -> None:
    GroupDoubt.objects.bulk_create(
        lines, update_conflicts=True, unique_fields=["person"], update_fields=WRITTEN
    )


def _groups(faces: OwnerFaces) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The places of each person's faces, of those with at least two."""
    order = np.argsort(faces.people, kind="stable")
    people, starts, counts = np.unique(faces.people[order], return_index=True, return_counts=True)
    for person_id, start, count in zip(people.tolist(), starts.tolist(), counts.tolist(), strict=True):
        if person_id >= 0 and count > 1:
            yield person_id, order[start : start + count]


def _confirmed(owner: User) -> NDArray[np.int64]:
    said = Verdict.objects.filter(person__owner=owner, kind=Verdict.Kind.IS)
    return np.asarray(list(said.values_list("face_id", flat=True)), dtype=np.int64)


def _said_to_be(person: Person) -> set[int]:
    said = Verdict.objects.filter(person=person, kind=Verdict.Kind.IS)
    return set(said.values_list("face_id", flat=True))


def _forget_the_gone() -> None:
    """Lines about people who went while they were being looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM faces_groupdoubt AS line WHERE NOT EXISTS "
            "(SELECT FROM faces_person WHERE id = line.person_id)"
        )
