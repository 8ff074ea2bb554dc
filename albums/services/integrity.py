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
from albums.services.renditions import renditions_missing, renditions_remake
from albums.services.uploads import LOST, image_refuse
from albums.storage import stored_digest

ROWS = 500
# So many originals missing, and most of all: rather a disk that is away than an album that is broken.
FEW = 20

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
class Look:
    """How to look. owner: whose rows; everybody's for None. quick: without reading originals to the end."""

    owner: User | None = None
    quick: bool = False
    repair: bool = False
    progress: Progress = field(default=lambda _count: None)

    def images(self) -> ImageQuerySet:
        """The photos that are meant, the bin and what was refused included."""
        return Image.objects.all() if self.owner is None else Image.objects.filter(owner=self.owner)


def images_check(look: Look) -> Iterator[Finding]:
    """Each photo's original and renditions. Raises OSError when the storage fails."""
    missing: list[int] = []
    checked, last = 0, 0
    while batch := list(
        look.images().filter(pk__gt=last).prefetch_related("renditions").order_by("pk")[:ROWS]
    ):
        for image in batch:
            if image.original:
                checked += 1
                yield from _original_check(image, look, missing)
            if image.state == Image.State.READY and image.pk not in missing[-1:]:
                yield from _renditions_check(image, look)
            look.progress(1)
        last = batch[-1].pk
    yield from _missing(missing, look, away=len(missing) > max(FEW, checked / 2))


def _original_check(image: Image, look: Look, missing: list[int]) -> Iterator[Finding]:
    size, digest = stored_digest(image.original, wanted=not look.quick)
    lost = image.state == Image.State.REFUSED and image.reason in LOST
    if size is None:
        if not lost:
            missing.append(image.pk)
        return
    whole = size == image.size_bytes and digest in {"", image.sha256}
    what = f"original of photo {image.pk}"
    if whole and lost and digest:
        found = Finding("original_back", what, remedy="bin/manage check_integrity --repair")
        yield found.mended() if look.repair and _take_back(image) else found
    elif not whole and not lost:
        found = Finding("original_damaged", what, remedy="put it back from a backup, or add the photo again")
        yield found.mended() if look.repair and _mark(image.pk, RefusalCode.DAMAGED) else found


def _missing(missing: list[int], look: Look, *, away: bool) -> Iterator[Finding]:
    """What is done about originals that are gone is decided when it is known how many there are."""
    remedy = "put it back from a backup, or add the photo again"
    if away:
        remedy = "is the disk with the originals there? Nothing is marked while most of them are away"
    for pk in missing:
        found = Finding("original_missing", f"original of photo {pk}", remedy=remedy)
        yield found.mended() if look.repair and not away and _mark(pk, RefusalCode.MISSING) else found


def _renditions_check(image: Image, look: Look) -> Iterator[Finding]:
    kinds = renditions_missing(image=image)
    done = bool(kinds) and look.repair and renditions_remake(image=image)
    for kind in kinds:
        remedy = "bin/manage check_integrity --repair"
        yield Finding("rendition_missing", f"{kind} of photo {image.pk}", repaired=done, remedy=remedy)


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
