"""Store files as photos: byte for byte and once per owner, or refused with a reason."""

import contextlib
import enum
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import cast

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import IntegrityError, transaction

from albums.error_messages import refusal_message
from albums.exceptions import DigestDiffers, ImageRefused, QuotaExceeded, RefusalCode, Refused
from albums.models import Image
from albums.services.core.isolation import picture_probe
from albums.services.core.limits import image_limits
from albums.services.erasing.bin import images_restore
from albums.services.uploading.quotas import quota_check
from albums.storage import original_name, put_file

logger = logging.getLogger(__name__)

# Refusals of photos whose original is accepted when it is sent again.
LOST = frozenset({RefusalCode.MISSING, RefusalCode.DAMAGED})
# The server executes no file, but a person who downloads one with such a name might.
_PROGRAM_ENDINGS = frozenset(
    {"exe", "scr", "pif", "msi", "bat", "cmd", "ps1", "vbs", "js", "jar", "hta", "lnk", "php", "sh"}
)
# Also the ending of a program, but mostly of a web address, which browsers give as a name. Such a file is
# judged by its content, and gets the ending of that.
_ADDRESS_ENDING = ".com"


class StoreStatus(enum.StrEnum):
    """The outcome for a file; RESTORED was in the bin."""

    ADDED = "added"
    ALREADY_THERE = "already_there"
    RESTORED = "restored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """The outcome for a file; code, values and detail are those of a refusal."""

    status: StoreStatus
    image: Image | None
    code: str = ""
    values: Mapping[str, int | str] = field(default_factory=dict)
    detail: str = ""

    @classmethod
    def of_refusal(cls, refusal: Refused) -> "StoreOutcome":
        """Return the outcome for a file of which nothing is stored."""
        return cls(StoreStatus.REFUSED, None, refusal.code, refusal.values, refusal.detail)

    @property
    def why(self) -> str:
        """The reason for the refusal in the current language, or empty."""
        return refusal_message(self.code, self.values, otherwise=self.detail) if self.code else ""


def image_store(
    *,
    owner: User,
    source: "Path | File[bytes]",
    source_path: str,
    expected_sha256: str | None = None,
    promised: int = 0,
) -> StoreOutcome:
    """Store a file and its row after checking the header; a worker reads the picture later.

    source_path: the user's name of the file, only for display. promised: bytes of the file that an upload has
    counted against the quota. Known bytes have the known outcome: already there, restored from the bin, or
    refused for the same reason. A `source` that cannot be read is refused. Raises DigestDiffers for other
    bytes than `expected_sha256`, and OSError when the storage fails.
    """
    path = storable_path(source_path)
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else _raw(source)
            size = file.seek(0, 2)
            _check(path, size)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
        except ImageRefused as refusal:
            return _refuse(owner, path_fingerprint(path), path, refusal, size=0)
        except OSError as error:
            detail = f"The file cannot be read: {error.strerror or error}."
            unreadable = ImageRefused(RefusalCode.UNREADABLE, detail)
            return _refuse(owner, path_fingerprint(path), path, unreadable, size=0)
        if expected_sha256 not in {None, digest}:
            raise DigestDiffers
        keys = [digest, path_fingerprint(path)]
        known = {row.sha256: row for row in Image.objects.filter(owner=owner, sha256__in=keys)}
        if refused_path := known.get(path_fingerprint(path)):
            refused_path.delete()  # the file could not be read then
        if image := known.get(digest):
            return _restore(image, file) if image.reason in LOST else _known(image)
        try:
            header = picture_probe(file, limits=image_limits())
        except ImageRefused as refusal:
            return _refuse(owner, digest, path, refusal, size=size)
        if path.lower().endswith(_ADDRESS_ENDING):
            path = f"{path}.{header.extension}"
        image = Image(
            owner=owner, sha256=digest, source_path=path, size_bytes=size, mime_type=header.mime_type
        )
        image.original = original_name(image, f"original.{header.extension}")
        return _insert(image, file, promised=promised)


def known_outcome(*, owner: User, sha256: str) -> StoreOutcome | None:
    """Return the outcome for known bytes; None when they must be sent."""
    known = Image.objects.filter(owner=owner, sha256=sha256).first()
    return None if known is None or known.reason in LOST else _known(known)


def announced_refusal(*, owner: User, source_path: str, size: int) -> StoreOutcome | None:
    """Return the refusal of a file because of its name or size; None when it may be sent."""
    path = storable_path(source_path)
    try:
        _check(path, size)
    except ImageRefused as refusal:
        return _refuse(owner, path_fingerprint(path), path, refusal, size=0)
    return None


def image_refuse(*, image: Image, refusal: ImageRefused) -> None:
    """Refuse a stored image, but do not delete its original."""
    image.state, image.reason = Image.State.REFUSED, refusal.code
    image.reason_values, image.detail = refusal.values, refusal.detail
    image.save(update_fields=["state", "reason", "reason_values", "detail"])
    logger.info("Image %s refused: %s", image.pk, refusal.code)


def path_refusals_forget(*, owner: User, source_path: str, image: Image) -> None:
    """Delete the refusals of a file in a folder that has become `image`, as it was not whole before."""
    Image.objects.filter(owner=owner, source_path=source_path).refused().exclude(pk=image.pk).delete()


def storable_path(path: str) -> str:
    r"""Return the path as Postgres can store it: undecodable bytes and NUL become `\xNN`."""
    return "".join(
        f"\\x{ord(letter) & 0xFF:02x}" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter
        for letter in path
    )


def path_fingerprint(path: str) -> str:
    """Return what replaces the digest of a file whose content was never read."""
    return hashlib.sha256(b"path\0" + path.encode()).hexdigest()


def _raw(source: "File[bytes]") -> BufferedReader:
    source.open("rb")
    return cast("BufferedReader", source.file)


def _check(path: str, size: int) -> None:
    if path.rpartition("/")[2].rpartition(".")[2].lower() in _PROGRAM_ENDINGS:
        detail = "The ending of its name is that of a program."
        raise ImageRefused(RefusalCode.UNSUPPORTED, detail, {"what": "program"})
    if size > (most := image_limits().max_bytes):
        detail = f"The file has {size:,} bytes; the limit is {most:,}."
        megabytes = {"size": round(size / 2**20), "most": round(most / 2**20)}
        raise ImageRefused(RefusalCode.TOO_LARGE, detail, megabytes)


def _known(image: Image) -> StoreOutcome:
    if image.state == Image.State.REFUSED:
        return StoreOutcome(StoreStatus.REFUSED, image, image.reason, image.reason_values, image.detail)
    if image.binned_at is None:
        return StoreOutcome(StoreStatus.ALREADY_THERE, image)
    images_restore(images=Image.objects.filter(pk=image.pk), by=image.owner)
    return StoreOutcome(StoreStatus.RESTORED, image)


def _refuse(owner: User, digest: str, path: str, refusal: ImageRefused, *, size: int) -> StoreOutcome:
    defaults = {
        "source_path": path,
        "size_bytes": size,
        "state": Image.State.REFUSED,
        "reason": refusal.code,
        "reason_values": refusal.values,
        "detail": refusal.detail,
    }
    image, _created = Image.objects.get_or_create(owner=owner, sha256=digest, defaults=defaults)
    return _known(image)


def _insert(image: Image, file: BufferedReader, *, promised: int) -> StoreOutcome:
    try:
        with transaction.atomic(), contextlib.ExitStack() as undo:
            quota_check(owner_id=image.owner_id, size=image.size_bytes, promised=promised)
            # The row first: its unique key makes others with the same bytes wait, so that the file has one
            # writer.
            image.save(force_insert=True)
            undo.callback(image.original.storage.delete, str(image.original.name))
            _put_original(image, file)
            undo.pop_all()
    except QuotaExceeded as refusal:
        return StoreOutcome.of_refusal(refusal)
    except IntegrityError:
        return _known(Image.objects.get(owner=image.owner, sha256=image.sha256))
    return StoreOutcome(StoreStatus.ADDED, image)


def _put_original(image: Image, file: BufferedReader) -> None:
    wanted = image.original.name or ""
    name = put_file(image.original.storage, wanted, File(file))
    if name != wanted:
        image.original = name
        image.save(update_fields=["original"])


@transaction.atomic
def _restore(image: Image, file: BufferedReader) -> StoreOutcome:
    """Replace an original that was missing or damaged in the storage, and let it be read again."""
    _put_original(image, file)
    Image.objects.filter(pk=image.pk).mark_unread()
    image.refresh_from_db()
    return StoreOutcome(StoreStatus.ADDED, image)
