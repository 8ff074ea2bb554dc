"""Restore a backup into an empty data folder and an empty database.

Each step can be repeated: files of the right size are skipped, the database is loaded in one transaction, and
the last steps are idempotent. A marker in the data folder prevents anything else from starting there until
the restore is complete.
"""

import json
import os
import shlex
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
from config.local_services.restore_marker import marker_path

ALLOWED_FILES = frozenset({"run", "logs", "models", "static", "broker", "secret_key", "media", "uploads"})
"""Names that an empty data folder may contain; the last two must be empty folders."""

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
    """Mark the data folder, so that nothing but this restore starts on it."""
    write_whole(marker_path(settings.DATA_DIR), json.dumps(_mark(source)).encode())


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
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
        tables = int(cursor.fetchone()[0])
    if tables and not (_note() or {}).get("database"):
        raise BackupError(
            "The database is not empty. Nothing was touched. Name an empty one in DATABASE_URL, or unset it.",
            code="not_empty",
        )
    if not tables:
        # Written first: tables that exist later are from this restore.
        note = {**(_begun() or {}), "database": True}
        write_whole(marker_path(settings.DATA_DIR), json.dumps(note).encode())
        programs = Programs(connection.connection)
        connection.close()
        programs.load(source / str(manifest.database["file"]))


def restore_finish(*, manifest: Manifest) -> int:
    """Migrate, and delete unfinished uploads; return their number. Workers regenerate missing files."""
    call_command("migrate", verbosity=0, interactive=False)
    unfinished = Upload.objects.filter(state__in=(Upload.State.COMING, Upload.State.UNPACKING))
    dropped = unfinished.count()
    unfinished.delete()
    Job.objects.filter(saved=False).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    if not manifest.derived:
        regeneration_request()
    marker_path(settings.DATA_DIR).unlink(missing_ok=True)
    return dropped


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


def _begun() -> dict[str, Any] | None:
    """Return the backup of that restore."""
    note = _note()
    return None if note is None else {name: note[name] for name in note if name != "database"}


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
