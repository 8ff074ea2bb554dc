"""A zip that came in becomes its photos: one file at a time, each with its outcome on record at once.

What is cut off goes on where it stopped: what has an outcome is passed over, and what was taken in without
one is recognised by its digest.
"""

import contextlib
import hashlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from albums.exceptions import ArchiveRefused, ImageRefused, RefusalCode
from albums.models import Preferences, UnpackedFile, Upload
from albums.services.archive_reading import ArchiveFile, OpenArchive, archive_open
from albums.services.limits import archive_limits, image_limits
from albums.services.partial_files import partial_path, unpacked_path
from albums.services.resumable_uploads import damaged_on_the_way, outcome_to_album
from albums.services.uploads import StoreOutcome, StoreStatus, image_store

logger = logging.getLogger(__name__)

LOCK_NAMESPACE = 0x7A0F
"""First key of the advisory lock under which a zip is unpacked; the second is made of the upload's number."""
# So many photos are stored before the workers hear of them.
CHUNK = 8
# A file at which a worker died so often is not begun again.
MOST_ATTEMPTS = 3
_PIECE = 2**20

Enqueue = Callable[[Sequence[int]], None]


def archive_unpack(*, upload_id: uuid.UUID, enqueue: Enqueue, seconds: float) -> bool:
    """Unpack for about so many `seconds`; True when nothing is left, False when it must be called again.

    New photos are handed to `enqueue` as they come. Of two calls at once the second does nothing and is told
    that nothing is left. Raises OSError when the disk or the storage fails.
    """
    with _alone(upload_id) as alone:
        upload = Upload.objects.unpacking().select_related("album", "owner").filter(pk=upload_id).first()
        if not alone or upload is None:
            return True
        # Reasons are kept as sentences: in the language of the person who reads them.
        with translation.override(_language(upload)):
            try:
                finished = _unpack(upload, enqueue, until=time.monotonic() + seconds)
            except ArchiveRefused as refusal:
                _end(upload, Upload.State.REFUSED, detail=str(refusal))
                return True
            if finished:
                _end(upload, Upload.State.UNPACKED)
            return finished


def _unpack(upload: Upload, enqueue: Enqueue, *, until: float) -> bool:
    path = partial_path(upload.pk)
    if not upload.file_count and _digest(path) != upload.sha256:
        raise ArchiveRefused(damaged_on_the_way())
    with archive_open(path, limits=archive_limits(), largest=image_limits().max_bytes) as archive:
        if not archive.files:
            raise ArchiveRefused(_("There is no photo in this zip."))
        upload.file_count = len(archive.files)
        upload.save(update_fields=["file_count", "changed_at"])
        ended = set(upload.files.exclude(status=UnpackedFile.Status.BEGUN).values_list("position", flat=True))
        new: list[int] = []
        for file in archive.files:
            if file.position in ended:
                continue
            if time.monotonic() > until:
                enqueue(new)
                # Whoever looks for zips that nobody unpacks sees by this that somebody does.
                upload.save(update_fields=["changed_at"])
                return False
            outcome = _take(upload, archive, file)
            if outcome.status == StoreStatus.ADDED and outcome.image is not None:
                new.append(outcome.image.pk)
            if len(new) >= CHUNK:
                enqueue(new)
                new = []
        enqueue(new)
    return True


def _take(upload: Upload, archive: OpenArchive, file: ArchiveFile) -> StoreOutcome:
    """Take one file in and record what became of it."""
    row, _made = UnpackedFile.objects.get_or_create(
        upload=upload, position=file.position, defaults={"name": _shown(file.name)}
    )
    row.attempts += 1
    row.save(update_fields=["attempts"])
    refusal = file.refusal
    if row.attempts > MOST_ATTEMPTS:
        refusal = ImageRefused(RefusalCode.CRASHED, _("Unpacking it took the worker down each time."))
    outcome = _refused(refusal) if refusal else _stored(upload, archive, file)
    outcome_to_album(outcome, album=upload.album, by=upload.owner)
    row.status = {
        StoreStatus.ADDED: UnpackedFile.Status.ADDED,
        StoreStatus.REFUSED: UnpackedFile.Status.REFUSED,
    }.get(outcome.status, UnpackedFile.Status.ALREADY_THERE)
    row.image, row.reason, row.attempts = outcome.image, outcome.reason, 0
    row.save(update_fields=["status", "image", "reason", "attempts"])
    return outcome


def _stored(upload: Upload, archive: OpenArchive, file: ArchiveFile) -> StoreOutcome:
    path = unpacked_path()
    try:
        try:
            with path.open("wb") as target:
                archive.copy(file, target)
        except ImageRefused as refusal:
            return _refused(refusal)
        return image_store(owner=upload.owner, source=path, source_path=f"{upload.name}/{file.name}")
    finally:
        path.unlink(missing_ok=True)


def _refused(refusal: ImageRefused) -> StoreOutcome:
    return StoreOutcome(StoreStatus.REFUSED, None, refusal.code, refusal.message)


def _end(upload: Upload, state: Upload.State, *, detail: str = "") -> None:
    upload.state, upload.detail = state, detail
    upload.save(update_fields=["state", "detail", "changed_at"])
    partial_path(upload.pk).unlink(missing_ok=True)
    logger.info("Zip %s: %s", upload.pk, state)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _shown(name: str) -> str:
    return name.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode()


def _language(upload: Upload) -> str:
    chosen = Preferences.objects.filter(user=upload.owner_id).values_list("language", flat=True).first()
    return chosen or settings.LANGUAGE_CODE


@contextlib.contextmanager
def _alone(upload_id: uuid.UUID) -> Iterator[bool]:
    """Whether this is the only one to unpack it: held by the connection, let go when its process dies."""
    key = int.from_bytes(upload_id.bytes[:4], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_NAMESPACE, key])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_NAMESPACE, key])
