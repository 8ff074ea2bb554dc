"""Change what an owner says of photos, one or a hundred thousand, and undo it: every change is recorded."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from albums.imaging import Capture
from albums.models import Image, PhotoChange
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.capture_times import UNKNOWN, ImplausibleDate, capture_of_owner
from albums.services.arranging.positions import Position
from albums.services.arranging.tags import tags_changed, tags_spelled
from albums.services.editing.edits import EDITS, Edit, Value

ROWS_AT_ONCE = 5000
"""Photos in one statement."""
DAY = timedelta(days=1)


class Unchanged(Exception):
    """A change does not apply to a photo."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a change. change: None if nothing has changed. skipped: photos it does not apply to."""

    change: PhotoChange | None
    image_ids: list[int]
    skipped: int = 0


def dates_set(
    *, images: ImageQuerySet, captured: Capture | None, by: User, keeps_time: bool = False
) -> Changed:
    """Set the owner's date of photos; None: it is unknown, whatever the files say.

    keeps_time: a photo with a time keeps it, on the new day.
    """

    def value(image: Image) -> Value:
        if captured is None:
            return UNKNOWN
        own = image.captured
        if keeps_time and own is not None and own.has_time:
            return _moved(own, captured.clock.date() - own.clock.date())
        return captured.text

    return _change(PhotoChange.Kind.DATE, images, value, by)


def dates_shift(*, images: ImageQuerySet, delta: timedelta, by: User) -> Changed:
    """Move the dates of photos, as for a camera whose clock was wrong.

    A date without a time moves by the whole days. Photos without a date, and those that would be taken in
    the future, are skipped.
    """

    def value(image: Image) -> Value:
        own = image.captured
        if own is None:
            raise Unchanged
        return _moved(own, delta if own.has_time else DAY * int(delta / DAY))

    return _change(PhotoChange.Kind.DATE, images, value, by)


def positions_set(*, images: ImageQuerySet, position: Position | None, by: User) -> Changed:
    """Set the owner's position of photos; None: it is unknown, whatever the files say."""
    return _change(PhotoChange.Kind.PLACE, images, lambda _image: list(position or ()), by)


def descriptions_set(*, images: ImageQuerySet, description: str, by: User) -> Changed:
    """Set the owner's description of photos, which may be empty."""
    return _change(PhotoChange.Kind.DESCRIPTION, images, lambda _image: description.strip(), by)


def tags_change(
    *, images: ImageQuerySet, by: User, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Changed:
    """Add tags to photos, and remove others."""
    spelled = tags_spelled(by, add)
    return _change(
        PhotoChange.Kind.TAGS, images, lambda image: tags_changed(image.tags, add=spelled, remove=remove), by
    )


def tags_set(*, images: ImageQuerySet, tags: Sequence[str], by: User) -> Changed:
    """Replace the tags of photos."""
    spelled = tags_changed((), add=tags_spelled(by, tags))
    return _change(PhotoChange.Kind.TAGS, images, lambda _image: spelled, by)


def photos_reset(*, images: ImageQuerySet, kind: PhotoChange.Kind, by: User) -> Changed:
    """Return to the date, the place or the description of the files."""
    return _change(kind, images, lambda _image: None, by)


@transaction.atomic
def photo_change_undo(*, change: PhotoChange, by: User) -> list[int]:
    """Undo a change of the user's photos; returns the ids of the restored ones.

    A photo that was changed again since stays as it is. Raises ValidationError if it was undone before.
    """
    change = PhotoChange.objects.visible_to(by).select_for_update(no_key=True).get(pk=change.pk)
    if change.undone_at is not None:
        raise ValidationError(_("This change has been undone already."), code="undone")
    edit = EDITS[change.kind]
    rows = change.entries.values_list("image_id", "before", "after")
    entries = {image_id: (before, after) for image_id, before, after in rows}
    restored: list[int] = []
    for images in _locked(entries, edit, by):
        former = [image for image in images if edit.value(image) == entries[image.pk][1]]
        for image in former:
            edit.set_value(image, entries[image.pk][0])
        _write(former, edit)
        restored += [image.pk for image in former]
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return restored


@transaction.atomic
def _change(
    kind: PhotoChange.Kind, images: ImageQuerySet, value: Callable[[Image], Value], by: User
) -> Changed:
    """Let the owner say something of those photos that are theirs, and record it."""
    edit, skipped = EDITS[kind], 0
    ids = list(
        Image.objects.owned_by(by)
        .filter(pk__in=images.order_by().values("pk"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    change = PhotoChange.objects.create(owner=by, kind=kind)
    changed: list[int] = []
    for rows in _locked(ids, edit, by):
        entries: list[dict[str, Any]] = []
        written: list[Image] = []
        for image in rows:
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
        _record(change, entries)
        changed += [image.pk for image in written]
    if not changed:
        change.delete()
        return Changed(None, [], skipped)
    change.photos = len(changed)
    change.save(update_fields=["photos"])
    return Changed(change, changed, skipped)


def _moved(captured: Capture, delta: timedelta) -> str:
    """Return a date moved by `delta`. Raises Unchanged if it does not exist."""
    try:
        text = Capture(captured.clock + delta, captured.source, captured.offset, captured.has_time).text
    except OverflowError as error:
        raise Unchanged from error
    return text if not delta else capture_of_owner(text).text


def _locked(ids: Collection[int], edit: Edit, by: User) -> Iterator[list[Image]]:
    """Return the rows of the owner's photos, locked in the order of their ids, to avoid deadlocks."""
    ordered = sorted(ids)
    for begin in range(0, len(ordered), ROWS_AT_ONCE):
        some = ordered[begin : begin + ROWS_AT_ONCE]
        rows = Image.objects.filter(among("pk", some), owner=by).only(*edit.fields)
        yield list(rows.order_by("pk").select_for_update(no_key=True))


def _write(images: Sequence[Image], edit: Edit) -> None:
    """Save these columns in one statement: `bulk_update` takes a minute for 100,000 rows."""
    if not images:
        return
    columns = [field for field in Image._meta.concrete_fields if field.name in edit.fields]  # noqa: SLF001
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
