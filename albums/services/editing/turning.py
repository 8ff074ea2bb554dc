"""Turn many photos by quarter turns, as a job with progress; a second job turns them back."""

import enum
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from albums.exceptions import ImageRefused, JobCode, JobFailed, JobRefused, PicturesBusy
from albums.models import ChangedPhoto, Image, Job, PhotoChange
from albums.querysets import ImageQuerySet
from albums.services.jobs.context import JobContext
from albums.services.jobs.jobs import job_create
from albums.services.jobs.kinds import JobKind
from albums.services.reading.turning import image_set_turns

NAME = "turn"
MOST_PHOTOS = 2000
"""Photos of a job, which may take a quarter of an hour."""
TOO_MANY_PHOTOS = "too_many_photos"
ATTEMPTS = 20
"""Attempts at a photo while the server decodes as many pictures as it can."""


class Outcome(enum.Enum):
    """The outcome for a photo. LEFT: it was turned otherwise since. FAILED: its original is unreadable."""

    TURNED = enum.auto()
    LEFT = enum.auto()
    FAILED = enum.auto()


@transaction.atomic
def turns_start(*, images: ImageQuerySet, quarters: int, by: User) -> Job | None:
    """Create the job that turns those photos clockwise by quarter turns; None if none can be turned.

    The caller enqueues it. Raises JobRefused if these are too many photos, or the user has too many jobs.
    """
    own = Image.objects.owned_by(by).ready().filter(pk__in=images.order_by().values("pk"))
    turns = dict(own.order_by("pk").values_list("pk", "turns"))
    if not turns or not quarters % 4:
        return None
    if len(turns) > MOST_PHOTOS:
        raise JobRefused(TOO_MANY_PHOTOS, {"most": MOST_PHOTOS})
    change = PhotoChange.objects.create(owner=by, kind=PhotoChange.Kind.TURN, photos=len(turns))
    ChangedPhoto.objects.bulk_create(
        ChangedPhoto(change=change, image_id=pk, before=before, after=(before + quarters) % 4)
        for pk, before in turns.items()
    )
    return job_create(owner=by, kind=NAME, inputs={"change": change.pk}, options={"back": False})


@transaction.atomic
def turns_undo(*, change: PhotoChange, by: User) -> Job:
    """Create the job that turns the photos of a change back. The caller enqueues it.

    Photos that were turned again since stay as they are. Raises ValidationError if it was undone before.
    """
    change = PhotoChange.objects.visible_to(by).select_for_update(no_key=True).get(pk=change.pk)
    if change.undone_at is not None:
        raise ValidationError(_("This change has been undone already."), code="undone")
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    return job_create(owner=by, kind=NAME, inputs={"change": change.pk}, options={"back": True})


def _check(owner: User, inputs: Mapping[str, Any], _options: Mapping[str, Any]) -> None:
    """Raise JobFailed if the change is not the owner's."""
    if not PhotoChange.objects.visible_to(owner).filter(pk=inputs["change"]).exists():
        raise JobFailed(JobCode.PHOTO_GONE)


def _run(context: JobContext) -> dict[str, Any]:
    """Turn photo by photo. A run after a killed one leaves what is turned already."""
    entries = ChangedPhoto.objects.filter(
        change_id=context.inputs["change"], change__owner=context.owner
    ).order_by("image_id")
    total, outcomes = entries.count(), Counter[Outcome]()
    for done, entry in enumerate(entries.select_related("image").iterator(200), start=1):
        turns = int(str(entry.before)), int(str(entry.after))
        before, after = reversed(turns) if context.options["back"] else turns
        outcomes[_turn(entry.image, after, before)] += 1
        context.progress(done / total, "turning")
    return {"photos": outcomes[Outcome.TURNED], "failed": outcomes[Outcome.FAILED]}


def _turn(image: Image, wanted: int, from_turns: int) -> Outcome:
    """Turn a photo, unless its owner has turned it otherwise since."""
    for _attempt in range(ATTEMPTS):
        image.refresh_from_db(fields=["turns", "state"])
        if image.turns == wanted:
            return Outcome.TURNED
        if image.turns != from_turns or image.state != Image.State.READY:
            return Outcome.LEFT
        try:
            image_set_turns(image=image, turns=wanted)
        except PicturesBusy as busy:
            time.sleep(busy.seconds)
        except ImageRefused:
            return Outcome.FAILED
    return Outcome.FAILED


TURN = JobKind(
    name=NAME,
    label=gettext_lazy("Turn photos"),
    run=_run,
    check=_check,
    stages={"turning": gettext_lazy("Turning the photos")},
    errors={TOO_MANY_PHOTOS: gettext_lazy("At most %(most)s photos can be turned at once.")},
    result_template="studio/_turn_result.html",
)
