"""Create a backup while the app runs: a snapshot of the database, and every original it names.

The originals are copied first, which takes longest. Then the database is dumped in one snapshot, and the
originals that were added since are copied. If an original was erased in between, and its row with it, another
snapshot is taken. So a complete backup has a file for every row.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.storage import Storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from albums.models import BackupRecord, Image
from albums.services.backup.format import (
    DERIVED,
    FOLDERS,
    LOCK,
    MANIFEST,
    PART,
    SECRET_KEY,
    SETTINGS,
    BackupError,
    Manifest,
    Stored,
    copy_digesting,
    file_digest,
    held,
    manifest_read,
    private_folder,
    private_lines,
    write_whole,
)
from albums.services.backup.snapshots import snapshot
from albums.services.backup.stored_files import still_named, stored_now
from albums.storage import stored_below
from config.disk_space import require_room
from config.version import version

logger = logging.getLogger(__name__)

MOST_SNAPSHOTS = 4
"""Snapshots taken at most, when originals are erased during the backup."""

WITHHELD = ("SECRET", "TOKEN", "PASSWORD", "KEY")
"""Settings with one of these words in their name are not stored."""
OF_THIS_MACHINE = frozenset({"TROMBINE_DATA"})

Progress = Callable[[int], object]


@dataclass(slots=True)
class Made:
    """The result of a backup. copied, present: files that were copied now, and that existed."""

    manifest: Manifest | None = None
    copied: int = 0
    copied_bytes: int = 0
    present: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def backup_make(*, target: Path, derived: bool, progress: Progress) -> Made:
    """Make a backup in `target`, a new folder or an earlier backup, which is brought up to date.

    derived: include renditions and face crops. It can be interrupted at any moment: an earlier backup stays
    valid until the new one is complete, and copied files are not copied again. Raises BackupError,
    PostgresError, OSError.
    """
    _prepare(target)
    with held(target):
        copying = _Copying(target, progress)
        copying.take(stored_now())
        stamp = timezone.now().strftime("%Y%m%dT%H%M%S%f")
        dump, listing = target / f"database-{stamp}.dump", target / f"originals-{stamp}.jsonl"
        for turn in range(1, MOST_SNAPSHOTS + 1):
            began = timezone.now()
            with snapshot() as moment:
                moment.dump(dump)
                counts = moment.counts()
                rows = moment.rows(target / f"rows{PART}")
            with private_lines(listing) as lines:
                gone = copying.write(rows, lines.write)
            erased = gone - still_named(gone)
            if not erased or turn == MOST_SNAPSHOTS:
                break
            logger.info("%s originals were erased meanwhile: another snapshot", len(erased))
        copying.made.missing = sorted(gone)
        if derived:
            with private_lines(listing, more=True) as lines:
                copying.take_derived(lines.write)
        has_key = _keep_settings(target)
        os.sync()  # before the manifest declares the backup complete
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            app=version(),
            database={
                "file": dump.name,
                "bytes": dump.stat().st_size,
                "sha256": file_digest(dump),
            },
            listing={"file": listing.name, "sha256": file_digest(listing), **copying.totals},
            migrations=_migrations(),
            counts=counts,
            derived=derived,
            secret_key=has_key,
            missing=copying.made.missing,
            damaged=sorted(copying.made.damaged),
        )
        manifest.write(target)
        _clear(target, manifest)
    # Receipts of erasures name the backups that still hold what was erased.
    BackupRecord.objects.update_or_create(target=str(target.resolve()), defaults={"taken_at": began})
    copying.made.manifest = manifest
    return copying.made


def backup_forget(target: Path) -> bool:
    """Forget a backup that no longer exists; return False if it is not known."""
    return bool(BackupRecord.objects.filter(target=str(target.resolve())).delete()[0])


def _prepare(target: Path) -> None:
    """Create the folder, or verify that it is empty or a backup. Raises BackupError."""
    data = Path(settings.DATA_DIR).resolve()
    inside = target.resolve()
    if inside == data or inside.is_relative_to(data / "media") or data.is_relative_to(inside):
        raise BackupError(
            f"{target} is the folder of the library itself: choose another folder.", code="target"
        )
    if target.exists() and not target.is_dir():
        raise BackupError(f"{target} is a file: choose a folder.", code="target")
    if not target.exists():
        private_folder(target)
    elif any(target.iterdir()) and not (target / MANIFEST).exists() and not (target / LOCK).exists():
        raise BackupError(
            f"{target} is neither empty nor a backup: choose a new folder, or an earlier backup.",
            code="target",
        )
    target.chmod(0o700)
    require_room(target)


class _Copying:
    """Copies originals into the folder of a backup, each once."""

    def __init__(self, target: Path, progress: Progress) -> None:
        self._target = target
        self._progress = progress
        self._storage: Storage = Image.original.field.storage
        # Damaged files are compared again: the library may have the right bytes now. Those of an interrupted
        # backup are in no manifest, and their size is right.
        self._recheck = set(manifest_read(target).damaged) if (target / MANIFEST).exists() else set[str]()
        self._note = target / f"damaged{PART}"
        if self._note.exists():
            self._recheck |= set(self._note.read_text(encoding="utf-8").splitlines())
        self._now: dict[str, Stored] = {}
        self.made = Made()
        self.totals = {"count": 0, "bytes": 0}

    def take(self, rows: Iterator[Stored]) -> None:
        """Copy missing files."""
        for row in rows:
            self._bring(row)
            self._progress(1)

    def write(self, rows: Iterator[Stored], write: Callable[[str], object]) -> set[str]:
        """List the files and copy missing ones. Returns those that the library does not have."""
        gone = set()
        self.totals = {"count": 0, "bytes": 0}
        for row in rows:
            there = self._bring(row, again=True)
            if there is None:
                gone.add(row.path)
                continue
            write(there.line())
            self.totals["count"] += 1
            self.totals["bytes"] += there.size
        return gone

    def take_derived(self, write: Callable[[str], object]) -> None:
        """Copy and list renditions and crops; files that are deleted meanwhile are skipped."""
        for folder in DERIVED:
            for name in stored_below(self._storage, folder):
                try:
                    row = Stored(name, self._storage.size(name), "")
                except FileNotFoundError:
                    continue
                there = self._bring(row)
                if there is not None:
                    write(Stored(name, there.size, "").line())
                    self.totals["count"] += 1
                    self.totals["bytes"] += there.size

    def _bring(self, row: Stored, *, again: bool = False) -> Stored | None:
        """Return the file as stored in the backup; None if the library does not have it."""
        target = self._target / row.path
        if row.path in self._now:
            return self._now[row.path]
        if row.path not in self._recheck and _size(target) == row.size:
            self.made.present += 0 if again else 1
            return row
        try:
            with self._storage.open(row.path) as source:
                size, digest = copy_digesting(
                    cast("BinaryIO", source.file), target, before=lambda found: self._compare(row, found)
                )
        except FileNotFoundError:
            return None
        self.made.copied += 1
        self.made.copied_bytes += size
        there = Stored(row.path, size, digest)
        if row.sha256 and digest != row.sha256:
            self.made.damaged.append(row.path)
            self._now[row.path] = there
        self._recheck.discard(row.path)
        return there

    def _compare(self, row: Stored, digest: str) -> None:
        """Note a damaged file for the next run; its bytes are copied unchanged, and reported."""
        if row.sha256 and digest != row.sha256:
            with private_lines(self._note, more=True) as lines:
                lines.write(f"{row.path}\n")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _migrations() -> dict[str, list[str]]:
    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        applied.setdefault(app, []).append(name)
    return applied


def _keep_settings(target: Path) -> bool:
    """Store the environment variables and the secret key; return True if there was a key."""
    environment, withheld = {}, []
    for name, value in sorted(os.environ.items()):
        if name.startswith("TROMBINE_") and value and name not in OF_THIS_MACHINE:
            if any(word in name for word in WITHHELD):
                withheld.append(name)
            else:
                environment[name] = value
    written = {"environment": environment, "withheld": withheld}
    write_whole(target / SETTINGS, json.dumps(written, indent=2).encode() + b"\n")
    key = Path(settings.DATA_DIR) / SECRET_KEY
    if "TROMBINE_SECRET_KEY" in withheld or not key.exists():
        (target / SECRET_KEY).unlink(missing_ok=True)
        return False
    write_whole(target / SECRET_KEY, key.read_bytes())
    return True


def _clear(target: Path, manifest: Manifest) -> None:
    """Delete files of earlier and interrupted backups."""
    with (target / manifest.listing["file"]).open(encoding="utf-8") as lines:
        listed = {Stored.of_line(line).path for line in lines}
    for folder in FOLDERS:
        for path in sorted((target / folder).rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(target).as_posix() not in listed:
                path.unlink()
    for folder in DERIVED:
        if not manifest.derived:
            shutil.rmtree(target / folder, ignore_errors=True)
    current = {manifest.database["file"], manifest.listing["file"]}
    for path in target.iterdir():
        old = path.name.startswith(("database-", "originals-")) and path.name not in current
        if path.is_file() and (old or path.name.endswith(PART)):
            path.unlink()
