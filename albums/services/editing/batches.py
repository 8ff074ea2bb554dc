"""Change a batch of photos in one transaction, and record it; or change it back."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F

from albums.models import ChangedPhoto, Image, PhotoChange
from albums.querysets import among
from albums.services.arranging.capture_times import ImplausibleDate
from albums.services.arranging.stacks import in_stacks, stacks_follow
from albums.services.editing.edits import EDITS, Edit, Value
from albums.services.editing.instructions import NewValue, Unchanged
from albums.services.editing.moving import (
    photos_bin,
    photos_put_back,
    photos_put_in,
    photos_take_back,
    photos_take_out,
    photos_unbin,
)
from albums.services.editing.turning import Outcome, photo_turn

Move = Callable[[PhotoChange, Collection[int]], list[int]]
MOVES: Mapping[str, tuple[Move, Move]] = {
    PhotoChange.Kind.BIN: (photos_bin, photos_unbin),
    PhotoChange.Kind.ALBUM_ADD: (photos_put_in, photos_take_back),
    PhotoChange.Kind.ALBUM_REMOVE: (photos_take_out, photos_put_back),
}
"""Changes that move photos, each with its reverse; both return the ids of the moved ones."""
STACKED_BY = frozenset({PhotoChange.Kind.DATE, PhotoChange.Kind.ARCHIVE, PhotoChange.Kind.UNARCHIVE})
"""Changes after which photos may be in other stacks."""
ON_TOP_BY = frozenset({PhotoChange.Kind.FAVOURITE, PhotoChange.Kind.NOT_FAVOURITE})
"""Changes after which another photo may be on top of a stack."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The changed photos. skipped: the change does not apply to so many. failed: so many cannot be read."""

    image_ids: list[int] = field(default_factory=list)
    skipped: int = 0
    failed: int = 0


@transaction.atomic
def batch_change(change: PhotoChange, ids: Collection[int], value: NewValue) -> Batch:
    """Change photos of the owner, and record it. Those that the change has on record stay as they are.

    Raises PicturesBusy, and JobFailed where the photos can't be moved.
    """
    recorded = set(_entries(change, ids))
    left = sorted(set(ids) - recorded)
    if change.kind == PhotoChange.Kind.TURN:
        batch = _turn(change, left, value)
    elif change.kind in MOVES:
        batch = Batch(MOVES[change.kind][0](change, left))
        _record(change, [{"id": pk, "before": None, "after": None} for pk in batch.image_ids])
    else:
        batch = _edit(change, left, value, EDITS[change.kind])
    if batch.image_ids:
        PhotoChange.objects.filter(pk=change.pk).update(photos=F("photos") + len(batch.image_ids))
    return batch


@transaction.atomic
def batch_revert(change: PhotoChange, ids: Collection[int]) -> Batch:
    """Give photos of a change their former values, except those that were changed again since.

    Photos that have these values already count as changed. Raises PicturesBusy, and JobFailed where the
    photos can't be moved.
    """
    entries = _entries(change, ids)
    if change.kind in MOVES:
        return Batch(MOVES[change.kind][1](change, entries))
    if change.kind == PhotoChange.Kind.TURN:
        outcomes = {
            image_id: photo_turn(image_id, change.owner_id, from_turns=int(after), to_turns=int(before))
            for image_id, (before, after) in sorted(entries.items())
        }
        return Batch(_with(outcomes, Outcome.TURNED), failed=len(_with(outcomes, Outcome.FAILED)))
    edit = EDITS[change.kind]
    rows = _locked(entries, edit, change.owner_id)
    former = [image for image in rows if edit.value(image) in entries[image.pk]]
    for image in former:
        edit.set_value(image, entries[image.pk][0])
    _write(former, edit)
    _restack(change, former)
    return Batch([image.pk for image in former])


def _edit(change: PhotoChange, ids: Sequence[int], value: NewValue, edit: Edit) -> Batch:
    entries: list[dict[str, Any]] = []
    written: list[Image] = []
    skipped = 0
    for image in _locked(ids, edit, change.owner_id):
        before = edit.value(image)
        try:
            edit.set_value(image, value(image))
        except (Unchanged, ImplausibleDate):
            skipped += 1
            continue
        after = edit.value(image)
        if after != before:
            entries.append({"id": image.pk, "before": before, "after": after})
            written.append(image)
    _write(written, edit)
    _restack(change, written)
    _record(change, entries)
    return Batch([image.pk for image in written], skipped)


def _turn(change: PhotoChange, ids: Sequence[int], value: NewValue) -> Batch:
    rows = Image.objects.filter(among("pk", ids), owner_id=change.owner_id, binned_at=None).ready()
    outcomes: dict[int, Outcome] = {}
    for image in rows.only("turns").order_by("pk"):
        before, after = image.turns, value(image)
        # First, since the files of a turned photo would outlast an error here.
        _record(change, [{"id": image.pk, "before": before, "after": after}])
        outcomes[image.pk] = photo_turn(image.pk, change.owner_id, from_turns=before, to_turns=after)
        if outcomes[image.pk] != Outcome.TURNED:
            change.entries.filter(image_id=image.pk).delete()
    return Batch(_with(outcomes, Outcome.TURNED), failed=len(_with(outcomes, Outcome.FAILED)))


def _with(outcomes: Mapping[int, Outcome], wanted: Outcome) -> list[int]:
    return [image_id for image_id, outcome in outcomes.items() if outcome == wanted]


def _entries(change: PhotoChange, ids: Collection[int]) -> dict[int, tuple[Value, Value]]:
    """Return the values before and after of photos that the change has on record."""
    rows = ChangedPhoto.objects.filter(among("image_id", ids), change=change)
    return {pk: (before, after) for pk, before, after in rows.values_list("image_id", "before", "after")}


def _locked(ids: Collection[int], edit: Edit, owner_id: int) -> list[Image]:
    """Return the rows of the owner's photos, locked in the order of their ids, to avoid deadlocks."""
    rows = Image.objects.filter(among("pk", ids), owner_id=owner_id).only(*edit.fields)
    return list(rows.order_by("pk").select_for_update(no_key=True))


def _write(images: Sequence[Image], edit: Edit) -> None:
    """Save these columns in one statement: `bulk_update` takes a minute for 100,000 rows."""
    if not images:
        return
    columns = [field for field in Image._meta.concrete_fields if field.name in edit.fields]  # noqa: SLF001 - Django's documented API
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in columns)
    values = ", ".join(f"{field.column} = new.{field.column}" for field in columns)
    rows: list[dict[str, Any]] = [
        {"id": image.pk, **{name: getattr(image, name) for name in edit.fields}} for image in images
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE albums_image SET {values} "  # noqa: S608 - names of columns
            f"FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, {types}) WHERE albums_image.id = new.id",
            [json.dumps(rows, cls=_Encoder)],
        )


def _restack(change: PhotoChange, images: Sequence[Image]) -> None:
    ids = [image.pk for image in images]
    if change.kind in ON_TOP_BY:
        ids = in_stacks(ids).get(change.owner_id, [])
    if change.kind in STACKED_BY | ON_TOP_BY:
        stacks_follow(owner_id=change.owner_id, image_ids=ids)


def _record(change: PhotoChange, entries: Sequence[dict[str, Any]]) -> None:
    """Store the values before and after in one statement, for the same reason."""
    if not entries:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO albums_changedphoto (change_id, image_id, before, after) "
            "SELECT %s, id, before, after "
            "FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, before jsonb, after jsonb)",
            [change.pk, json.dumps(entries)],
        )


class _Encoder(DjangoJSONEncoder):
    """JSON that keeps the microseconds of clocks, which Django's cuts off."""

    def default(self, value: object) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)
