"""Changes of very many photos, as jobs with progress; a second job changes them back."""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy

from albums.exceptions import JobCode, JobFailed, PicturesBusy
from albums.models import PhotoChange
from albums.services.editing.batches import Batch, batch_change, batch_revert
from albums.services.editing.instructions import Instruction, new_value
from albums.services.editing.moving import ALBUM_KINDS, album_open
from albums.services.editing.photo_changes import EDITING, PHOTOS_FILE
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind

STAGE = "changing"
ROWS_AT_ONCE = 1000
"""Photos in one transaction; a turned photo is one of its own."""
ATTEMPTS = 20
"""Attempts at a photo while the server decodes as many pictures as it can."""

Step = Callable[[PhotoChange, Sequence[int]], Batch]


def _check(owner: User, inputs: Mapping[str, Any], _options: Mapping[str, Any]) -> None:
    """Raise JobFailed if the change is not the owner's, or its album can't be changed by them now."""
    change = PhotoChange.objects.visible_to(owner).filter(pk=inputs["change"]).first()
    if change is None:
        raise JobFailed(JobCode.PHOTO_GONE)
    if change.kind in ALBUM_KINDS and not album_open(change):
        raise JobFailed(JobCode.ALBUM_GONE)


def _run(context: JobContext) -> dict[str, Any]:
    """Change the photos batch by batch, until the change is undone meanwhile.

    A run after a killed one leaves what is changed already; one after a run that took long resumes there.
    """
    change = PhotoChange.objects.get(pk=context.inputs["change"])
    size = 1 if change.kind == PhotoChange.Kind.TURN else ROWS_AT_ONCE
    ids: list[int] = json.loads(context.input(PHOTOS_FILE))
    step = _step(change, context.options)
    done: int = context.inputs.get("done", 0)
    counts = Counter[str](context.inputs.get("counts", {}))
    while done < len(ids):
        some = ids[done : done + size]
        batch = _work(change, some, step, back=context.options["back"])
        if batch is None:
            break
        done += len(some)
        counts.update(photos=len(batch.image_ids), skipped=batch.skipped, failed=batch.failed)
        context.progress(done / len(ids), STAGE)
        context.pause({"done": done, "counts": dict(counts)})
    change.refresh_from_db()
    if not context.options["back"]:
        # Also those of a run that was killed.
        counts["photos"] = change.photos
    return {name: counts[name] for name in ("photos", "skipped", "failed")}


def _step(change: PhotoChange, options: Mapping[str, Any]) -> Step:
    if options["back"]:
        return batch_revert
    instruction = Instruction(PhotoChange.Kind(change.kind), options["name"], options["values"])
    value = new_value(instruction)
    return lambda change, ids: batch_change(change, ids, value)


def _work(change: PhotoChange, ids: Sequence[int], step: Step, *, back: bool) -> Batch | None:
    """Work on a batch, and wait while the server is busy; None if the change was undone meanwhile."""
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                # Locked: an undo waits for the batch, and the next batch sees it.
                rows = PhotoChange.objects.filter(pk=change.pk, undone_at__isnull=not back)
                locked = rows.select_for_update(no_key=True).first()
                return step(locked, ids) if locked else None
        except PicturesBusy as busy:
            time.sleep(busy.seconds)
    return Batch(failed=len(ids))


EDIT = JobKind(
    name=EDITING,
    label=gettext_lazy("Change photos"),
    run=_run,
    check=_check,
    stages={STAGE: gettext_lazy("Changing the photos")},
    result_template="studio/_change_result.html",
)
