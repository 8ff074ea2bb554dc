"""Change what an owner says of photos, one or all of a library, and undo it: every change is recorded.

Some hundred photos are changed at once; more by a job, which `change_jobs` runs.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from albums.models import Image, Job, PhotoChange
from albums.querysets import ImageQuerySet, among
from albums.services.editing.batches import batch_change, batch_revert
from albums.services.editing.instructions import Instruction, new_value
from albums.services.editing.moving import ALBUM_KINDS, album_open
from albums.services.jobs.jobs import JobUpload, job_create

MOST_AT_ONCE = 500
"""Photos that are changed within a request: it takes half a second on a busy machine."""
EDITING = "edit"
"""The kind of job."""
PHOTOS_FILE = "photos.json"
"""The input of a job with the ids of its photos."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The result of a change, or of its undo.

    change: None if nothing has changed. skipped: the number of photos it does not apply to. job: the one that
    makes the change, which the caller enqueues; then the rest is not known yet.
    """

    change: PhotoChange | None
    image_ids: list[int] = field(default_factory=list)
    skipped: int = 0
    job: Job | None = None


@transaction.atomic
def photos_change(*, images: ImageQuerySet, instruction: Instruction, by: User) -> Changed:
    """Change those photos that are the owner's, at once or by a job. Raises JobRefused for too many jobs."""
    ids = _ids(images, instruction, by)
    if not ids:
        return Changed(None)
    # Each turned photo is drawn anew.
    if instruction.kind == PhotoChange.Kind.TURN or len(ids) > MOST_AT_ONCE:
        return _by_job(ids, instruction, by)
    change = PhotoChange.objects.create(owner=by, kind=instruction.kind)
    batch = batch_change(change, ids, new_value(instruction))
    if not batch.image_ids:
        change.delete()
        return Changed(None, skipped=batch.skipped)
    change.refresh_from_db()
    return Changed(change, batch.image_ids, batch.skipped)


@transaction.atomic
def many_photos_change(*, ids: Collection[int], instruction: Instruction, by: User) -> Changed:
    """Change photos by a job if they are more than are changed at once; `job` is None otherwise.

    For changes that record few photos in another way: the caller makes those. Raises JobRefused, and
    JobFailed where the photos can't be moved.
    """
    # Without a query for the usual request.
    if len(ids) <= MOST_AT_ONCE:
        return Changed(None)
    own = _ids(Image.objects.filter(among("pk", ids)), instruction, by)
    return _by_job(own, instruction, by) if len(own) > MOST_AT_ONCE else Changed(None)


@transaction.atomic
def photo_change_undo(*, change: PhotoChange, by: User) -> Changed:
    """Undo a change of the user's photos, at once or by a job; returns the restored ones.

    A photo that was changed again since stays as it is, and a job that makes the change ends. Raises
    ValidationError if it was undone before or its album can no longer be changed, and JobRefused for too many
    jobs.
    """
    change = PhotoChange.objects.visible_to(by).select_for_update(no_key=True).get(pk=change.pk)
    if change.undone_at is not None:
        raise ValidationError(_("This change has been undone already."), code="undone")
    if change.kind in ALBUM_KINDS and not album_open(change):
        raise ValidationError(_("This can no longer be undone."), code="too_late")
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    ids = list(change.entries.order_by("image_id").values_list("image_id", flat=True))
    if change.kind == PhotoChange.Kind.TURN or len(ids) > MOST_AT_ONCE:
        return Changed(change, job=_job(change, {"back": True}, ids))
    return Changed(change, batch_revert(change, ids).image_ids)


def _ids(images: ImageQuerySet, instruction: Instruction, by: User) -> list[int]:
    if instruction.kind == PhotoChange.Kind.ALBUM_REMOVE:
        own = images.filter(entries__album=instruction.album)
    else:
        own = images.filter(owner=by, binned_at=None)
    if instruction.kind == PhotoChange.Kind.TURN:
        own = own.ready()
    return list(own.order_by("pk").values_list("pk", flat=True))


def _by_job(ids: Sequence[int], instruction: Instruction, by: User) -> Changed:
    change = PhotoChange.objects.create(
        owner=by,
        kind=instruction.kind,
        album=instruction.album,
        album_created=instruction.album_created,
    )
    options = {"back": False, "name": instruction.name, "values": instruction.values}
    return Changed(change, job=_job(change, options, ids))


def _job(change: PhotoChange, options: dict[str, object], ids: Sequence[int]) -> Job:
    return job_create(
        owner=change.owner,
        kind=EDITING,
        inputs={"change": change.pk},
        options=options,
        files={PHOTOS_FILE: JobUpload(json.dumps(ids).encode(), "application/json")},
    )
