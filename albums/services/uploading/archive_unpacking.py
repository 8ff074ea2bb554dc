"""Unpack uploaded zips into photos, one file at a time, each with its outcome on record.

An interrupted unpacking continues: files with an outcome are skipped, and stored ones are known by digest.
"""

import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from albums.exceptions import ArchiveRefused, ImageRefused, RefusalCode
from albums.leases import Lease
from albums.locks import AdvisoryLock
from albums.models import UnpackedFile, Upload
from albums.services.core.limits import archive_limits, image_limits
from albums.services.uploading.archive_reading import ArchiveFile, OpenArchive, archive_open
from albums.services.uploading.partial_files import partial_path, unpacked_path
from albums.services.uploading.resumable_uploads import outcome_to_album
from albums.services.uploading.uploads import StoreOutcome, StoreStatus, image_store
from config.disk_space import require_room

logger = logging.getLogger(__name__)

# Photos that are stored before the workers are notified.
CHUNK = 8
_ROWS_AT_ONCE = 1000
_PICTURE_ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".dib"),
    *(".heic", ".heif", ".hif", ".avif", ".jp2", ".jxl", ".psd", ".svg", ".dng", ".raw", ".cr2", ".cr3"),
    *(".nef", ".arw", ".orf", ".rw2", ".raf"),
)

Enqueue = Callable[[Sequence[int]], None]
Describe = Callable[[Upload, OpenArchive, float], bool]
"""Stores what the sidecars of a zip have, until a time of the monotonic clock; returns True at the end."""

UNPACKING = Lease(
    work="Unpacking it",
    pending=lambda ids: UnpackedFile.objects.filter(pk__in=ids, status=UnpackedFile.Status.BEGUN),
    give_up=lambda _row, _detail: None,  # `_unpack_file` records the refusal with the outcome
)


def archive_unpack(*, upload_id: uuid.UUID, enqueue: Enqueue, describe: Describe, seconds: float) -> bool:
    """Unpack for about so many seconds; return True when nothing is left, False to be called again.

    New photos are passed to `enqueue`, and when all are there, the zip to `describe`. A second call at the
    same time does nothing and returns True. Raises OSError when the disk or the storage fails.
    """
    with AdvisoryLock.UNPACKING.held(int.from_bytes(upload_id.bytes[:4], signed=True)) as acquired:
        upload = Upload.objects.unpacking().select_related("album", "owner").filter(pk=upload_id).first()
        if not acquired or upload is None:
            return True
        try:
            finished = _unpack(upload, enqueue, describe, until=time.monotonic() + seconds)
        except ArchiveRefused as refusal:
            upload.reason, upload.reason_values = refusal.code, refusal.values
            _end(upload, Upload.State.REFUSED)
            return True
        if finished:
            _end(upload, Upload.State.UNPACKED)
        return finished


def _unpack(upload: Upload, enqueue: Enqueue, describe: Describe, *, until: float) -> bool:
    path = partial_path(upload.pk)
    if not upload.file_count and _digest(path) != upload.sha256:
        raise ArchiveRefused(RefusalCode.DAMAGED_ON_THE_WAY)
    with archive_open(path, limits=archive_limits(), largest=image_limits().max_bytes) as archive:
        if not archive.files:
            raise ArchiveRefused(RefusalCode.NO_PHOTO)
        upload.file_count, upload.reason_values = len(archive.files), {"skipped": archive.skipped}
        upload.save(update_fields=["file_count", "reason_values", "changed_at"])
        progress, not_photos = False, 0
        batch = _Refusals(upload)
        ended = set(upload.files.exclude(status=UnpackedFile.Status.BEGUN).values_list("position", flat=True))
        new: list[int] = []
        for file in archive.files:
            if file.position in ended:
                continue
            # At least one file each time, however slow the machine is.
            if progress and time.monotonic() > until:
                enqueue(new)
                batch.store()
                upload.save(update_fields=["changed_at"])  # not stale
                return False
            refusal = file.refusal or archive.content_refusal(file)
            if refusal is not None:
                if file.refusal is None and _is_no_photo(file, refusal):
                    not_photos += 1
                else:
                    batch.add(file, refusal)
                    progress = True
                continue
            outcome, progress = _unpack_file(upload, archive, file), True
            if outcome.status == StoreStatus.ADDED and outcome.image is not None:
                new.append(outcome.image.pk)
            if len(new) >= CHUNK:
                enqueue(new)
                new = []
        enqueue(new)
        batch.store()
        upload.file_count -= not_photos
        upload.reason_values = {"skipped": archive.skipped + not_photos}
        upload.save(update_fields=["file_count", "reason_values", "changed_at"])
        if not upload.files.exists():
            raise ArchiveRefused(RefusalCode.NO_PHOTO)
        return describe(upload, archive, until)


def _is_no_photo(file: ArchiveFile, refusal: ImageRefused) -> bool:
    """Return True for a file that neither its name nor its content makes a picture: it is counted alone."""
    return refusal.code == RefusalCode.NOT_AN_IMAGE and not file.name.lower().endswith(_PICTURE_ENDINGS)


class _Refusals:
    """The refusals of files that are not unpacked, stored many at once."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._rows: list[UnpackedFile] = []

    def add(self, file: ArchiveFile, refusal: ImageRefused) -> None:
        self._rows.append(
            UnpackedFile(
                upload=self._upload,
                position=file.position,
                name=_stored_name(file),
                status=UnpackedFile.Status.REFUSED,
                reason=refusal.code,
                reason_values=dict(refusal.values),
            )
        )
        if len(self._rows) >= _ROWS_AT_ONCE:
            self.store()

    def store(self) -> None:
        """Store the rows; those of a killed worker are there already."""
        UnpackedFile.objects.bulk_create(
            self._rows,
            update_conflicts=True,
            unique_fields=["upload", "position"],
            update_fields=["status", "reason", "reason_values"],
        )
        self._rows.clear()


def _unpack_file(upload: Upload, archive: OpenArchive, file: ArchiveFile) -> StoreOutcome:
    row, _created = UnpackedFile.objects.get_or_create(
        upload=upload, position=file.position, defaults={"name": _stored_name(file)}
    )
    with UNPACKING.claimed([row.pk]) as claimed:
        crashed = StoreOutcome.of_refusal(ImageRefused(RefusalCode.CRASHED))
        outcome = _store(upload, archive, file) if claimed else crashed
    outcome_to_album(outcome, album=upload.album, by=upload.owner)
    row.status = {
        StoreStatus.ADDED: UnpackedFile.Status.ADDED,
        StoreStatus.REFUSED: UnpackedFile.Status.REFUSED,
    }.get(outcome.status, UnpackedFile.Status.ALREADY_THERE)
    row.image, row.reason, row.reason_values = outcome.image, outcome.code, dict(outcome.values)
    row.attempts = 0
    row.save(update_fields=["status", "image", "reason", "reason_values", "attempts"])
    return outcome


def _stored_name(file: ArchiveFile) -> str:
    return file.name.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _store(upload: Upload, archive: OpenArchive, file: ArchiveFile) -> StoreOutcome:
    path = unpacked_path()
    require_room(path.parent, file.size)
    try:
        with path.open("wb") as target:
            archive.copy(file, target)
        return image_store(owner=upload.owner, source=path, source_path=f"{upload.name}/{file.name}")
    except ImageRefused as refusal:
        return StoreOutcome.of_refusal(refusal)
    finally:
        path.unlink(missing_ok=True)


def _end(upload: Upload, state: Upload.State) -> None:
    upload.state = state
    upload.save(update_fields=["state", "reason", "reason_values", "changed_at"])
    partial_path(upload.pk).unlink(missing_ok=True)
    logger.info("Zip %s: %s", upload.pk, state)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
