"""The files of a backup.

manifest.json            written last, atomically: a folder without it is no backup
database-WHEN.dump       Postgres's custom format
originals-WHEN.jsonl     a line per file: path, bytes, sha256
originals/…, jobs/…      as in the storage; with renditions also renditions/… and faces/…
secret_key, settings.json
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from config.disk_space import require_room
from config.local_services.file_lock import file_lock

FORMAT = 1
MANIFEST = "manifest.json"
LOCK = "backup.lock"
SECRET_KEY = "secret_key"  # noqa: S105 - a file's name
SETTINGS = "settings.json"
DERIVED = ("renditions", "faces")
"""Folders of the storage whose files are made from the originals."""
FOLDERS = ("originals", "jobs", *DERIVED)
PART = ".part"
CHUNK = 2**20


class BackupError(Exception):
    """A backup cannot be made or used. The message is for people, the code for programs."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the storage in a listing. sha256: empty for files that can be regenerated."""

    path: str
    size: int
    sha256: str

    def line(self) -> str:
        """The line of a listing."""
        return json.dumps({"path": self.path, "bytes": self.size, "sha256": self.sha256}) + "\n"

    @classmethod
    def of_line(cls, line: str) -> "Stored":
        """Parse the line of a listing. Raises ValueError or KeyError."""
        read = json.loads(line)
        return cls(str(read["path"]), int(read["bytes"]), str(read["sha256"]))


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description of a complete backup. missing, damaged: originals that were so in the library."""

    made_at: str
    app: str
    database: dict[str, Any]
    listing: dict[str, Any]
    migrations: dict[str, list[str]]
    counts: dict[str, int]
    derived: bool
    secret_key: bool
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write the manifest atomically."""
        write_whole(folder / MANIFEST, json.dumps(asdict(self), indent=2).encode() + b"\n")


def manifest_read(folder: Path) -> Manifest:
    """Return the manifest of a backup. Raises BackupError."""
    try:
        read = json.loads((folder / MANIFEST).read_text())
        if read["format"] > FORMAT:
            raise BackupError(
                f"The backup in {folder} was made by a newer Trombine ({read.get('app')}): update this one.",
                code="newer",
            )
        return Manifest(**read)
    except FileNotFoundError as error:
        unfinished = (folder / LOCK).exists()
        why = "it was interrupted; run bin/manage backup again" if unfinished else f"it has no {MANIFEST}"
        raise BackupError(f"There is no complete backup in {folder}: {why}.", code="no_backup") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{folder / MANIFEST} cannot be read: {error}", code="damaged") from error


def listing_read(folder: Path, manifest: Manifest) -> Iterator[Stored]:
    """Yield the files of a backup. Raises BackupError."""
    try:
        with (folder / manifest.listing["file"]).open(encoding="utf-8") as lines:
            for line in lines:
                yield Stored.of_line(line)
    except (OSError, ValueError, KeyError) as error:
        raise BackupError(
            f"The list of originals in {folder} cannot be read: {error}", code="damaged"
        ) from error


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of the folder. Raises BackupError when another backup is being made there."""
    with file_lock(folder / LOCK, blocking=False) as acquired:
        if not acquired:
            raise BackupError(f"Another backup is being made in {folder} right now.", code="busy")
        yield


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file atomically, readable by this system account only."""
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def private_folder(folder: Path) -> None:
    """Create a folder and its parents for this system account only; existing ones stay unchanged."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def private_lines(path: Path, *, more: bool = False) -> TextIO:
    """Open a text file that only this system account may read, to overwrite or to append."""
    how = os.O_APPEND if more else os.O_TRUNC
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "w", encoding="utf-8")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_digesting(
    source: BinaryIO, target: Path, *, before: Callable[[str], object] = lambda _sha256: None
) -> tuple[int, str]:
    """Copy `source` to `target` atomically; return its size and SHA-256.

    before: called with the digest before the file appears under its name.
    """
    private_folder(target.parent)
    require_room(target.parent, os.fstat(source.fileno()).st_size if source.seekable() else 0)
    part, digest, size = target.with_name(target.name + PART), hashlib.sha256(), 0
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            file.write(chunk)
            size += len(chunk)
    before(digest.hexdigest())
    part.replace(target)
    return size, digest.hexdigest()
