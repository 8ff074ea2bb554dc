"""The files that are selected for an upload, from the moment of the choice until each has an outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import Album, SelectedFile
from albums.services.uploading.uploads import storable_path

# Of an account: more are uploaded all the same, but not listed.
MOST_SELECTED = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A file by the name and size that its upload will have."""

    name: str
    size: int


def files_select(*, owner: User, files: Sequence[Choice], album: Album | None = None) -> int:
    """Note files that are going to be sent; returns how many are listed now. The same file is listed once."""
    room = max(MOST_SELECTED - SelectedFile.objects.owned_by(owner).count(), 0)
    rows = [
        SelectedFile(owner=owner, name=storable_path(file.name), size_bytes=file.size, album=album)
        for file in files[:room]
    ]
    SelectedFile.objects.bulk_create(rows, ignore_conflicts=True)
    return SelectedFile.objects.owned_by(owner).count()


def files_unselect(*, owner: User, files: Sequence[Choice] | None = None) -> None:
    """Forget files that have an outcome or are no longer wanted; without `files` all of them."""
    selected = SelectedFile.objects.owned_by(owner)
    if files is None:
        selected.delete()
        return
    wanted = {(storable_path(file.name), file.size) for file in files}
    found = selected.filter(name__in={name for name, _size in wanted}).values_list("pk", "name", "size_bytes")
    selected.filter(pk__in=[pk for pk, name, size in found if (name, size) in wanted]).delete()


def selected_sweep() -> None:
    """Delete what was selected so long ago that unfinished uploads end, too."""
    deadline = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    SelectedFile.objects.filter(selected_at__lt=deadline).delete()
