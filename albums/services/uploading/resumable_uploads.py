"""A file comes in piece by piece, so that a cut connection costs the last piece and nothing else.

The protocol, for the pages and for programs:

1. `begin` with name, size and SHA-256. What is known already needs no bytes: it is there, back from the bin,
   or refused for a known reason. Otherwise the answer is `go_on`, with the number of the upload and the
   offset of the first byte that is missing, which is not 0 when an earlier attempt got half-way.
2. Append pieces, each with its offset. A piece at another offset than the wanted one changes nothing and is
   answered with the wanted one; so two tabs that send the same file do no harm. What arrives of a piece that
   is cut off is kept.
3. The piece that leaves nothing to send ends it (an empty one, when all bytes had come before): the digest is
   checked, wrong bytes are dropped, and the file is taken in by the same rules as any other. A zip is handed
   to the workers instead: see `archive_unpacking`.
4. An upload that has gone quiet is dropped after some days.
"""

import enum
import hashlib
import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from albums.exceptions import (
    AlbumFillsItself,
    DigestDiffers,
    OffsetDiffers,
    QuotaExceeded,
    RefusalCode,
    UploadRefused,
)
from albums.models import Album, Image, Upload
from albums.services.arranging.albums import album_add_images
from albums.services.core.limits import archive_limits
from albums.services.uploading.partial_files import (
    leftovers,
    partial_path,
    partial_write,
    room_for,
    unpacked_path,
)
from albums.services.uploading.quotas import quota_check
from albums.services.uploading.uploads import (
    StoreOutcome,
    StoreStatus,
    announced_refusal,
    image_store,
    known_outcome,
    storable_path,
)

logger = logging.getLogger(__name__)

ARCHIVE_ENDING = ".zip"
_LEFTOVERS_AFTER = timedelta(days=1)


class UploadStatus(enum.StrEnum):
    """What an upload needs next; what has ended is a `StoreOutcome`."""

    GO_ON = "go_on"
    UNPACKING = "unpacking"


@dataclass(frozen=True, slots=True)
class UploadStep:
    """Where a file stands: `outcome` when it has ended, otherwise what `status` says of `upload`."""

    status: str
    upload: Upload | None = None
    outcome: StoreOutcome | None = None


def upload_begin(*, owner: User, name: str, size: int, sha256: str, album: Album | None = None) -> UploadStep:
    """Announce a file of `size` bytes. The photo goes into `album`, also when it is there already.

    Raises UploadRefused when the account has too much under way or may keep no more, or the disk is full.
    """
    known = known_outcome(owner=owner, sha256=sha256)
    if known is not None:
        return _ended(known, album, by=owner)
    refusal = _too_large_a_zip(name, size) or (
        None if is_archive_name(name) else announced_refusal(owner=owner, source_path=name, size=size)
    )
    if refusal is not None:
        return _ended(refusal, by=owner)
    with transaction.atomic():
        # One beginning at a time for each account: the limits are over all its uploads.
        User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        upload = Upload.objects.select_for_update().filter(owner=owner, sha256=sha256).first()
        if upload is not None and upload.state == Upload.State.UNPACKING:
            return UploadStep(UploadStatus.UNPACKING, upload)
        if upload is not None and (upload.state != Upload.State.COMING or upload.size_bytes != size):
            upload.delete()
            upload = None
        if upload is None:
            _check_room(owner, size)
            upload = Upload(owner=owner, sha256=sha256, size_bytes=size)
        upload.name, upload.album = storable_path(name), album
        upload.save()
    return UploadStep(UploadStatus.GO_ON, upload)


def upload_append(*, owner: User, upload_id: uuid.UUID, offset: int, piece: bytes) -> Upload:
    """Put a piece behind what has come so far.

    Raises Upload.DoesNotExist, OffsetDiffers, UploadRefused for more bytes than were announced, and OSError
    when they cannot be written.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().visible_to(owner).get(pk=upload_id)
        if upload.state != Upload.State.COMING:
            raise OffsetDiffers(upload.size_bytes)
        if offset != upload.received_bytes:
            raise OffsetDiffers(upload.received_bytes)
        if offset + len(piece) > upload.size_bytes:
            raise UploadRefused(RefusalCode.TOO_LONG)
        has_now = partial_write(partial_path(upload.pk), offset=offset, piece=piece)
        upload.received_bytes = has_now
        upload.save(update_fields=["received_bytes", "changed_at"])
    if has_now < offset:
        # The file was shorter than its row says: the machine may have lost its last seconds.
        raise OffsetDiffers(has_now)
    return upload


def upload_finish(*, owner: User, upload_id: uuid.UUID) -> UploadStep:
    """Take in a file whose bytes have all come. Raises Upload.DoesNotExist, and OSError from the storage.

    The row of a photo and its partial file are gone afterwards, whatever became of it.
    """
    with transaction.atomic():
        # The lock makes a second one wait, who then finds the row gone.
        upload = Upload.objects.select_for_update().visible_to(owner).get(pk=upload_id)
        if upload.state != Upload.State.COMING:
            return UploadStep(upload.state, upload)
        if not upload.complete:
            return UploadStep(UploadStatus.GO_ON, upload)
        path = partial_path(upload.pk)
        if is_archive_name(upload.name) and _begins_like_a_zip(path):
            upload.state = Upload.State.UNPACKING
            upload.save(update_fields=["state", "changed_at"])
            return UploadStep(UploadStatus.UNPACKING, upload)
        try:
            outcome = image_store(
                owner=owner,
                source=path,
                source_path=upload.name,
                expected_sha256=upload.sha256,
                promised=upload.size_bytes,
            )
        except DigestDiffers:
            outcome = StoreOutcome(StoreStatus.REFUSED, None, RefusalCode.DAMAGED_ON_THE_WAY)
        album = upload.album
        upload.delete()
        return _ended(outcome, album, by=owner)


def file_take(*, owner: User, file: "UploadedFile[Any]", name: str, album: Album | None) -> UploadStep:
    """Take in a file that came whole, out of a plain form. Raises OSError when it cannot be kept."""
    if not is_archive_name(name):
        return _ended(image_store(owner=owner, source=file, source_path=name), album, by=owner)
    refusal = _too_large_a_zip(name, file.size or 0)
    if refusal is not None:
        return _ended(refusal, by=owner)
    digest = hashlib.sha256()
    path = unpacked_path()
    try:
        with path.open("wb") as target:
            for piece in file.chunks():
                digest.update(piece)
                target.write(piece)
        step = upload_begin(
            owner=owner, name=name, size=file.size or 0, sha256=digest.hexdigest(), album=album
        )
        if step.upload is None or step.status != UploadStatus.GO_ON:
            return step
        with transaction.atomic():
            upload = Upload.objects.select_for_update().get(pk=step.upload.pk)
            path.replace(partial_path(upload.pk))
            upload.received_bytes = upload.size_bytes
            upload.save(update_fields=["received_bytes", "changed_at"])
        return upload_finish(owner=owner, upload_id=upload.pk)
    except UploadRefused as refused:
        return _ended(StoreOutcome(StoreStatus.REFUSED, None, refused.code, refused.values), by=owner)
    finally:
        path.unlink(missing_ok=True)


def uploads_sweep() -> int:
    """Drop uploads that have been quiet for long, and files that belong to none; returns how many rows."""
    quiet = timezone.now() - timedelta(days=settings.UPLOAD_DAYS)
    dropped = 0
    for upload_id in list(Upload.objects.filter(changed_at__lt=quiet).values_list("pk", flat=True)):
        with transaction.atomic():
            # Again, and locked: a piece may have come in between.
            rows = Upload.objects.select_for_update(skip_locked=True).filter(
                pk=upload_id, changed_at__lt=quiet
            )
            for upload in rows:
                upload.delete()
                dropped += 1
    for path in leftovers(before=timezone.now() - _LEFTOVERS_AFTER):
        if not Upload.objects.filter(pk__in=_number(path.stem)).exists():
            path.unlink(missing_ok=True)
    return dropped


def is_archive_name(name: str) -> bool:
    """Whether a file is meant as a zip of photos: others that are zips inside, as documents are, are not."""
    return name.lower().endswith(ARCHIVE_ENDING)


def _begins_like_a_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _number(text: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text)]
    except ValueError:
        return []


def outcome_to_album(outcome: StoreOutcome, *, album: Album | None, by: User) -> None:
    """Put the photo of this outcome into the album; one that may no longer be added to is left alone."""
    if album is None or outcome.image is None or outcome.image.state == Image.State.REFUSED:
        return
    try:
        album_add_images(album=album, images=[outcome.image], by=by)
    except (PermissionDenied, AlbumFillsItself) as error:
        logger.info("Image %s is not added to album %s: %r", outcome.image.pk, album.pk, error)


def _ended(outcome: StoreOutcome, album: Album | None = None, *, by: User) -> UploadStep:
    outcome_to_album(outcome, album=album, by=by)
    return UploadStep(outcome.status, None, outcome)


def _too_large_a_zip(name: str, size: int) -> StoreOutcome | None:
    most = archive_limits().most_bytes
    if not is_archive_name(name) or size <= most:
        return None
    values: dict[str, int | str] = {"what": "zip", "size": round(size / 2**20), "most": round(most / 2**20)}
    return StoreOutcome(StoreStatus.REFUSED, None, RefusalCode.TOO_LARGE, values)


def _check_room(owner: User, size: int) -> None:
    under_way = Upload.objects.visible_to(owner).unfinished()
    promised = under_way.aggregate(sum=Sum("size_bytes"))["sum"] or 0
    if under_way.count() >= settings.UPLOAD_MOST_FILES or promised + size > settings.UPLOAD_MOST_MB * 2**20:
        raise UploadRefused(RefusalCode.FULL)
    try:
        quota_check(owner_id=owner.pk, size=size)
    except QuotaExceeded as full:
        raise UploadRefused(full.code, full.values) from full
    if not room_for(size):
        raise UploadRefused(RefusalCode.NO_ROOM)
