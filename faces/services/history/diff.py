"""The state of an owner's people as rows, and the differences between two states.

States hold people, assignments and verdicts, but no pictures and no embeddings.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from albums.querysets import among
from faces.models import Face, FaceEmbedding, FaceScan, OwnerModels, Person, PersonAlbum, Verdict
from faces.vectors import vector_floats

Row = tuple[Any, ...]
State = dict[str, dict[int, Row]]
"""Values by table name and row id, in the order of the table's columns."""

Differences = dict[str, dict[str, dict[str, dict[str, Any] | None]]]
"""Columns and values by table name, row id, and "before" and "after"; None: no row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A recorded table. columns: attribute names, foreign keys with `_id`.

    framed: columns that mean nothing without each other; if one changes, all are recorded.
    """

    name: str
    model: Any
    columns: tuple[str, ...]
    framed: frozenset[str] = frozenset()


PERSON = Table("person", Person, ("owner_id", "name", "cover_id", "hidden", "birth_date", "created_at"))
FACE = Table(
    "face",
    Face,
    (
        *("image_id", "person_id", "dismissed", "drawn", "x", "y", "w", "h", "landmarks"),
        *("score", "quality", "poor_reason", "detector", "crop", "created_at", "turns"),
    ),
    framed=frozenset({"x", "y", "w", "h", "landmarks", "turns"}),
)
PLACE = Table("face", Face, ("person_id",))
"""Only the person of a face: enough for a change that creates no faces and moves very many."""

VERDICT = Table("verdict", Verdict, ("face_id", "person_id", "kind", "by_id", "at"))
SCAN = Table("scan", FaceScan, ("person_repeats",))
MODELS = Table("models", OwnerModels, ("owner_id", "detector", "embedder"))
FOLLOWED = Table("followed", PersonAlbum.people.through, ("personalbum_id", "person_id"))
"""The people of smart albums."""

EMBEDDING = Table("embedding", FaceEmbedding, ("face_id", "model", "box", "clarity", "vector"))
"""Recorded only of faces that a change deletes, and only on request."""

TABLES = {table.name: table for table in (PERSON, FACE, VERDICT, SCAN, MODELS, FOLLOWED, EMBEDDING)}


@dataclass(slots=True)
class Scope:
    """The rows that a change may touch.

    faces, people: row ids, None for all of the owner's. images: ids for scans. face: `FACE` or `PLACE`.
    """

    owner_id: int
    faces: set[int] | None
    people: set[int] | None
    images: set[int] = field(default_factory=set)
    face: Table = FACE

    def newest(self) -> dict[str, int]:
        """Return the greatest row id of each table: rows above it were created since.

        Of all owners, which is the end of an index; one owner's would read all of their faces.
        """
        return {
            table.name: table.model.objects.aggregate(newest=Max("pk"))["newest"] or 0
            for table in (PERSON, FACE, VERDICT, FOLLOWED)
        }

    def state(self, *, made_after: Mapping[str, int] | None = None) -> State:
        """Return the rows in this scope, and with `made_after` also those with a greater id."""
        above = made_after or {}
        return {
            PERSON.name: self._rows(PERSON, self._people(above)),
            FACE.name: self._rows(self.face, self._faces(above)),
            VERDICT.name: self._rows(VERDICT, self._verdicts(above)),
            SCAN.name: self._rows(SCAN, None if self.faces is None else [_among("image_id", self.images)]),
            MODELS.name: self._rows(MODELS, None),
            FOLLOWED.name: self._rows(FOLLOWED, None),
        }

    def _people(self, above: Mapping[str, int]) -> list[Q] | None:
        return None if self.people is None else [_among("pk", self.people), *_made(PERSON, above)]

    def _faces(self, above: Mapping[str, int]) -> list[Q] | None:
        return None if self.faces is None else [_among("pk", self.faces), *_made(FACE, above)]

    def _verdicts(self, above: Mapping[str, int]) -> list[Q] | None:
        if self.faces is None or self.people is None:
            return None
        concerned = [_among("face_id", self.faces), _among("person_id", self.people)]
        return [*concerned, *_made(VERDICT, above)]

    def _rows(self, table: Table, conditions: list[Q] | None) -> dict[int, Row]:
        """Return rows for which a condition holds, one query each: an "or" would read the whole table."""
        rows = self._of_owner(table)
        several = [rows] if conditions is None else [rows.filter(one) for one in conditions if one]
        return {row[0]: row[1:] for part in several for row in part.values_list("pk", *table.columns)}

    def _of_owner(self, table: Table) -> QuerySet[Any]:
        paths = {
            FACE.name: "image__owner_id",
            VERDICT.name: "person__owner_id",
            SCAN.name: "image__owner_id",
            FOLLOWED.name: "person__owner_id",
        }
        rows: QuerySet[Any] = table.model.objects.filter(**{paths.get(table.name, "owner_id"): self.owner_id})
        return rows


def embeddings_of(face_ids: Collection[int]) -> dict[int, Row]:
    """Return the vectors of these faces by every model, as rows of the table `EMBEDDING`."""
    rows = FaceEmbedding.objects.filter(face_id__in=face_ids).values_list("pk", *EMBEDDING.columns)
    return {row[0]: (*row[1:-1], vector_floats(row[-1])) for row in rows}


def differences(before: State, after: State, *, face: Table = FACE) -> Differences:
    """Return the differences between two states. face: as in their scope."""
    result: Differences = {}
    for name, table in (TABLES | {FACE.name: face}).items():
        rows = _table_differences(table, before.get(name, {}), after.get(name, {}))
        if rows:
            result[name] = rows
    return result


def _table_differences(
    table: Table, before: Mapping[int, Row], after: Mapping[int, Row]
) -> dict[str, dict[str, dict[str, Any] | None]]:
    result: dict[str, dict[str, dict[str, Any] | None]] = {}
    for pk in before.keys() | after.keys():
        old, new = before.get(pk), after.get(pk)
        if old == new:
            continue
        changed = [
            index
            for index in range(len(table.columns))
            if old is None or new is None or old[index] != new[index]
        ]
        if not table.framed.isdisjoint(table.columns[index] for index in changed):
            changed = sorted({*changed, *map(table.columns.index, table.framed)})
        result[str(pk)] = {
            side: None if row is None else {table.columns[at]: _plain(row[at]) for at in changed}
            for side, row in (("before", old), ("after", new))
        }
    return result


def _plain(value: Any) -> Any:
    """Return a value for JSON. Django's encoder would drop the microseconds of a time."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _among(column: str, ids: Collection[int]) -> Q:
    """Return an empty condition for no ids, which needs no query."""
    return among(column, ids) if ids else Q()


def _made(table: Table, above: Mapping[str, int]) -> list[Q]:
    return [Q(pk__gt=above[table.name])] if table.name in above else []
