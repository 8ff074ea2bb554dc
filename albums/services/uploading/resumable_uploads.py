"""Resumable uploads: an interrupted connection costs the last piece of a file and nothing else.

The protocol, for pages and the API:

1. `begin` with name, size and SHA-256. Known bytes are not sent: the photo exists, is restored from the bin,
   or is refused for a known reason. Otherwise the status is `go_on`, with the id of the upload and the offset
   of the first missing byte, which is not 0 when an earlier attempt was interrupted.
2. Append pieces with their offsets. A piece at another offset than the expected one changes nothing, and the
   response has the expected one; so two tabs may send the same file. What arrives of an interrupted piece is
   stored.
3. The last piece ends the upload (an empty one, if all bytes had arrived): the digest is checked, wrong bytes
   are deleted, and the file is stored like any other. A zip is left to the workers: see `archive_unpacking`.
4. An upload without activity is deleted after some days.
"""

import enum
import hashlib
import logging
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum

from albums.exceptions import (
    AlbumFillsItself,
    DigestDiffers,
    OffsetDiffers,
    QuotaExceeded,
    RefusalCode,
    UploadRefused,
)
from albums.models import Album, EndedUpload, Image, Upload
from albums.services.arranging.albums import album_add_images
from albums.services.core.limits import archive_limits
from albums.services.uploading.partial_files import (
    partial_path,
    partial_write,
    room_for,
    unpacked_path,
)
from albums.services.uploading.quotas import quota_check
from albums.services.uploading.selected_files import Choice, files_unselect
from albums.services.uploading.uploads import (
    StoreOutcome,
    StoreStatus,
    announced_refusal,
    image_store,
    known_outcome,
    storable_path,
)
from config.disk_space import require_room

logger = logging.getLogger(__name__)

ARCHIVE_ENDING = ".zip"


class UploadStatus(enum.StrEnum):
    """The next step of an upload that has not ended."""

    GO_ON = "go_on"
    UNPACKING = "unpacking"


@dataclass(frozen=True, slots=True)
class UploadStep:
    """The state of an upload: its `outcome` if it has ended, otherwise the `upload`."""

    status: str
    upload: Upload | None = None
    outcome: StoreOutcome | None = None


def upload_begin(*, owner: User, name: str, size: int, sha256: str, album: Album | None = None) -> UploadStep:
    """Announce a file of `size` bytes. Its photo is added to `album`, also if it exists already.

    Raises UploadRefused for too many unfinished uploads, a full account or a full disk.
    """
    selected = Choice(name, size)
    known = known_outcome(owner=owner, sha256=sha256)
    if known is not None:
        return _ended(known, album, by=owner, selected=selected)
    if is_archive_name(name):
        refusal = _too_large_archive(size)
    else:
        refusal = announced_refusal(owner=owner, source_path=name, size=size)
    if refusal is not None:
        return _ended(refusal, by=owner, selected=selected)
    with transaction.atomic():
        # The limits apply to all uploads of an account: only one begins at a time.
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
    """Append a piece to an upload.

    Raises Upload.DoesNotExist, OffsetDiffers, UploadRefused for more bytes than announced, and OSError when
    they cannot be written.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().visible_to(owner).get(pk=upload_id)
        if upload.state != Upload.State.COMING:
            raise OffsetDiffers(upload.size_bytes)
        if offset != upload.received_bytes:
            raise OffsetDiffers(upload.received_bytes)
        if offset + len(piece) > upload.size_bytes:
            raise UploadRefused(RefusalCode.TOO_LONG)
        upload.received_bytes = partial_write(partial_path(upload.pk), offset=offset, piece=piece)
        upload.save(update_fields=["received_bytes", "changed_at"])
    if upload.received_bytes < offset:
        # The file was shorter than its row says: the machine may have lost its last seconds.
        raise OffsetDiffers(upload.received_bytes)
    return upload


def upload_finish(*, owner: User, upload_id: uuid.UUID) -> UploadStep:
    """Store a file that has arrived in full. Raises Upload.DoesNotExist, and OSError from the storage.

    The row and the partial file of a photo are deleted, whatever the outcome.
    """
    with transaction.atomic():
        # A second call waits for the lock, and finds the row deleted.
        upload = Upload.objects.select_for_update().visible_to(owner).get(pk=upload_id)
        if upload.state != Upload.State.COMING:
            return UploadStep(upload.state, upload)
        if not upload.complete:
            return UploadStep(UploadStatus.GO_ON, upload)
        path = partial_path(upload.pk)
        if is_archive_name(upload.name) and _begins_like_a_zip(path):
            upload.state = Upload.State.UNPACKING
            upload.save(update_fields=["state", "changed_at"])
            files_unselect(owner=owner, files=[Choice(upload.name, upload.size_bytes)])
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
        album, selected = upload.album, Choice(upload.name, upload.size_bytes)
        if outcome.image is not None:
            EndedUpload.objects.create(pk=upload.pk, owner=owner, sha256=upload.sha256)
        upload.delete()
        return _ended(outcome, album, by=owner, selected=selected)


def upload_receive(*, owner: User, upload_id: uuid.UUID, offset: int, piece: bytes) -> UploadStep:
    """Append a piece, and store the file if it is complete then. Raises what these two raise.

    When another sender of the same bytes has ended the upload meanwhile, the outcome is that of known bytes.
    """
    try:
        upload = upload_append(owner=owner, upload_id=upload_id, offset=offset, piece=piece)
        if upload.complete:
            return upload_finish(owner=owner, upload_id=upload_id)
        return UploadStep(UploadStatus.GO_ON, upload)
    except Upload.DoesNotExist:
        step = upload_ended(owner=owner, upload_id=upload_id)
        if step is None:
            raise
        return step


def upload_ended(*, owner: User, upload_id: uuid.UUID) -> UploadStep | None:
    """Return the outcome of an upload whose file was stored; None for others, or if its photo is gone."""
    ended = EndedUpload.objects.filter(owner=owner, pk=upload_id).first()
    known = known_outcome(owner=owner, sha256=ended.sha256) if ended is not None else None
    return None if known is None else UploadStep(known.status, None, known)


def file_take(*, owner: User, file: "UploadedFile[Any]", name: str, album: Album | None) -> UploadStep:
    """Store a file from a form. Raises OSError when it cannot be stored."""
    if not is_archive_name(name):
        return _ended(image_store(owner=owner, source=file, source_path=name), album, by=owner)
    size = file.size or 0
    if (refusal := _too_large_archive(size)) is not None:
        return _ended(refusal, by=owner)
    digest = hashlib.sha256()
    path = unpacked_path()
    require_room(path.parent, size)
    try:
        with path.open("wb") as target:
            for chunk in file.chunks():
                digest.update(chunk)
                target.write(chunk)
        step = upload_begin(owner=owner, name=name, size=size, sha256=digest.hexdigest(), album=album)
        if step.upload is None or step.status != UploadStatus.GO_ON:
            return step
        with transaction.atomic():
            upload = Upload.objects.select_for_update().get(pk=step.upload.pk)
            if upload.state != Upload.State.COMING:
                return UploadStep(upload.state, upload)
            path.replace(partial_path(upload.pk))
            upload.received_bytes = upload.size_bytes
            upload.save(update_fields=["received_bytes", "changed_at"])
        return upload_finish(owner=owner, upload_id=upload.pk)
    except UploadRefused as refused:
        return _ended(StoreOutcome.of_refusal(refused), by=owner)
    finally:
        path.unlink(missing_ok=True)


def is_archive_name(name: str) -> bool:
    """Return True for the name of a zip of photos, but not for documents that are zips inside."""
    return name.lower().endswith(ARCHIVE_ENDING)


def _begins_like_a_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def outcome_to_album(outcome: StoreOutcome, *, album: Album | None, by: User) -> None:
    """Add the photo of an outcome to the album, unless that is no longer allowed."""
    if album is None or outcome.image is None or outcome.image.state == Image.State.REFUSED:
        return
    try:
        album_add_images(album=album, images=[outcome.image], by=by)
    except (PermissionDenied, AlbumFillsItself) as error:
        logger.info("Image %s is not added to album %s: %r", outcome.image.pk, album.pk, error)


def _ended(
    outcome: StoreOutcome, album: Album | None = None, *, by: User, selected: Choice | None = None
) -> UploadStep:
    outcome_to_album(outcome, album=album, by=by)
    # After damage on the way it is sent again.
    if selected is not None and outcome.code != RefusalCode.DAMAGED_ON_THE_WAY:
        files_unselect(owner=by, files=[selected])
    return UploadStep(outcome.status, None, outcome)


def _too_large_archive(size: int) -> StoreOutcome | None:
    most = archive_limits().most_bytes
    if size <= most:
        return None
    values: dict[str, int | str] = {"what": "zip", "size": round(size / 2**20), "most": round(most / 2**20)}
    return StoreOutcome(StoreStatus.REFUSED, None, RefusalCode.TOO_LARGE, values)


def _check_room(owner: User, size: int) -> None:
    unfinished = Upload.objects.visible_to(owner).unfinished()
    announced = size + (unfinished.aggregate(sum=Sum("size_bytes"))["sum"] or 0)
    if unfinished.count() >= settings.UPLOAD_MOST_FILES or announced > settings.UPLOAD_MOST_MB * 2**20:
        raise UploadRefused(RefusalCode.FULL)
    try:
        quota_check(owner_id=owner.pk, size=size)
    except QuotaExceeded as full:
        raise UploadRefused(full.code, full.detail, full.values) from full
    if not room_for(size):
        raise UploadRefused(RefusalCode.NO_ROOM)
