"""Redact the history: an undo must not restore rows that were erased, but the rest of its change."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from faces.models import Change, Face, Person
from faces.services.history.diff import EMBEDDING, FACE, PERSON, VERDICT

Row = dict[str, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class RedactedRows:
    """The ids of erased rows. images: erased photos, whose faces may have gone before."""

    people: set[int] = field(default_factory=set)
    faces: set[int] = field(default_factory=set)
    verdicts: set[int] = field(default_factory=set)
    embeddings: set[int] = field(default_factory=set)
    images: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Redaction:
    """The result of a redaction. changes: their number; crops: pictures that only the history still named."""

    changes: int
    crops: frozenset[str]


def history_redact(*, owner_id: int, gone: RedactedRows) -> Redaction:
    """Redact all changes of an owner; call within a transaction, under the owner's lock.

    Includes faces that were with these people once and people who were merged into them. A change without
    rows left is deleted, and the messages of the others, which may hold a name, are removed.
    """
    changed, crops = 0, set[str]()
    present = set(Person.objects.filter(owner_id=owner_id).values_list("pk", flat=True))
    # Newest first: a person merged into them later belongs to them in all earlier changes.
    for change in Change.objects.filter(owner_id=owner_id).order_by("-pk").iterator(chunk_size=20):
        gone = replace(gone, people=gone.people | (_merged(change.rows, gone) - present))
        found = rows_redact(change.rows, gone)
        if found is None:
            continue
        changed += 1
        crops |= found
        if any(change.rows.values()):
            change.rows = {table: rows for table, rows in change.rows.items() if rows}
            change.wording, change.text = {}, ""
            change.save(update_fields=["rows", "wording", "text"])
        else:
            change.delete()
    still_used = set(Face.objects.filter(crop__in=crops).values_list("crop", flat=True))
    return Redaction(changed, frozenset(crops - still_used))


def rows_redact(rows: dict[str, dict[str, Row]], gone: RedactedRows) -> set[str] | None:
    """Remove erased rows from those of a change; return the pictures they named, None without such rows."""
    faces = {
        pk
        for pk, row in rows.get(FACE.name, {}).items()
        if int(pk) in gone.faces
        or _refers(row, "image_id", gone.images)
        or (_is_whole(row) and _refers(row, "person_id", gone.people))
    }
    crops = {name for pk in faces for name in _values(rows[FACE.name][pk], "crop") if name}
    face_ids = gone.faces | {int(pk) for pk in faces}
    leaving = {
        FACE.name: faces,
        PERSON.name: {pk for pk in rows.get(PERSON.name, {}) if int(pk) in gone.people},
        VERDICT.name: {
            pk
            for pk, row in rows.get(VERDICT.name, {}).items()
            if int(pk) in gone.verdicts
            or _refers(row, "person_id", gone.people)
            or _refers(row, "face_id", face_ids)
        },
        EMBEDDING.name: {
            pk
            for pk, row in rows.get(EMBEDDING.name, {}).items()
            if int(pk) in gone.embeddings or _refers(row, "face_id", face_ids)
        },
    }
    for table, pks in leaving.items():
        for pk in pks:
            del rows[table][pk]
    return crops if any(leaving.values()) else None


def _merged(rows: dict[str, dict[str, Row]], gone: RedactedRows) -> set[int]:
    """Return people deleted by a change whose faces all went to an erased person."""
    deleted = {int(pk) for pk, row in rows.get(PERSON.name, {}).items() if row["after"] is None}
    if not deleted:
        return set()
    heirs: dict[int, set[int | None]] = {}
    for row in rows.get(FACE.name, {}).values():
        before, after = row["before"] or {}, row["after"] or {}
        if before.get("person_id") in deleted:
            heirs.setdefault(before["person_id"], set()).add(after.get("person_id"))
    return {pk for pk, of in heirs.items() if of <= gone.people}


def _is_whole(row: Row) -> bool:
    """Return whether the row was created or deleted, so that all its values are recorded."""
    return row["before"] is None or row["after"] is None


def _refers(row: Row, column: str, ids: set[int]) -> bool:
    return any(value in ids for value in _values(row, column))


def _values(row: Row, column: str) -> Iterator[Any]:
    for values in (row["before"], row["after"]):
        if values is not None and column in values:
            yield values[column]
