"""Import a folder of photos: list, store and count its files."""

import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.contrib.auth.models import User

from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.arranging.smart_albums import fills_itself
from albums.services.uploading.folder_listing import FolderListing, Refusal, folder_list
from albums.services.uploading.uploads import (
    StoreOutcome,
    StoreStatus,
    image_store,
    path_refusals_forget,
    storable_path,
)
from albums.validators import plain_name

# Files that are stored before the workers are notified.
CHUNK = 8
WAIT_SECONDS = 0.5
_IDS_AT_ONCE = 1000
_MAX_NAME_LENGTH = Album._meta.get_field("name").max_length or 0  # noqa: SLF001 - Django's documented way

Enqueue = Callable[[Sequence[int]], None]
Describe = Callable[[Image, str], None]
Track = Callable[[Sequence[str]], Iterable[str]]


@dataclass(slots=True)
class ImportReport:
    """The result of an import. `refused` grows when `refresh` finds what the workers have refused since.

    images: those not known to be refused, with the path of each. files: the image of each stored file, of
    duplicates too. full: the reason why the import ended early:
    the account has no storage left.
    """

    added: int = 0
    already_there: int = 0
    refused: list[Refusal] = field(default_factory=list)
    sidecars: int = 0
    hidden: int = 0
    not_photos: int = 0
    unfinished: int = 0
    system_folders: int = 0
    seconds: float = 0.0
    images: dict[int, str] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    full: str = ""
    _added_ids: set[int] = field(default_factory=set)

    def add(self, other: "ImportReport") -> None:
        """Add another import; a photo in both counts as in the first one."""
        self.added += other.added
        self.already_there += other.already_there
        # A file that is stored now was refused before it was whole.
        self.refused = sorted({one for one in (*self.refused, *other.refused) if one.path not in other.files})
        self.unfinished += other.unfinished
        self.images = other.images | self.images
        self.files |= other.files
        self._added_ids |= other._added_ids  # noqa: SLF001 - of the same class
        self.seconds += other.seconds
        self.full = self.full or other.full

    def count(self, image: Image, path: str, *, added: bool) -> None:
        """Count a stored file."""
        if added:
            self.added += 1
            self._added_ids.add(image.pk)
        else:
            self.already_there += 1
        self.images.setdefault(image.pk, path)
        self.files[path] = image.pk

    def refresh(self) -> None:
        """Move the images that the workers refused to `refused`, and count those that are not read yet."""
        self.unread = 0
        ids = list(self.images)
        for start in range(0, len(ids), _IDS_AT_ONCE):
            rows = Image.objects.filter(pk__in=ids[start : start + _IDS_AT_ONCE])
            self.unread += rows.unread().count()
            for image in rows.refused():
                path = self.images.pop(image.pk)
                self.refused.append(Refusal(path, image.reason, image.detail or image.why))
                if image.pk in self._added_ids:
                    self.added -= 1
                else:
                    self.already_there -= 1
        self.refused.sort()


class ImportSource(Protocol):
    """Files to import: photos with their paths, and what is done with each."""

    @property
    def listing(self) -> FolderListing:
        """The paths of the files."""

    def opened(self, path: str) -> AbstractContextManager[Path]:
        """Open a file of the listing as one on the disk. Raises ImageRefused when that is not possible."""

    def album(self, path: str) -> str:
        """Return the name of the album of a file, or empty."""

    def stored(self, image: Image, path: str) -> None:
        """Do what is to be done with a photo before it is read."""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """The files below a folder.

    album_name: of all files. album_per_folder: each folder is an album. describe: gets each photo with its
    path.
    """

    folder: Path
    listing: FolderListing
    album_name: str = ""
    album_per_folder: bool = False
    describe: Describe | None = None

    def opened(self, path: str) -> AbstractContextManager[Path]:
        """Return the path of a file."""
        return nullcontext(self.folder / path)

    def album(self, path: str) -> str:
        """Return the album of all files, or that of the folder of a file."""
        return self.album_name or (_album_name(self.folder, path) if self.album_per_folder else "")

    def stored(self, image: Image, path: str) -> None:
        """Pass the photo to `describe`."""
        if self.describe is not None:
            self.describe(image, path)


def import_folder(
    *,
    folder: Path,
    owner: User,
    enqueue: Enqueue,
    album: str | None = None,
    album_per_folder: bool = False,
    track: Track = iter,
    listing: FolderListing | None = None,
    describe: Describe | None = None,
) -> ImportReport:
    """Store every file below `folder`, or those of `listing`, and pass the new photos to `enqueue`.

    An interrupted import can be repeated: stored files are skipped, and unread ones are enqueued again.
    `track` wraps the list of files to show progress. `describe` gets each photo with its path before it is
    read.

    Raises ImportFolderError when `folder` is missing, is not a folder or contains no file to import, and
    ValidationError when `album` is not a valid name.
    """
    listing = folder_list(folder) if listing is None else listing
    if album is not None:
        album_to_fill(owner, album)
    source = FolderSource(folder, listing, album or "", album_per_folder, describe)
    return files_import(source=source, owner=owner, enqueue=enqueue, track=track)


def files_import(*, source: ImportSource, owner: User, enqueue: Enqueue, track: Track = iter) -> ImportReport:
    """Store every file of a source, as `import_folder` does."""
    began = time.monotonic()
    listing = source.listing
    report = ImportReport(
        sidecars=listing.sidecars,
        hidden=listing.hidden,
        not_photos=listing.not_photos,
        unfinished=len(listing.unfinished),
        system_folders=listing.system_folders,
        refused=list(listing.unreadable),
    )
    refused_before = set(Image.objects.owned_by(owner).refused().values_list("source_path", flat=True))
    albums: dict[str, Album] = {}
    batch: list[tuple[Image, str]] = []

    def flush() -> None:
        _to_albums(owner, albums, batch)
        unread = {image.pk for image, _name in batch if image.state == Image.State.STORED}
        if unread:
            enqueue(sorted(unread))
        batch.clear()

    for path in track(listing.files):
        image = _store(report, source, path, owner)
        if image is not None and storable_path(path) in refused_before:
            path_refusals_forget(owner=owner, source_path=storable_path(path), image=image)
        if image is not None:
            source.stored(image, path)
            batch.append((image, source.album(path)))
        if report.full:
            break
        if len(batch) >= CHUNK:
            flush()
    flush()
    report.refresh()
    report.seconds = time.monotonic() - began
    return report


def wait_until_read(*, report: ImportReport, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Wait until the workers have read every image; `on_progress` gets the number read and the total.

    Without a worker this never returns; `on_progress` may raise to stop it.
    """
    report.refresh()
    total = len(report.images)
    while True:
        if on_progress is not None:
            on_progress(total - report.unread, total)
        if not report.unread:
            return
        time.sleep(WAIT_SECONDS)
        report.refresh()


def _store(report: ImportReport, source: ImportSource, path: str, owner: User) -> Image | None:
    """Store and count one file; returns the image unless it was refused."""
    try:
        with source.opened(path) as file:
            outcome = image_store(owner=owner, source=file, source_path=path)
    except ImageRefused as refusal:
        outcome = StoreOutcome.of_refusal(refusal)
    if outcome.code == RefusalCode.QUOTA_EXCEEDED:
        report.full = outcome.detail
        return None
    if outcome.status == StoreStatus.REFUSED or outcome.image is None:
        report.refused.append(Refusal(path, outcome.code, outcome.detail or outcome.why))
        return None
    report.count(outcome.image, path, added=outcome.status == StoreStatus.ADDED)
    return outcome.image


def _to_albums(owner: User, albums: dict[str, Album], stored: Iterable[tuple[Image, str]]) -> None:
    by_name: dict[str, list[Image]] = {}
    for image, name in stored:
        if name:
            by_name.setdefault(name, []).append(image)
    for name, images in by_name.items():
        if name not in albums:
            albums[name] = album_to_fill(owner, name)
        album_add_images(album=albums[name], images=images)


def album_to_fill(owner: User, name: str) -> Album:
    """Return the album of this name, or of a similar one when it is a smart album. Raises ValidationError."""
    album = album_get_or_create(owner=owner, name=name)
    ending = " (2)"
    while fills_itself(album):
        name = name[: _MAX_NAME_LENGTH - len(ending)] + ending
        album = album_get_or_create(owner=owner, name=name)
        ending += " (2)"
    return album


def _album_name(folder: Path, path: str) -> str:
    """Return an album name for the folder of a file."""
    return album_name(path.rpartition("/")[0] or folder.resolve().name)


def album_name(folder_name: str) -> str:
    """Return a valid album name for the name of a folder."""
    parent = folder_name or "Photos"
    plain = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cs"} else letter
        for letter in parent.replace("/", " / ")
    )
    return plain_name(plain_name(plain)[:_MAX_NAME_LENGTH]) or "Photos"
