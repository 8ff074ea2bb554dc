"""Whether every row has its file, every file its row, and every original the bytes it came with.

Repairing makes again what can be made, and puts aside what nobody names: nothing is ever deleted. Rows are
read a few hundred at a time, so the size of the album does not matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.reading.renditions import renditions_missing, renditions_remake
from albums.services.uploading.uploads import LOST, image_refuse
from albums.storage import stored_digest

ROWS = 500
# So many originals missing, and most of all: rather a disk that is away than an album that is broken.
FEW = 20
REPAIR = "bin/manage check_integrity --repair"

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be. code: for programs. what: a file or a row, without names.

    remedy: what a person can do about what was not repaired.
    """

    code: str
    what: str
    repaired: bool = False
    remedy: str = ""

    def mended(self, *, repaired: bool = True) -> "Finding":
        """The same, after the repair."""
        return replace(self, repaired=repaired)


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
    """Each photo's original and renditions. Raises OSError when the storage fails."""
    lost: dict[int, RefusalCode] = {}
    checked, last = 0, 0
    while True:
        images = options.images().filter(pk__gt=last).prefetch_related("renditions").order_by("pk")
        batch = list(images[:ROWS])
        if not batch:
            break
        for image in batch:
            if image.original:
                checked += 1
                yield from _original_check(image, options, lost)
            if image.state == Image.State.READY and image.pk not in lost:
                yield from _renditions_check(image, options)
            options.progress(1)
        last = batch[-1].pk
    yield from _lost(lost, options, away=len(lost) > max(FEW, checked / 2))


def _original_check(image: Image, options: CheckOptions, lost: dict[int, RefusalCode]) -> Iterator[Finding]:
    size, digest = stored_digest(image.original, wanted=not options.quick)
    known = image.state == Image.State.REFUSED and image.reason in LOST
    if size is None:
        if not known:
            lost[image.pk] = RefusalCode.MISSING
        return
    whole = size == image.size_bytes and digest in {"", image.sha256}
    if whole and known and digest:
        found = Finding("original_back", f"original of photo {image.pk}", remedy=REPAIR)
        yield found.mended() if options.repair and _take_back(image) else found
    elif not whole and not known:
        lost[image.pk] = RefusalCode.DAMAGED


def _lost(lost: dict[int, RefusalCode], options: CheckOptions, *, away: bool) -> Iterator[Finding]:
    """What is done about originals that are not what they were is decided when all of them are known."""
    remedy = "put it back from a backup, or add the photo again"
    if away:
        remedy = "is the disk with the originals there, and whole? While most of them are lost none is marked"
    for pk, code in lost.items():
        found = Finding(f"original_{code}", f"original of photo {pk}", remedy=remedy)
        yield found.mended() if options.repair and not away and _mark(pk, code) else found


def _renditions_check(image: Image, options: CheckOptions) -> Iterator[Finding]:
    kinds = renditions_missing(image=image)
    done = bool(kinds) and options.repair and renditions_remake(image=image)
    for kind in kinds:
        yield Finding("rendition_missing", f"{kind} of photo {image.pk}", repaired=done, remedy=REPAIR)


def _mark(pk: int, code: RefusalCode) -> bool:
    """Refuse a photo whose original is no longer what it was; all that was said of it stays."""
    with transaction.atomic():
        image = Image.objects.select_for_update().filter(pk=pk).first()
        if image is None:
            return True  # it was erased meanwhile, with its file
        detail = "Found by bin/manage check_integrity. Add the photo again, or put the file back."
        image_refuse(image=image, refusal=ImageRefused(code, detail))
    return True


def _take_back(image: Image) -> bool:
    """Have a photo read again whose original is there again."""
    fields: dict[str, Any] = {"state": Image.State.STORED, "attempts": 0, "queued_at": None}
    blank: dict[str, Any] = {"reason": "", "reason_values": {}, "detail": ""}
    return bool(Image.objects.filter(pk=image.pk, reason__in=LOST).update(**fields, **blank))
