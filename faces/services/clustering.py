"""Grouping an owner's faces into people, and moving faces to the people that come out.

A run computes its whole answer first and then applies it in one transaction. It moves guesses, never facts: a
named person keeps their id, their name and the face by which they are known, and a group that is found again
keeps its person.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from numpy.typing import NDArray

from faces.conf import face_settings
from faces.models import ClusteringRun, Face, FaceEmbedding, FaceScan, Person
from faces.vision.clustering import Grouping, group_faces
from faces.vision.linkage import NOBODY

logger = logging.getLogger(__name__)

LOCK_NAMESPACE = 0x7A0B
"""First key of the advisory lock under which an owner's faces are grouped; the owner is the second."""


@dataclass(frozen=True, slots=True)
class OwnerFaces:
    """An owner's faces as arrays, in the order of their ids.

    ids, photos: (n,) int64. people: (n,) int64, the person a face is with now, or -1. known: (n,) int64, the
    person that a face is known to be, or -1. strong: (n,) bool, good enough to start a group.
    vectors: (n, dimensions) float32, of length 1.
    """

    ids: NDArray[np.int64]
    photos: NDArray[np.int64]
    people: NDArray[np.int64]
    known: NDArray[np.int64]
    strong: NDArray[np.bool_]
    vectors: NDArray[np.float32]


def owner_is_stale(owner_id: int) -> bool:
    """Whether photos were looked at since the faces were last grouped."""
    newest = FaceScan.objects.filter(image__owner_id=owner_id).aggregate(at=Max("finished_at"))["at"]
    if newest is None:
        return False
    last = last_run(owner_id)
    return last is None or last.started_at < newest


def last_run(owner_id: int) -> ClusteringRun | None:
    """The owner's last grouping that was finished."""
    return ClusteringRun.objects.filter(owner_id=owner_id, state=ClusteringRun.State.DONE).first()


def owner_faces(owner_id: int, *, embedder: str) -> OwnerFaces:
    """Read the faces that have an embedding of this model."""
    rows = list(
        FaceEmbedding.objects.filter(model=embedder, face__image__owner_id=owner_id)
        .order_by("face_id")
        .values_list("face_id", "face__image_id", "face__person_id", "face__poor_reason", "vector")
    )
    covers = dict(
        Person.objects.filter(owner_id=owner_id, cover__isnull=False)
        .exclude(name="")
        .values_list("cover_id", "pk")
    )
    ids = [row[0] for row in rows]
    vectors = (
        np.stack([np.asarray(row[4], dtype=np.float32) for row in rows])
        if rows
        else np.zeros((0, 1), np.float32)
    )
    return OwnerFaces(
        ids=np.asarray(ids, dtype=np.int64),
        photos=np.asarray([row[1] for row in rows], dtype=np.int64),
        people=np.asarray([row[2] or NOBODY for row in rows], dtype=np.int64),
        known=np.asarray([covers.get(face_id, NOBODY) for face_id in ids], dtype=np.int64),
        strong=np.asarray([not row[3] for row in rows], dtype=bool),
        vectors=vectors,
    )


def owner_recluster(owner: User) -> ClusteringRun | None:
    """Group all of an owner's faces anew. None when another run of theirs is under way."""
    embedder = face_settings().embedder
    with transaction.atomic():
        if not _lock(owner.pk):
            return None
        run = ClusteringRun.objects.create(owner=owner, embedder=embedder)
        faces = owner_faces(owner.pk, embedder=embedder)
        grouping = group_faces(faces.vectors, photos=faces.photos, known=faces.known, strong=faces.strong)
        run.moved = _apply(owner, faces, grouping)
        run.parameters = grouping.parameters
        run.faces = len(faces.ids)
        run.waiting = int((grouping.labels == NOBODY).sum())
        run.people = len(set(grouping.labels.tolist()) - {NOBODY})
        run.state, run.finished_at = ClusteringRun.State.DONE, timezone.now()
        run.save()
    logger.info("Owner %s: %s faces, %s people, %s waiting", owner.pk, run.faces, run.people, run.waiting)
    return run


def people_of_groups(labels: NDArray[np.int64], faces: OwnerFaces, *, named: Sequence[int]) -> dict[int, int]:
    """Which person each group continues: group -> person id; groups that are new are left out.

    A group with a face that is known to be somebody is that person. Of the others, the one that shares most
    faces with a person takes it, named people first; a person is taken once.
    """
    taken: dict[int, int] = {}
    known = zip(labels.tolist(), faces.known.tolist(), strict=True)
    taken.update((group, person) for group, person in known if NOBODY not in {group, person})
    shared = Counter(
        (group, person)
        for group, person in zip(labels.tolist(), faces.people.tolist(), strict=True)
        if NOBODY not in {group, person}
    )
    named_ids = set(named)
    claims = sorted(
        shared.items(), key=lambda item: (item[0][1] not in named_ids, -item[1], item[0][1], item[0][0])
    )
    used = set(taken.values())
    for (group, person), _count in claims:
        if group not in taken and person not in used:
            taken[group] = person
            used.add(person)
    return taken


def _lock(owner_id: int) -> bool:
    """Whether this transaction is now the only one that groups this owner's faces."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_NAMESPACE, owner_id])
        return bool(cursor.fetchone()[0])


def _apply(owner: User, faces: OwnerFaces, grouping: Grouping) -> int:
    """Move the faces, make people for new groups, remove unnamed people with no face left."""
    named = list(Person.objects.filter(owner=owner).named().values_list("pk", flat=True))
    person_of = people_of_groups(grouping.labels, faces, named=named)
    new = sorted(set(grouping.labels.tolist()) - {NOBODY} - set(person_of))
    made = Person.objects.bulk_create([Person(owner=owner) for _group in new])
    person_of.update(zip(new, (person.pk for person in made), strict=True))

    moves: dict[int | None, list[int]] = {}
    columns = zip(
        faces.ids.tolist(), faces.people.tolist(), faces.known.tolist(), grouping.labels.tolist(), strict=True
    )
    for face_id, now, known, group in columns:
        target = known if known != NOBODY else person_of.get(group, NOBODY)
        if target != now:
            moves.setdefault(None if target == NOBODY else target, []).append(face_id)
    for person_id, face_ids in moves.items():
        Face.objects.filter(pk__in=face_ids).update(person_id=person_id)
    # A hidden person is a thing that somebody said, as a name is.
    Person.objects.filter(owner=owner, name="", hidden=False, faces__isnull=True).delete()
    return sum(len(face_ids) for face_ids in moves.values())
