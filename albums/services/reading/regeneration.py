"""Create missing derived files again. A marker in the storage lets workers continue when they start."""

import time
from collections.abc import Callable, Iterator, Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from albums.extensions import provided
from albums.models import Image
from albums.services.reading.renditions import renditions_regenerate
from albums.storage import put_file

FOLDER = "to-remake"
# Limits of one call of `files_regenerate`: photos, and seconds after which no other photo is started.
PHOTOS_AT_ONCE = 500
SECONDS = 20.0

Regenerate = Callable[[Sequence[Image]], Iterator[Image]]
"""Creates the missing files of these photos; yields each photo that was checked."""


def _kinds() -> dict[str, Regenerate]:
    return {"renditions": renditions_regenerate, **dict(provided(lambda app: app.regenerated.items()))}


def regeneration_request() -> None:
    """Have workers check every photo for missing files."""
    for name in _kinds():
        put_file(_storage(), _marker(name), ContentFile(b"to be made again\n"))


def kinds_to_regenerate() -> list[str]:
    """Return the names of the kinds of files that are still to be checked."""
    return [name for name in sorted(_kinds()) if _storage().exists(_marker(name))]


def files_regenerate(*, name: str, before: int | None = None) -> int | None:
    """Create the missing files of some photos, newest first; returns the id to continue before, or None."""
    regenerate = _kinds().get(name)
    if regenerate is None:
        return None
    images = Image.objects.ready().order_by("-pk")
    if before is not None:
        images = images.filter(pk__lt=before)
    last, began = None, time.monotonic()
    for image in regenerate(list(images[:PHOTOS_AT_ONCE])):
        last = image.pk
        if time.monotonic() - began > SECONDS:
            break
    if last is None:
        _storage().delete(_marker(name))
    return last


def _storage() -> Storage:
    storage: Storage = Image.original.field.storage
    return storage


def _marker(name: str) -> str:
    return f"{FOLDER}/{name}"
