"""A folder of photos comes in: found, stored, and accounted for, file by file."""

import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User

from albums.exceptions import RefusalCode
from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.arranging.smart_albums import fills_itself
from albums.services.uploading.folder_listing import FolderListing, Refusal, folder_list
from albums.services.uploading.uploads import StoreStatus, image_store

# So many files are stored before the workers hear of them.
CHUNK = 8
WAIT_SECONDS = 0.5

Enqueue = Callable[[Sequence[int]], None]
Track = Callable[[Sequence[str]], Iterable[str]]


@dataclass(slots=True)
class ImportReport:
    """What an import came to. `refused` grows when `refresh` finds what the workers have refused since."""

    added: int = 0
    already_there: int = 0
    refused: list[Refusal] = field(default_factory=list)
    sidecars: int = 0
    hidden: int = 0
    seconds: float = 0.0
    # Images in this import that are not known to be refused, each with the path it was first met at.
    images: dict[int, str] = field(default_factory=dict)
    unread: int = 0
    # Why the import ended before its end: the account may keep no more. What is left can be imported later.
    full: str = ""
    _added_ids: set[int] = field(default_factory=set)

    def add(self, other: "ImportReport") -> None:
        """Count another import in; a photo that both met counts as it did the first time."""
        self.added += other.added
        self.already_there += other.already_there
        self.refused = sorted([*self.refused, *other.refused])
        self.images = other.images | self.images
        self._added_ids |= other._added_ids  # noqa: SLF001 - its own kind
        self.seconds += other.seconds
        self.full = self.full or other.full

    def refresh(self) -> None:
        """Look up what the workers have read: move what they refused, count what they have yet to read."""
        self.unread = 0
        for ids in _batches(list(self.images)):
            rows = Image.objects.filter(pk__in=ids)
            self.unread += rows.unread().count()
            for image in rows.refused():
                path = self.images.pop(image.pk)
                self.refused.append(Refusal(path, image.reason, image.detail or image.why))
                if image.pk in self._added_ids:
                    self.added -= 1
                else:
                    self.already_there -= 1
        self.refused.sort()


def import_folder(
    *,
    folder: Path,
    owner: User,
    enqueue: Enqueue,
    album: str | None = None,
    album_per_folder: bool = False,
    track: Track = iter,
) -> ImportReport:
    """Store every picture below `folder`, and hand the new ones to `enqueue` as they come.

    May be stopped at any point and begun again: what is there already is passed over, and what was stored but
    not read is enqueued again. It stops by itself when the owner may keep no more: see the report's `full`.
    `track` wraps the list of files to show progress.

    Raises ImportFolderError when `folder` is missing, is no folder, or holds no file to take;
    ValidationError when `album` is unfit for a name.
    """
    return files_import(
        folder=folder,
        listing=folder_list(folder),
        owner=owner,
        enqueue=enqueue,
        album=album,
        album_per_folder=album_per_folder,
        track=track,
    )


def files_import(
    *,
    folder: Path,
    listing: FolderListing,
    owner: User,
    enqueue: Enqueue,
    album: str | None = None,
    album_per_folder: bool = False,
    track: Track = iter,
) -> ImportReport:
    """Store these files of `folder`, as `import_folder` does with all."""
    began = time.monotonic()
    report = ImportReport(sidecars=listing.sidecars, hidden=listing.hidden, refused=list(listing.unreadable))
    albums: dict[str, Album] = {}
    if album is not None:
        albums[album] = _album_to_fill(owner, album)
    batch: dict[int, tuple[Image, str]] = {}

    def flush() -> None:
        _to_albums(owner, albums, batch.values())
        if unread := [image.pk for image, _ in batch.values() if image.state == Image.State.STORED]:
            enqueue(unread)
        batch.clear()

    for path in track(listing.files):
        image = _store(report, folder, path, owner)
        if image is not None:
            name = album or (_album_name(folder, path) if album_per_folder else "")
            batch[image.pk] = (image, name)
        if report.full:
            break
        if len(batch) >= CHUNK:
            flush()
    flush()
    report.refresh()
    report.seconds = time.monotonic() - began
    return report


def wait_until_read(*, report: ImportReport, on_progress: Callable[[int, int], None] | None = None) -> None:
    """Wait until the workers have read every image of the import; `on_progress` gets (read, all of them).

    Without a worker this waits for ever; the caller may raise from `on_progress` to stop.
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


def _store(report: ImportReport, folder: Path, path: str, owner: User) -> Image | None:
    """Store one file and account for it; the image, unless it was refused."""
    outcome = image_store(owner=owner, source=folder / path, source_path=path)
    if outcome.code == RefusalCode.QUOTA_EXCEEDED:
        report.full = outcome.detail
        return None
    if outcome.status == StoreStatus.REFUSED or outcome.image is None:
        report.refused.append(Refusal(path, outcome.code, outcome.detail or outcome.why))
        return None
    if outcome.status == StoreStatus.ADDED:
        report.added += 1
        report._added_ids.add(outcome.image.pk)  # noqa: SLF001 - the report is this module's own
    else:
        report.already_there += 1
    report.images.setdefault(outcome.image.pk, path)
    return outcome.image


def _to_albums(owner: User, albums: dict[str, Album], stored: Iterable[tuple[Image, str]]) -> None:
    by_name: dict[str, list[Image]] = {}
    for image, name in stored:
        if name:
            by_name.setdefault(name, []).append(image)
    for name, images in by_name.items():
        if name not in albums:
            albums[name] = _album_to_fill(owner, name)
        album_add_images(album=albums[name], images=images)


def _album_to_fill(owner: User, name: str) -> Album:
    """The album of this name, or one beside it where that one fills itself."""
    album = album_get_or_create(owner=owner, name=name)
    longest = Album._meta.get_field("name").max_length or 0  # noqa: SLF001 - Django's documented way
    ending = " (2)"
    while fills_itself(album):
        name = name[: longest - len(ending)] + ending
        album = album_get_or_create(owner=owner, name=name)
        ending += " (2)"
    return album


def _album_name(folder: Path, path: str) -> str:
    """The folders between as one name; the imported folder's own name for what lies directly in it."""
    parent = path.rpartition("/")[0] or folder.resolve().name or "Photos"
    plain = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cs"} else letter
        for letter in parent.replace("/", " / ")
    )
    longest = Album._meta.get_field("name").max_length or 0  # noqa: SLF001 - Django's documented way
    return plain.strip()[:longest].strip() or "Photos"


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), 1000):
        yield ids[start : start + 1000]
