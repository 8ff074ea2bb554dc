"""Snapshots of an owner's people as whole rows, and the differences between two of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SAME_VECTOR = 1e-3
"""Tolerance per component for a vector that is computed again, in a batch with other faces."""

Rows = dict[str, dict[int, tuple[Any, ...]]]


def rows_of(owner: User) -> Rows:
    """Return the rows of people, faces, verdicts, models and scans, by table and id.

    Of scans only the columns that a user can change, and the state.
    """
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
    """Return the vector of each face by id, and compute missing ones as a worker does."""
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


def rows_changed(before: Rows, after: Rows) -> int:
    """Count the rows that differ between two snapshots, or exist in only one."""
    return sum(
        before[table].get(pk) != after[table].get(pk)
        for table in before
        for pk in before[table].keys() | after[table].keys()
    )


def vectors_changed(before: dict[int, np.ndarray], after: dict[int, np.ndarray]) -> int:
    """Count the faces whose vectors differ between two snapshots, or exist in only one."""
    return len(before.keys() ^ after.keys()) + sum(
        float(np.abs(before[face] - after[face]).max()) > SAME_VECTOR for face in before.keys() & after.keys()
    )


def changes_between(before: Rows, after: Rows) -> dict[str, int]:
    """Return the figures of `reindex --json`, computed from two snapshots."""
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
    """Return the columns of a table, the id first; foreign keys with `_id`."""
    return [column.attname for column in table._meta.concrete_fields]  # noqa: SLF001 - Django's own way
