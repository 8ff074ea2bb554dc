"""Check that every photo has its original, byte for byte, and its renditions, and every job its files.

A repair recreates what can be recreated. It deletes nothing. Rows are read in batches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction

from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Image, JobFile
from albums.querysets import ImageQuerySet
from albums.services.reading.renditions import renditions_missing, renditions_recreate
from albums.services.uploading.uploads import LOST, image_refuse
from albums.storage import stored_digest

ROWS_AT_ONCE = 500
# With more missing originals than these, and more than half, the disk is probably not available.
FEW = 20
JOB_REMEDY = "put it back from a backup, or let its owner delete the job"
REPAIR = "bin/manage check_integrity --repair"

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect. code: for programs. what: a file or row, without names. remedy: if it was not repaired."""

    code: str
    what: str
    repaired: bool = False
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Options of a check. owner: None checks all accounts. quick: compares sizes, reads no originals."""

    owner: User | None = None
    quick: bool = False
    repair: bool = False
    progress: Progress = field(default=lambda _count: None)

    def images(self) -> ImageQuerySet:
        """Return the photos to check, including binned and refused ones."""
        return Image.objects.all() if self.owner is None else Image.objects.filter(owner=self.owner)


def images_check(options: CheckOptions) -> Iterator[Finding]:
    """Check the original and the renditions of each photo. Raises OSError when the storage fails."""
    lost: dict[int, RefusalCode] = {}
    checked = 0
    images = options.images().prefetch_related("renditions").order_by("pk")
    for image in images.iterator(ROWS_AT_ONCE):
        if image.original:
            checked += 1
            yield from _check_original(image, options, lost)
        if image.state == Image.State.READY and image.pk not in lost:
            yield from _check_renditions(image, options)
        options.progress(1)
    unavailable = len(lost) > max(FEW, checked / 2)
    remedy = "put it back from a backup, or add the photo again"
    if unavailable:
        remedy = "is the disk with the originals available? No photo is marked while most originals are lost"
    for pk, code in lost.items():
        repaired = options.repair and not unavailable and _mark_lost(pk, code)
        yield Finding(f"original_{code}", f"original of photo {pk}", repaired, remedy)


def _check_original(image: Image, options: CheckOptions, lost: dict[int, RefusalCode]) -> Iterator[Finding]:
    size, digest = stored_digest(image.original, wanted=not options.quick)
    known = image.state == Image.State.REFUSED and image.reason in LOST
    if size is None:
        if not known:
            lost[image.pk] = RefusalCode.MISSING
        return
    whole = size == image.size_bytes and digest in {"", image.sha256}
    if whole and known and digest:
        rows = Image.objects.filter(pk=image.pk, reason__in=LOST)
        repaired = options.repair and bool(rows.mark_unread())
        yield Finding("original_back", f"original of photo {image.pk}", repaired, REPAIR)
    elif not whole and not known:
        lost[image.pk] = RefusalCode.DAMAGED


def _check_renditions(image: Image, options: CheckOptions) -> Iterator[Finding]:
    kinds = renditions_missing(image=image)
    repaired = bool(kinds) and options.repair and renditions_recreate(image=image)
    for kind in kinds:
        yield Finding("rendition_missing", f"{kind} of photo {image.pk}", repaired, REPAIR)


def jobs_check(options: CheckOptions) -> Iterator[Finding]:
    """Check the files of jobs. Raises OSError when the storage fails."""
    files = JobFile.objects.order_by("pk")
    if options.owner is not None:
        files = files.filter(job__owner=options.owner)
    for file in files.iterator(ROWS_AT_ONCE):
        size, digest = stored_digest(file.file, wanted=not options.quick)
        what = f"file {file.pk} of job {file.job_id}"
        if size is None:
            # An unsaved job may have expired since the row was read.
            if JobFile.objects.filter(pk=file.pk).exists():
                yield Finding("job_file_missing", what, remedy=JOB_REMEDY)
        elif size != file.size_bytes or digest not in {"", file.sha256}:
            yield Finding("job_file_damaged", what, remedy=JOB_REMEDY)
        options.progress(1)


@transaction.atomic
def _mark_lost(pk: int, code: RefusalCode) -> bool:
    """Refuse a photo without a whole original; its faces and decisions stay."""
    for image in Image.objects.select_for_update().filter(pk=pk):  # none, if it was deleted meanwhile
        detail = "Found by bin/manage check_integrity. Add the photo again, or put the file back."
        image_refuse(image=image, refusal=ImageRefused(code, detail))
    return True
