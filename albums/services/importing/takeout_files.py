"""The files of an export of Google Takeout: of a folder, of the zips in it, or of one zip, as one tree."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from albums.error_messages import refusal_message
from albums.exceptions import ArchiveRefused, ImportFolderError
from albums.services.core.limits import ArchiveLimits, image_limits
from albums.services.uploading.archive_reading import ArchiveFile, OpenArchive, archive_open
from albums.services.uploading.folder_listing import FolderListing, Refusal, folder_walk
from albums.services.uploading.partial_files import unpacked_path
from config.disk_space import require_room

LIMITS = ArchiveLimits(most_bytes=2**44, most_files=1_000_000, most_unpacked_bytes=2**44, most_ratio=1000)
"""Limits of a zip that an administrator gives: Google's have up to 50 GB, and are no attack by their size."""

_ZIP = ".zip"


@dataclass(frozen=True, slots=True)
class _Packed:
    """A file in a zip."""

    archive: OpenArchive
    file: ArchiveFile


@dataclass(slots=True)
class TakeoutFiles:
    """The files of an export by their paths with "/", wherever they are.

    listing: of the pictures; its sidecar_files are all JSON files.
    """

    folder: Path
    listing: FolderListing
    _packed: dict[str, _Packed] = field(default_factory=dict)

    def add(self, archive: OpenArchive) -> None:
        """Add the files of a zip. Of two with one path the first counts."""
        for files, listed in (
            (archive.files, self.listing.files),
            (archive.sidecars, self.listing.sidecar_files),
        ):
            for file in files:
                path = packed_name(file)
                if path not in self._packed:
                    self._packed[path] = _Packed(archive, file)
                    listed.append(path)
        self.listing.not_photos += archive.skipped - len(archive.sidecars)

    @contextmanager
    def opened(self, path: str) -> Iterator[Path]:
        """Yield the path of a file on the disk. Raises ImageRefused when it cannot be unpacked."""
        packed = self._packed.get(path)
        if packed is None:
            yield self.folder / path
            return
        refusal = packed.file.refusal or packed.archive.content_refusal(packed.file)
        if refusal is not None:
            raise refusal
        unpacked = unpacked_path()
        require_room(unpacked.parent, packed.file.size)
        try:
            with unpacked.open("wb") as target:
                packed.archive.copy(packed.file, target)
            yield unpacked
        finally:
            unpacked.unlink(missing_ok=True)

    def beginning(self, path: str, most: int) -> bytes:
        """Return at most so many bytes of a file. Raises ImageRefused or OSError when it cannot be read."""
        if packed := self._packed.get(path):
            if packed.file.refusal is not None:
                raise packed.file.refusal
            return packed.archive.beginning(packed.file, most)
        with (self.folder / path).open("rb") as file:
            return file.read(most)


def packed_name(file: ArchiveFile) -> str:
    """Return the path of a file in a zip, with "/"."""
    return file.name.replace("\\", "/").lstrip("/")


@contextmanager
def takeout_files(path: Path) -> Iterator[TakeoutFiles]:
    """Open the files of an export. Raises ImportFolderError when there is no picture."""
    if not path.exists():
        raise ImportFolderError(f"There is no folder and no zip {path}.")
    with ExitStack() as stack:
        listing = FolderListing(files=[path.name]) if path.is_file() else folder_walk(path)
        files = TakeoutFiles(path.parent if path.is_file() else path, listing)
        zips = [name for name in listing.files if name.lower().endswith(_ZIP)]
        listing.files = [name for name in listing.files if name not in set(zips)]
        if path.is_file() and not zips:
            raise ImportFolderError(f"{path} is no folder and no zip.")
        for name in zips:
            try:
                archive = archive_open(files.folder / name, limits=LIMITS, largest=image_limits().max_bytes)
                files.add(stack.enter_context(archive))
            except ArchiveRefused as refusal:
                reason = refusal_message(refusal.code, refusal.values, otherwise=refusal.detail)
                listing.unreadable.append(Refusal(name, refusal.code, reason))
        listing.files.sort()
        if not listing.files:
            reasons = "".join(f" {one.path}: {one.reason}" for one in listing.unreadable)
            raise ImportFolderError(f"There is no picture in {path}.{reasons}")
        yield files
