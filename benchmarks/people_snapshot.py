"""The state of an owner's people as whole rows, what differs between two, and what `reindex` says of it."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SAME_VECTOR = 1e-3
"""Vectors that are made again may differ by so much in a component: other faces were in the batch."""

FACES = (
    r"(?P<faces>\d+) faces: (?P<people>\d+) people, (?P<waiting>\d+) waiting; "
    r"(?P<moved>\d+) moved, (?P<placed>\d+) placed, (?P<released>\d+) released"
)
PEOPLE = r"(?P<split>\d+) people split, (?P<joined>\d+) people joined"
FACTS = r"names lost: (?P<names_lost>\d+) of (?P<names>\d+); other facts lost: (?P<facts_lost>\d+)"
PHOTOS = (
    r"(?P<photos>\d+) photos looked at: (?P<again>\d+) faces found again, (?P<new>\d+) new, "
    r"(?P<kept>\d+) not found and kept \(something was said of them\), (?P<gone>\d+) not found and gone"
)
SENTENCES = (FACES, PEOPLE, FACTS, PHOTOS)
"""What `reindex` prints; the last only when faces were looked for."""

Rows = dict[str, dict[int, tuple[Any, ...]]]


def rows_of(owner: User) -> Rows:
    """Table -> id -> the whole row: of people, faces, verdicts, models, and of scans what a person says."""
    from faces.models import Face, FaceScan, OwnerModels, Person, Verdict

    tables = {
        Person: Person.objects.filter(owner=owner),
        Face: Face.objects.filter(image__owner=owner),
        Verdict: Verdict.objects.filter(person__owner=owner),
        OwnerModels: OwnerModels.objects.filter(owner=owner),
    }
    rows: Rows = {}
    for table, found in tables.items():
        rows[table.__name__] = {
            row[0]: tuple(tuple(value) if isinstance(value, list) else value for value in row)
            for row in found.values_list(*columns_of(table))
        }
    scans = FaceScan.objects.filter(image__owner=owner)
    rows["FaceScan"] = {row[0]: row for row in scans.values_list("pk", "image_id", "state", "person_repeats")}
    return rows


def vectors_of(owner: User) -> dict[int, np.ndarray]:
    """Face id -> the vector that it is compared with, made where it is lacking, as a worker does."""
    from faces.models import Face, FaceEmbedding
    from faces.services.core.owner_pipeline import owner_models
    from faces.services.detecting.embeddings import embeddings_fill

    models = owner_models(owner.pk)
    for _count in embeddings_fill(
        faces=Face.objects.filter(image__owner=owner), models=models, unreadable=set()
    ):
        pass
    stored = FaceEmbedding.objects.filter(
        face__image__owner=owner, model=models.embedder, face__dismissed=False
    )
    return {face: np.asarray(vector, np.float32) for face, vector in stored.values_list("face_id", "vector")}


def rows_unlike(before: Rows, after: Rows) -> int:
    """How many rows are there in only one of two states, or differ."""
    return sum(
        before[table].get(pk) != after[table].get(pk)
        for table in before
        for pk in before[table].keys() | after[table].keys()
    )


def vectors_unlike(before: dict[int, np.ndarray], after: dict[int, np.ndarray]) -> int:
    """How many faces have another vector, or in only one of two states have one."""
    return len(before.keys() ^ after.keys()) + sum(
        float(np.abs(before[face] - after[face]).max()) > SAME_VECTOR for face in before.keys() & after.keys()
    )


def told(output: str) -> dict[str, int]:
    """The figures in what `reindex` printed."""
    found = [re.search(sentence, output) for sentence in SENTENCES]
    if not all(found[:-1]):
        sys.exit(f"reindex said something else than it used to:\n{output}")
    return {name: int(value) for match in found if match for name, value in match.groupdict().items()}


def happened(before: Rows, after: Rows) -> dict[str, int]:
    """The same figures, but for what only the detector knows, out of the tables."""
    from faces.models import Face

    columns = columns_of(Face)
    person, dismissed = columns.index("person_id"), columns.index("dismissed")
    old, new = (
        {pk: row[person] for pk, row in rows["Face"].items() if not row[dismissed]}
        for rows in (before, after)
    )
    into, out_of = defaultdict(set), defaultdict(set)
    changes: Counter[str] = Counter()
    for face in old.keys() & new.keys():
        match old[face], new[face]:
            case (None, None):
                pass
            case (None, _):
                changes["placed"] += 1
            case (_, None):
                changes["released"] += 1
            case (was, now):
                changes["moved"] += was != now
                into[was].add(now)
                out_of[now].add(was)
    return {
        "faces": len(new),
        "people": len(set(new.values()) - {None}),
        "waiting": sum(who is None for who in new.values()),
        "moved": changes["moved"],
        "placed": changes["placed"],
        "released": changes["released"],
        "split": sum(len(parts) > 1 for parts in into.values()),
        "joined": sum(len(parts) > 1 for parts in out_of.values()),
        "new": len(after["Face"].keys() - before["Face"].keys()),
        "gone": len(before["Face"].keys() - after["Face"].keys()),
    }


def columns_of(table: Any) -> list[str]:
    """The columns of a table, the id first; references with `_id`."""
    return [column.attname for column in table._meta.concrete_fields]  # noqa: SLF001 - Django's own way
