"""Counts of photos by state: the one definition for all pages, the API and the administration.

A photo is a file that was read and is not in the bin. Files that are being processed, files that were not
added, and the bin are named apart; every stored row is in exactly one of the four.
"""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from albums.models import Image
from albums.querysets import ImageQuerySet

STATES = {
    "photos": Q(state=Image.State.READY, binned_at=None),
    "unread": Q(state=Image.State.STORED, binned_at=None),
    "refused": Q(state=Image.State.REFUSED, binned_at=None),
    "binned": Q(binned_at__isnull=False),
}


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """Numbers of photos, of files being processed, of files not added, and of photos in the bin."""

    photos: int
    unread: int
    refused: int
    binned: int


def photo_counts(images: ImageQuerySet) -> PhotoCounts:
    """Return the counts of these images, in one query."""
    return PhotoCounts(
        **images.order_by().aggregate(**{name: Count("pk", filter=state) for name, state in STATES.items()})
    )


def photo_sizes(images: ImageQuerySet) -> PhotoCounts:
    """Return the bytes of the stored originals of these images, in one query."""
    sums = {name: Sum("size_bytes", filter=state & ~Q(original="")) for name, state in STATES.items()}
    found = images.order_by().aggregate(**sums)
    return PhotoCounts(**{name: size or 0 for name, size in found.items()})
