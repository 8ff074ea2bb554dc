"""Restore a backup into an empty data folder and an empty database.

Each step can be repeated: files of the right size are skipped, the database is loaded in one transaction, and
the last steps are idempotent. A marker in the data folder prevents anything else from starting there until
the restore is complete. It is written once, and says as well if the tables of the database are the restore's
own, so a restore that is killed at any moment continues when it is run again.
"""

import json
import os
import secrets
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from albums.models import Image, Job, Upload
from albums.services.backup.format import (
    FOLDERS,
    MANIFEST,
    PART,
    SECRET_KEY,
    SETTINGS,
    BackupError,
    Manifest,
    Stored,
    file_digest,
    listing_read,
    write_whole,
)
from albums.services.reading.regeneration import regeneration_request
from albums.storage import put_file, stored_below
from config.local_services.postgres_programs import Programs
from config.local_services.restore_marker import MARKER, marker_path

ALLOWED_FILES = frozenset({
    "run", "logs", "models", "static", "broker", "secret_key", f"{MARKER}{PART}", "media", "uploads",
})  # fmt: skip
"""Names that an empty data folder may contain; the last two must be empty folders."""

END_SECONDS = 120.0
"""The time that the connection of a killed restore gets to roll back."""

LOADER = "loader"
"""Key of the marker: the name of the connection that loads the tables, once that has begun."""

Progress = Callable[[int], object]


@dataclass(slots=True)
class Restored:
    """The result of a restore.

    dropped: uploads that had not ended. settings: to be set again, as `NAME=value`.
    """

    files: int = 0
    size: int = 0
    dropped: int = 0
    settings: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)


def require_known(manifest: Manifest) -> None:
    """Raise BackupError if the tables of the backup are newer than this version."""
    disk = MigrationLoader(None).disk_migrations
    known = set(disk) | {key for migration in disk.values() for key in migration.replaces}
    newer = sorted(
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    )
    if newer:
        raise BackupError(
            f"The backup was made by a newer Trombine ({manifest.app}; it has {', '.join(newer[:3])}): "
            "update this one and try again.",
            code="newer",
        )


def require_free_folder(source: Path) -> None:
    """Raise BackupError if the data folder contains anything but the beginning of this restore."""
    data = Path(settings.DATA_DIR)
    if _begun() is not None:
        if _begun() != _mark(source):
            raise BackupError(
                f"Another backup's restore was begun in {data}: remove that folder, or name that backup.",
                code="other_restore",
            )
        return
    storage: Storage = Image.original.field.storage
    there = [path.name for path in data.iterdir() if path.name not in ALLOWED_FILES] if data.exists() else []
    there += [folder for folder in FOLDERS if next(stored_below(storage, folder), None) is not None]
    uploads = Path(settings.UPLOAD_FOLDER)
    there += [uploads.name] if uploads.exists() and any(uploads.iterdir()) else []
    if there:
        raise BackupError(
            f"The data folder {data} is not empty ({', '.join(sorted(there))}). Nothing was touched. Name an "
            "empty one with --data DIR or TROMBINE_DATA.",
            code="not_empty",
        )


def restore_begin(source: Path) -> None:
    """Mark the data folder, so that nothing but this restore starts on it, unless it is marked already."""
    if _note() is None:
        _note_write(_mark(source))


def restore_files(*, source: Path, manifest: Manifest, progress: Progress) -> Restored:
    """Copy the files and the secret key. Raises BackupError, OSError."""
    done = Restored()
    storage: Storage = Image.original.field.storage
    for row in listing_read(source, manifest):
        _bring(storage, source, row)
        done.files += 1
        done.size += row.size
        progress(1)
    if manifest.secret_key:
        write_whole(Path(settings.DATA_DIR) / SECRET_KEY, (source / SECRET_KEY).read_bytes())
    done.settings, done.withheld = _settings_of(source)
    return done


def _bring(storage: Storage, source: Path, row: Stored) -> None:
    if storage.exists(row.path) and storage.size(row.path) == row.size:
        return
    with (source / row.path).open("rb") as file:
        name = put_file(storage, row.path, File(file))
    if name != row.path:
        raise BackupError(f"The storage does not accept the name {row.path}.", code="storage")


def restore_database(*, source: Path, manifest: Manifest) -> None:
    """Load the tables, unless an earlier attempt did. Raises BackupError, PostgresError."""
    note = _note() or {}
    loader = str(note.get(LOADER, ""))
    if loader:
        _loader_end(loader)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
        tables = int(cursor.fetchone()[0])
    if tables and not loader:
        raise BackupError(
            "The database is not empty. Nothing was touched. Name an empty one in DATABASE_URL, or unset it.",
            code="not_empty",
        )
    if not tables:
        # Written first: tables that exist later are from this restore, and all of them, since the load is one
        # transaction.
        loader = f"trombine restore {secrets.token_hex(8)}"
        _note_write(note | {LOADER: loader})
        programs = Programs(connection.connection)
        connection.close()
        programs.load(source / str(manifest.database["file"]), name=loader)


def _loader_end(name: str) -> None:
    """End the connection that loads the tables for a killed attempt, and wait for it. Raises BackupError."""
    deadline = time.monotonic() + END_SECONDS
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
    with connection.cursor() as cursor:
        while True:
            cursor.execute(query, [name])
            if not cursor.fetchall():
                return
            if time.monotonic() > deadline:
                message = "An interrupted restore is still being rolled back: run this again in some minutes."
                raise BackupError(message, code="busy")
            time.sleep(0.1)


def restore_finish(*, manifest: Manifest) -> int:
    """Migrate, and delete unfinished uploads; return their number. Workers regenerate missing files.

    `restore_end` follows once the services have stopped.
    """
    call_command("migrate", verbosity=0, interactive=False)
    unfinished = Upload.objects.filter(state__in=(Upload.State.COMING, Upload.State.UNPACKING))
    dropped = unfinished.count()
    unfinished.delete()
    Job.objects.filter(saved=False).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if not manifest.derived:
        regeneration_request()
    return dropped


def restore_end() -> None:
    """Release the data folder."""
    marker_path(settings.DATA_DIR).unlink(missing_ok=True)


def _mark(source: Path) -> dict[str, Any]:
    """Return the identity of a backup."""
    return {"source": str(source.resolve()), "manifest": file_digest(source / MANIFEST)}


def _note() -> dict[str, Any] | None:
    """Return the marker of a restore that was begun in the data folder, or None."""
    try:
        note: dict[str, Any] = json.loads(marker_path(settings.DATA_DIR).read_text())
    except FileNotFoundError:
        return None
    return note


def _note_write(note: dict[str, Any]) -> None:
    write_whole(marker_path(settings.DATA_DIR), json.dumps(note).encode())


def _begun() -> dict[str, Any] | None:
    """Return the backup of that restore."""
    note = _note()
    return None if note is None else {name: note[name] for name in note if name != LOADER}


def _settings_of(source: Path) -> tuple[list[str], list[str]]:
    """Return the settings of the album that differ here, and the names of those not in the backup."""
    try:
        stored = json.loads((source / SETTINGS).read_text())
    except (FileNotFoundError, ValueError):
        return [], []
    environment = {str(name): str(value) for name, value in stored.get("environment", {}).items()}
    other = [
        f"{name}={shlex.quote(value)}" for name, value in environment.items() if os.environ.get(name) != value
    ]
    withheld = [str(name) for name in stored.get("withheld", []) if not os.environ.get(str(name))]
    return other, withheld
