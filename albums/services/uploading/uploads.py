"""A file comes in: kept byte for byte, once per owner, or refused with a reason."""

import contextlib
import enum
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import IntegrityError, transaction

from albums import imaging
from albums.error_messages import refusal_message
from albums.exceptions import ArchiveRefused, DigestDiffers, ImageRefused, QuotaExceeded, RefusalCode
from albums.models import Image
from albums.services.core.limits import image_limits
from albums.services.erasing.bin import images_restore
from albums.services.uploading.quotas import quota_check
from albums.storage import original_name, put_file

if TYPE_CHECKING:
    from albums.imaging import Limits, Probe

logger = logging.getLogger(__name__)

_CHUNK = 2**20
# Refusals of which the same bytes, given again, are the remedy.
LOST = frozenset({RefusalCode.MISSING, RefusalCode.DAMAGED})
# Nothing is ever run by its name here, but who downloads it again might: such a name is no photo's.
_PROGRAM_ENDINGS = frozenset(
    {"exe", "com", "scr", "pif", "msi", "bat", "cmd", "ps1", "vbs", "js", "jar", "hta", "lnk", "php", "sh"}
)


class StoreStatus(enum.StrEnum):
    """What became of a file."""

    ADDED = "added"
    ALREADY_THERE = "already_there"
    RESTORED = "restored"  # it was in the bin, and is out of it again
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """What became of a file; the rest is of a refusal alone, as in `ImageRefused`."""

    status: StoreStatus
    image: Image | None
    code: str = ""
    values: Mapping[str, int | str] = field(default_factory=dict)
    detail: str = ""

    @classmethod
    def of_refusal(cls, refusal: ImageRefused | ArchiveRefused) -> "StoreOutcome":
        """Of a file of which nothing is kept."""
        return cls(StoreStatus.REFUSED, None, refusal.code, refusal.values, getattr(refusal, "detail", ""))

    @property
    def why(self) -> str:
        """Why it was refused, in the reader's language; empty where it was not."""
        return refusal_message(self.code, self.values, otherwise=self.detail) if self.code else ""


def image_store(
    *,
    owner: User,
    source: "Path | File[bytes]",
    source_path: str,
    expected_sha256: str | None = None,
    promised: int = 0,
) -> StoreOutcome:
    """Take a file in: hash it, look at its header, keep it, write its row; it is read later, by a worker.

    `source_path` is how the person knows the file and is only ever shown. The same bytes given again are
    answered from the row: already there, out of the bin again, or refused for the same reason. Raises OSError
    when the storage fails; a `source` that cannot be read is a refusal. Raises DigestDiffers, with nothing
    kept, when the bytes are not those of `expected_sha256`. `promised` are bytes of it that an upload under
    way has counted against the owner's quota already.
    """
    path = storable_path(source_path)
    limits = image_limits()
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else _raw(source)
            size = _checked_size(file, path, limits)
            digest = _digest(file)
        except ImageRefused as refusal:
            return _refuse(owner, path_fingerprint(path), path, refusal, size=0)
        except OSError as error:
            detail = f"The file cannot be read: {error.strerror or error}."
            unreadable = ImageRefused(RefusalCode.UNREADABLE, detail)
            return _refuse(owner, path_fingerprint(path), path, unreadable, size=0)
        if expected_sha256 not in {None, digest}:
            raise DigestDiffers
        # The second: a row that says this path could not be read, which is no longer so.
        rows = Image.objects.filter(owner=owner, sha256__in=[digest, path_fingerprint(path)])
        known: Image | None = None
        for row in rows:
            if row.sha256 == digest:
                known = row
            else:
                row.delete()
        if known is not None:
            if known.reason in LOST:
                return _restore(known, file)
            return _known(known)
        try:
            header = imaging.probe(file, limits=limits)
        except ImageRefused as refusal:
            return _refuse(owner, digest, path, refusal, size=size)
        return _keep(owner, digest, path, file, size=size, header=header, promised=promised)


def known_outcome(*, owner: User, sha256: str) -> StoreOutcome | None:
    """What is known of these bytes without seeing them; None when they must be sent."""
    known = Image.objects.filter(owner=owner, sha256=sha256).first()
    return None if known is None or known.reason in LOST else _known(known)


def announced_refusal(*, owner: User, source_path: str, size: int) -> StoreOutcome | None:
    """The refusal of a file by its name and size alone, before it is sent; None when it may come."""
    path = storable_path(source_path)
    try:
        _check_size(size, path, image_limits())
    except ImageRefused as refusal:
        return _refuse(owner, path_fingerprint(path), path, refusal, size=0)
    return None


def image_refuse(*, image: Image, refusal: ImageRefused) -> None:
    """Turn a stored image into a refused one; its original is kept."""
    image.state = Image.State.REFUSED
    image.reason = refusal.code
    image.reason_values, image.detail = refusal.values, refusal.detail
    image.save(update_fields=["state", "reason", "reason_values", "detail"])
    logger.info("Image %s refused: %s", image.pk, refusal.code)


def storable_path(path: str) -> str:
    r"""The path as Postgres can hold it: undecodable bytes and NUL become `\xNN`, all else stays as it is."""
    return "".join(
        f"\\x{ord(letter) & 0xFF:02x}" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter
        for letter in path
    )


def path_fingerprint(path: str) -> str:
    """What stands in place of a digest for a file whose content was never read: distinct for each path."""
    return hashlib.sha256(b"path\0" + path.encode()).hexdigest()


def _raw(source: "File[bytes]") -> BinaryIO:
    """The file inside Django's wrapper, at its beginning."""
    source.open("rb")
    return cast("BinaryIO", source.file)


def _checked_size(file: BinaryIO, path: str, limits: "Limits") -> int:
    size = file.seek(0, 2)
    file.seek(0)
    _check_size(size, path, limits)
    return size


def _check_size(size: int, path: str, limits: "Limits") -> None:
    if path.rpartition("/")[2].rpartition(".")[2].lower() in _PROGRAM_ENDINGS:
        raise ImageRefused(
            RefusalCode.UNSUPPORTED,
            "Its name ends like a program's, not like a photo's.",
            {"what": "program"},
        )
    if size > limits.max_bytes:
        raise ImageRefused(
            RefusalCode.TOO_LARGE,
            f"The file has {size:,} bytes; the limit is {limits.max_bytes:,}.",
            {"size": round(size / 2**20), "most": round(limits.max_bytes / 2**20)},
        )


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _known(image: Image) -> StoreOutcome:
    if image.state == Image.State.REFUSED:
        return StoreOutcome(StoreStatus.REFUSED, image, image.reason, image.reason_values, image.detail)
    if image.binned_at is not None:
        # Who gives it again wants it again.
        images_restore(images=Image.objects.filter(pk=image.pk), by=image.owner)
        return StoreOutcome(StoreStatus.RESTORED, image)
    return StoreOutcome(StoreStatus.ALREADY_THERE, image)


def _refuse(owner: User, digest: str, path: str, refusal: ImageRefused, *, size: int) -> StoreOutcome:
    image, _ = Image.objects.get_or_create(
        owner=owner,
        sha256=digest,
        defaults={
            "source_path": path,
            "size_bytes": size,
            "state": Image.State.REFUSED,
            "reason": refusal.code,
            "reason_values": refusal.values,
            "detail": refusal.detail,
        },
    )
    return _known(image)


def _keep(
    owner: User, digest: str, path: str, file: BinaryIO, *, size: int, header: "Probe", promised: int
) -> StoreOutcome:
    image = Image(owner=owner, sha256=digest, source_path=path, size_bytes=size, mime_type=header.mime_type)
    image.original = original_name(image, f"original.{header.extension}")
    try:
        with transaction.atomic(), contextlib.ExitStack() as undo:
            quota_check(owner_id=owner.pk, size=size, promised=promised)
            # The row first: its unique key makes everyone else with the same bytes wait here, so that the
            # file has one writer, and whoever comes second leaves nothing behind.
            image.save(force_insert=True)
            undo.callback(image.original.storage.delete, image.original.name)
            _put_original(image, file)
            undo.pop_all()
    except QuotaExceeded as refusal:
        return StoreOutcome.of_refusal(refusal)
    except IntegrityError:
        return _known(Image.objects.get(owner=owner, sha256=digest))
    return StoreOutcome(StoreStatus.ADDED, image)


def _put_original(image: Image, file: BinaryIO) -> None:
    wanted = image.original.name or ""
    name = put_file(image.original.storage, wanted, File(file))
    if name != wanted:
        image.original = name
        image.save(update_fields=["original"])


def _restore(image: Image, file: BinaryIO) -> StoreOutcome:
    """Put back an original that was gone or damaged in the storage, and have it read again."""
    with transaction.atomic():
        _put_original(image, file)
        image.state, image.attempts = Image.State.STORED, 0
        image.reason, image.reason_values, image.detail = "", {}, ""
        image.save(update_fields=["state", "reason", "reason_values", "detail", "attempts"])
    return StoreOutcome(StoreStatus.ADDED, image)
