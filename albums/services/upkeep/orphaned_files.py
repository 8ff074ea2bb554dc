"""Find orphaned files, which no row names: left by a killed process, or copied there by hand.

A repair moves them into `lost-found/` in the data folder, and never deletes them. A file gets its row only
once it is written, so recent files are ignored, and each is checked again before it is moved.
"""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage
from django.utils import timezone

from albums.models import Image, JobFile, Rendition, Upload
from albums.services.upkeep.integrity import REPAIR, CheckOptions, Finding
from albums.services.uploading.partial_files import leftovers, partial_path
from albums.services.uploading.upload_sweeping import upload_exists
from albums.storage import stored_below
from config.disk_space import require_room

LOST_FOUND = "lost-found"
FILES_AT_ONCE = 500

Known = Callable[[list[str]], set[str]]
"""Returns those of these file names that a row has."""


def orphaned_photo_files(options: CheckOptions) -> Iterator[Finding]:
    """Find orphaned files among originals, renditions, jobs and uploads."""
    yield from orphaned_folder_files(options, "originals", _originals_known)
    yield from orphaned_folder_files(options, "renditions", _renditions_known)
    yield from orphaned_folder_files(options, "jobs", _job_files_known)
    if options.owner is None:
        yield from _orphaned_upload_files(options)
    yield from _uploads_without_file(options)


def orphaned_folder_files(options: CheckOptions, folder: str, known: Known) -> Iterator[Finding]:
    """Find orphaned files in a folder of the storage that has a folder for each owner."""
    storage: Storage = Image.original.field.storage
    names = stored_below(storage, f"{folder}/{options.owner.pk}" if options.owner else folder)
    while batch := list(islice(names, FILES_AT_ONCE)):
        options.progress(len(batch))
        suspects = sorted(set(batch) - known(batch))
        old = [name for name in suspects if _is_old(storage, name)]
        # Checked again: a row may have been added, or the file deleted with its row.
        for name in sorted(set(old) - known(old)) if old else ():
            if not storage.exists(name):
                continue
            if options.repair:
                _put_aside(storage, name)
            yield Finding("stray_file", name, options.repair, REPAIR)


def _put_aside(storage: Storage, name: str) -> None:
    target = _lost_found(name)
    with contextlib.suppress(NotImplementedError):
        shutil.move(storage.path(name), target)
        return
    require_room(target.parent, storage.size(name))
    with storage.open(name) as source, target.open("wb") as copy:  # a remote storage
        shutil.copyfileobj(source, copy)
    storage.delete(name)


def _lost_found(name: str) -> Path:
    """Return an unused path for a file in `lost-found/`."""
    target = Path(settings.DATA_DIR) / LOST_FOUND / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return target if not target.exists() else target.with_name(f"{uuid.uuid4().hex[:8]}-{target.name}")


def _is_old(storage: Storage, name: str) -> bool:
    try:
        return storage.get_modified_time(name) < _recent()
    except FileNotFoundError:
        return False


def _recent() -> datetime:
    return timezone.now() - timedelta(hours=1)


def _originals_known(names: list[str]) -> set[str]:
    digests = {name.rpartition("/")[2].partition(".")[0] for name in names}
    rows = Image.objects.filter(owner__in=_owners(names), sha256__in=digests)
    return set(rows.values_list("original", flat=True)) & set(names)


def _renditions_known(names: list[str]) -> set[str]:
    digests = {name.rpartition("/")[2].partition("-")[0] for name in names}
    rows = Rendition.objects.filter(image__owner__in=_owners(names), image__sha256__in=digests)
    return set(rows.values_list("file", flat=True)) & set(names)


def _job_files_known(names: list[str]) -> set[str]:
    rows = JobFile.objects.filter(job__owner__in=_owners(names), file__in=names)
    return set(rows.values_list("file", flat=True))


def _owners(names: list[str]) -> set[int]:
    return {int(part) for name in names if (part := name.split("/")[1]).isdecimal()}


def _orphaned_upload_files(options: CheckOptions) -> Iterator[Finding]:
    for path in leftovers(before=_recent()):
        if upload_exists(path):
            continue
        if options.repair:
            shutil.move(path, _lost_found(f"uploads/{path.name}"))
        yield Finding("stray_upload", path.name, options.repair, REPAIR)


def _uploads_without_file(options: CheckOptions) -> Iterator[Finding]:
    """Find uploads whose file is missing; a repair lets them begin again."""
    uploads = Upload.objects.unfinished().filter(received_bytes__gt=0, changed_at__lt=_recent())
    if options.owner is not None:
        uploads = uploads.filter(owner=options.owner)
    for upload in uploads.iterator(FILES_AT_ONCE):
        if partial_path(upload.pk).exists():
            continue
        if options.repair:
            Upload.objects.filter(pk=upload.pk, received_bytes=upload.received_bytes).update(received_bytes=0)
        yield Finding("upload_lost", f"upload {upload.pk}", options.repair, REPAIR)
