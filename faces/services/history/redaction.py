"""Taking somebody out of the journal: what it keeps of rows that are erased, it must not bring back.

The rows of one person are taken out of every change; the rest of each change stays, and can still be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from faces.models import Change, Face, Person
from faces.services.history.diff import EMBEDDING, FACE, PERSON, VERDICT

Row = dict[str, dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class RedactedRows:
    """The ids of the rows that go."""

    people: set[int]
    faces: set[int]
    verdicts: set[int]
    embeddings: set[int]


@dataclass(frozen=True, slots=True)
class Redaction:
    """What the journal had of them. changes: in how many; crops: pictures that only it still knew."""

    changes: int
    crops: frozenset[str]


def history_redact(*, owner_id: int, gone: RedactedRows) -> Redaction:
    """Take these rows out of all changes of an owner; call within a transaction, under the owner's lock.

    Also what was theirs once and is gone since: faces that were with them, people who became part of them. A
    change of which nothing is left is removed, and the summary of the others no longer tells a name.
    """
    changed, crops = 0, set[str]()
    there = set(Person.objects.filter(owner_id=owner_id).values_list("pk", flat=True))
    # Newest first: who became part of them later is theirs in all that was before.
    for change in Change.objects.filter(owner_id=owner_id).order_by("-pk").iterator(chunk_size=20):
        gone = replace(gone, people=gone.people | (_absorbed(change.rows, gone) - there))
        found = _taken_out(change.rows, gone)
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


def _taken_out(rows: dict[str, dict[str, Row]], gone: RedactedRows) -> set[str] | None:
    """Take them out of the rows of a change; the pictures that were named there, None when nothing was."""
    people = gone.people
    faces = {
        pk
        for pk, row in rows.get(FACE.name, {}).items()
        if int(pk) in gone.faces or (_is_whole(row) and _refers(row, "person_id", people))
    }
    crops = {name for pk in faces for name in _values(rows[FACE.name][pk], "crop") if name}
    face_ids = gone.faces | {int(pk) for pk in faces}
    leaving = {
        FACE.name: faces,
        PERSON.name: {pk for pk in rows.get(PERSON.name, {}) if int(pk) in people},
        VERDICT.name: {
            pk
            for pk, row in rows.get(VERDICT.name, {}).items()
            if int(pk) in gone.verdicts
            or _refers(row, "person_id", people)
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


def _absorbed(rows: dict[str, dict[str, Row]], gone: RedactedRows) -> set[int]:
    """People whose faces all went to somebody who is forgotten, in this change, and who went with it."""
    went = {int(pk) for pk, row in rows.get(PERSON.name, {}).items() if row["after"] is None}
    if not went:
        return set()
    heirs: dict[int, set[int | None]] = {}
    for row in rows.get(FACE.name, {}).values():
        before, after = row["before"] or {}, row["after"] or {}
        if before.get("person_id") in went:
            heirs.setdefault(before["person_id"], set()).add(after.get("person_id"))
    return {pk for pk, of in heirs.items() if of <= gone.people}


def _is_whole(row: Row) -> bool:
    """Whether the row was made or removed: then everything that was in it is kept."""
    return row["before"] is None or row["after"] is None


def _refers(row: Row, column: str, ids: set[int]) -> bool:
    return any(value in ids for value in _values(row, column))


def _values(row: Row, column: str) -> Iterator[Any]:
    for values in (row["before"], row["after"]):
        if values is not None and column in values:
            yield values[column]
