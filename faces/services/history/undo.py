"""Restore rows from the differences recorded in a change."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F

from albums.models import Image
from albums.querysets import among
from faces.models import Face, FaceEmbedding, FaceScan, OwnerModels, Person, PersonAlbum, Verdict
from faces.services.core.bulk_assign import faces_move
from faces.services.core.frames import faces_turn_along
from faces.services.history.diff import EMBEDDING, FACE, FOLLOWED, MODELS, PERSON, SCAN, VERDICT, Table

Values = dict[str, Any]
Rows = Mapping[str, Mapping[str, Values | None]]
"""Values by row id and "before" and "after", as in one table of `diff.Differences`."""

BATCH = 1000


def state_restore(rows: Mapping[str, Rows]) -> None:
    """Restore every row; call within a transaction and under the owner's lock.

    Rows that refer to rows deleted since, with their photo, are not restored.
    """
    people, faces, verdicts = (rows.get(table.name, {}) for table in (PERSON, FACE, VERDICT))
    # Verdicts are unique by face and person: all are deleted first, so that none conflicts.
    former = _verdicts_taken_out(verdicts)
    # Covers are faces, which are not all restored yet.
    _make(PERSON, {pk: values | {"cover_id": None} for pk, values in _gone(people).items()})
    _make(FACE, _with_existing(_gone(faces), {"image_id": Image}, or_none={"person_id": Person}))
    # Changes do not record it: the photo may have been moved to the bin since.
    again = Face.objects.filter(pk__in=_gone(faces))
    again.filter(image__binned_at__isnull=False).update(binned=True)
    _make(EMBEDDING, _with_existing(_gone(rows.get(EMBEDDING.name, {})), {"face_id": Face}))
    _faces_restore(_changed(faces))
    _faces_turn_along({*_gone(faces), *_changed(faces)})
    _people_restore(_changed(people) | _gone(people))
    Face.objects.filter(pk__in=_made(faces)).delete()
    Person.objects.filter(pk__in=_made(people)).delete()
    _make(VERDICT, _with_existing(former, {"face_id": Face, "person_id": Person}, or_none={"by_id": User}))
    for pk, values in _changed(rows.get(SCAN.name, {})).items():
        FaceScan.objects.filter(pk=pk).update(**values)
    _models_restore(rows.get(MODELS.name, {}))
    _followed_restore(rows.get(FOLLOWED.name, {}))


def _verdicts_taken_out(verdicts: Rows) -> dict[int, Values]:
    """Delete the verdicts that differ, and return the former ones with all their values."""
    changed = _changed(verdicts)
    former = _gone(verdicts)
    for row in Verdict.objects.filter(pk__in=changed).values("pk", *VERDICT.columns):
        pk = row.pop("pk")
        former[pk] = row | changed[pk]
    Verdict.objects.filter(pk__in=[int(pk) for pk in verdicts]).delete()
    return former


def _faces_restore(changed: Mapping[int, Values]) -> None:
    existing = _existing(
        Person, {values["person_id"] for values in changed.values() if "person_id" in values}
    )
    places = {
        pk: values["person_id"] if values["person_id"] in existing else None
        for pk, values in changed.items()
        if "person_id" in values
    }
    faces_move(places)
    for values in changed.values():
        if not FACE.framed.isdisjoint(values):
            values.setdefault("turns", 0)  # recorded before photos could be turned
    for values, pks in _alike(FACE, changed, without="person_id"):
        Face.objects.filter(pk__in=pks).update(**values)


def _faces_turn_along(face_ids: Collection[int]) -> None:
    """Turn restored faces to the present turns of photos that were turned since."""
    restored = Face.objects.filter(among("pk", face_ids)).exclude(turns=F("image__turns"))
    faces = sorted(restored.select_related("image"), key=lambda face: face.image_id)
    for _image_id, together in groupby(faces, key=lambda face: face.image_id):
        several = list(together)
        faces_turn_along(image=several[0].image, faces=several, strict=False)


def _people_restore(changed: Mapping[int, Values]) -> None:
    existing = _existing(Face, {values["cover_id"] for values in changed.values() if values.get("cover_id")})
    for pk, values in changed.items():
        if values.get("cover_id") not in existing and "cover_id" in values:
            values["cover_id"] = None
        Person.objects.filter(pk=pk).update(**_parsed(PERSON, values))


def _models_restore(rows: Rows) -> None:
    OwnerModels.objects.filter(pk__in=_made(rows)).delete()
    _make(MODELS, _gone(rows))
    for pk, values in _changed(rows).items():
        OwnerModels.objects.filter(pk=pk).update(**values)


def _followed_restore(rows: Rows) -> None:
    """Restore the people of smart albums; deleted albums and other people since stay as they are."""
    entries = PersonAlbum.people.through.objects
    entries.filter(pk__in=_made(rows)).delete()
    former = _with_existing(_gone(rows), {"personalbum_id": PersonAlbum, "person_id": Person})
    entries.bulk_create(
        [PersonAlbum.people.through(**values) for values in former.values()], ignore_conflicts=True
    )


def _make(table: Table, rows: Mapping[int, Values]) -> None:
    """Insert rows with their former ids and times."""
    objects = [table.model(pk=pk, **_parsed(table, values)) for pk, values in rows.items()]
    if table is EMBEDDING:
        _embeddings_complete(objects)
    manager = table.model.objects
    manager.bulk_create(objects, batch_size=BATCH)
    if "created_at" in table.columns:
        # An insert sets the column to the present time.
        moments = {pk: _parsed(table, {"created_at": values["created_at"]}) for pk, values in rows.items()}
        manager.bulk_update(
            [table.model(pk=pk, **moment) for pk, moment in moments.items()], ["created_at"], batch_size=BATCH
        )


def _embeddings_complete(embeddings: Sequence[FaceEmbedding]) -> None:
    """Give restored vectors the owner of their faces, which a change does not record."""
    faces = Face.objects.filter(pk__in={embedding.face_id for embedding in embeddings})
    owners = dict(faces.values_list("pk", "image__owner_id"))
    for embedding in embeddings:
        embedding.owner_id = owners[embedding.face_id]


def _with_existing(
    rows: Mapping[int, Values],
    references: Mapping[str, Any],
    *,
    or_none: Mapping[str, Any] | None = None,
) -> dict[int, Values]:
    """Return the rows whose references exist; those in `or_none` become None instead."""
    restored = {pk: dict(values) for pk, values in rows.items()}
    for column, model in references.items():
        existing = _existing(model, {values[column] for values in restored.values()})
        restored = {pk: values for pk, values in restored.items() if values[column] in existing}
    for column, model in (or_none or {}).items():
        existing = _existing(model, {values[column] for values in restored.values()} - {None})
        for values in restored.values():
            values[column] = values[column] if values[column] in existing else None
    return restored


def _existing(model: Any, pks: Collection[int]) -> set[int]:
    return set(model.objects.filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()


def _alike(table: Table, changed: Mapping[int, Values], *, without: str) -> list[tuple[Values, list[int]]]:
    """Group the rows that get the same values."""
    together: dict[str, tuple[Values, list[int]]] = {}
    for pk, values in changed.items():
        rest = {name: value for name, value in values.items() if name != without}
        if rest:
            together.setdefault(repr(rest), (_parsed(table, rest), []))[1].append(pk)
    return list(together.values())


def _parsed(table: Table, values: Values) -> Values:
    """Convert values from JSON to those of the columns, such as times and dates."""
    fields = {field.attname: field for field in table.model._meta.concrete_fields}  # noqa: SLF001 - Django documents it
    return {name: fields[name].to_python(value) for name, value in values.items()}


def _select(rows: Rows, selected: Callable[[Values | None, Values | None], bool]) -> dict[int, Values]:
    result: dict[int, Values] = defaultdict(dict)
    for pk, sides in rows.items():
        if selected(sides["before"], sides["after"]):
            result[int(pk)] = dict(sides["before"] or {})
    return dict(result)


def _gone(rows: Rows) -> dict[int, Values]:
    """Return the rows that the change deleted, with their values before."""
    return _select(rows, lambda before, after: before is not None and after is None)


def _changed(rows: Rows) -> dict[int, Values]:
    """Return the rows that the change altered, with their values before."""
    return _select(rows, lambda before, after: before is not None and after is not None)


def _made(rows: Rows) -> list[int]:
    """Return the rows that the change created."""
    return list(_select(rows, lambda before, _after: before is None))
