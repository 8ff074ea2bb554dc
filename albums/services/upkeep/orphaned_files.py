"""Find orphaned files, which no row names: left by a killed process, or copied there by hand.

A repair moves them into `lost-found/` in the data folder, and never deletes them. A file gets its row only
once it is written, so young files are left alone, and each is looked up once more before it is moved.
"""

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage
from django.utils import timezone

from albums.models import Image, Rendition, Upload
from albums.services.upkeep.integrity import REPAIR, CheckOptions, Finding
from albums.services.uploading.partial_files import leftovers
from albums.storage import stored_below

LOST_FOUND = "lost-found"
YOUNG = timedelta(hours=1)
AT_ONCE = 500

Known = Callable[[list[str]], set[str]]
"""Of some names of files, those that a row has."""


def orphaned_photo_files(options: CheckOptions) -> Iterator[Finding]:
    """Find orphaned files among originals, renditions and uploads."""
    yield from orphaned_folder_files(options, "originals", _originals_known)
    yield from orphaned_folder_files(options, "renditions", _renditions_known)
    if options.owner is None:
        yield from _orphaned_upload_files(options)
    yield from _uploads_without_file(options)


def orphaned_folder_files(options: CheckOptions, folder: str, known: Known) -> Iterator[Finding]:
    """Find orphaned files in a folder of the storage that has a folder for each owner."""
    storage: Storage = Image.original.field.storage
    names = stored_below(storage, f"{folder}/{options.owner.pk}" if options.owner else folder)
    while batch := list(islice(names, AT_ONCE)):
        options.progress(len(batch))
        suspects = sorted(set(batch) - known(batch))
        old = [name for name in suspects if _is_old(storage, name)]
        # Once more: since the first check a row may have come, or the file may have gone with its row.
        for name in sorted(set(old) - known(old)) if old else ():
            found = Finding("stray_file", name, remedy=REPAIR)
            if not storage.exists(name):
                continue
            if options.repair:
                storage_put_aside(storage, name)
            yield found.mended(repaired=options.repair)


def storage_put_aside(storage: Storage, name: str) -> Path:
    """Move a file out of the storage into `lost-found/`; where it is now."""
    target = _free_place(Path(settings.DATA_DIR) / LOST_FOUND / name)
    with contextlib.suppress(NotImplementedError):
        shutil.move(storage.path(name), target)
        return target
    with storage.open(name) as source, target.open("wb") as copy:  # a storage that is no disk
        shutil.copyfileobj(source, copy)
    storage.delete(name)
    return target


def _free_place(target: Path) -> Path:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return target if not target.exists() else target.with_name(f"{uuid.uuid4().hex[:8]}-{target.name}")


def _is_old(storage: Storage, name: str) -> bool:
    try:
        return storage.get_modified_time(name) < timezone.now() - YOUNG
    except FileNotFoundError:
        return False


def _originals_known(names: list[str]) -> set[str]:
    digests = {name.rpartition("/")[2].partition(".")[0] for name in names}
    owners = {int(part) for name in names if (part := name.split("/")[1]).isdecimal()}
    rows = Image.objects.filter(owner__in=owners, sha256__in=digests)
    return set(rows.values_list("original", flat=True)) & set(names)


def _renditions_known(names: list[str]) -> set[str]:
    digests = {name.rpartition("/")[2].rpartition("-")[0] for name in names}
    owners = {int(part) for name in names if (part := name.split("/")[1]).isdecimal()}
    rows = Rendition.objects.filter(image__owner__in=owners, image__sha256__in=digests)
    return set(rows.values_list("file", flat=True)) & set(names)


def _orphaned_upload_files(options: CheckOptions) -> Iterator[Finding]:
    for path in leftovers(before=timezone.now() - YOUNG):
        with contextlib.suppress(ValueError):
            if Upload.objects.filter(pk=uuid.UUID(path.stem)).exists():
                continue
        found = Finding("stray_upload", path.name, remedy=REPAIR)
        if options.repair:
            shutil.move(path, _free_place(Path(settings.DATA_DIR) / LOST_FOUND / "uploads" / path.name))
        yield found.mended(repaired=options.repair)


def _uploads_without_file(options: CheckOptions) -> Iterator[Finding]:
    """Uploads of which something came in and nothing is there: they can only begin again."""
    folder = Path(settings.UPLOAD_FOLDER)
    uploads = Upload.objects.filter(state=Upload.State.COMING, received_bytes__gt=0)
    if options.owner is not None:
        uploads = uploads.filter(owner=options.owner)
    for upload in uploads.filter(changed_at__lt=timezone.now() - YOUNG).iterator(AT_ONCE):
        if (folder / f"{upload.pk}.part").exists():
            continue
        if options.repair:
            Upload.objects.filter(pk=upload.pk, received_bytes=upload.received_bytes).update(received_bytes=0)
        yield Finding("upload_lost", f"upload {upload.pk}", repaired=options.repair, remedy=REPAIR)
