"""Reasons why a file does not become a photo. Their words are in `refusals`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class RefusalCode(StrEnum):
    """Stable names for the reasons: rows and answers hold them."""

    NOT_AN_IMAGE = "not_an_image"
    HTML_PAGE = "html_page"
    TRUNCATED = "truncated"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    EMPTY = "empty"
    UNSUPPORTED = "unsupported"
    BROKEN = "broken"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    DAMAGED = "damaged"
    TOOK_TOO_LONG = "took_too_long"
    CRASHED = "crashed"
    DAMAGED_ON_THE_WAY = "damaged_on_the_way"
    NESTED_ARCHIVE = "nested_archive"
    ENCRYPTED = "encrypted"
    LINK = "link"
    BOMB = "bomb"
    # Of a whole zip.
    NOT_A_ZIP = "not_a_zip"
    TOO_MANY_FILES = "too_many_files"
    UNPACKED_TOO_LARGE = "unpacked_too_large"
    OVERLAPPING = "overlapping"
    NO_PHOTO = "no_photo"
    # Of an upload that cannot begin or go on now.
    FULL = "full"
    NO_ROOM = "no_room"
    TOO_LONG = "too_long"
    # Of any file, while its account keeps as much as it may.
    QUOTA_EXCEEDED = "quota_exceeded"


class ImageRefused(Exception):
    """A file that is not taken: a stable code, and the values that its words need.

    detail: the same for whoever looks after the server, in English and perhaps more exactly.
    """

    def __init__(
        self, code: RefusalCode, detail: str = "", values: Mapping[str, int | str] | None = None
    ) -> None:
        super().__init__(detail or str(code))
        self.code = code
        self.detail = detail
        self.values = dict(values or {})

    def __reduce__(self) -> "tuple[type[ImageRefused], tuple[RefusalCode, str, dict[str, int | str]]]":
        # Exceptions cross process borders by pickle, which would call __init__ with the detail alone.
        return type(self), (self.code, self.detail, self.values)


class ArchiveRefused(Exception):
    """A zip that is not taken apart at all: a stable code, and the values that its words need."""

    def __init__(self, code: RefusalCode, values: Mapping[str, int | str] | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.values = dict(values or {})


class DigestDiffers(Exception):
    """The bytes that came are not those that were announced."""


class OffsetDiffers(Exception):
    """A piece of a file that does not begin where the last one ended, which is at `received`."""

    def __init__(self, received: int) -> None:
        super().__init__(f"The next byte wanted is number {received}.")
        self.received = received


class QuotaExceeded(ImageRefused):
    """An account may not keep another file; nothing of it is kept, and it can be sent again."""

    def __init__(self, *, used: int, most: int) -> None:
        detail = f"The storage of this account is full: {used:,} of {most:,} bytes are used."
        super().__init__(RefusalCode.QUOTA_EXCEEDED, detail, {"used_bytes": used, "most_bytes": most})

    def __reduce__(self) -> "tuple[Any, ...]":
        return ImageRefused, (self.code, self.detail, self.values)


class UploadRefused(Exception):
    """An upload that cannot begin or go on now: its `code` is FULL, NO_ROOM, TOO_LONG or QUOTA_EXCEEDED."""

    def __init__(self, code: RefusalCode, values: Mapping[str, int | str] | None = None) -> None:
        super().__init__(str(code))
        self.code = code
        self.values = dict(values or {})


class ImportFolderError(Exception):
    """A folder that cannot be imported at all: it is missing, is no folder, or holds no picture."""


class AlbumFillsItself(Exception):
    """Photos come and go in this album by its rule; nobody adds or removes any by hand."""


class TooManyAttempts(Exception):
    """Too many attempts at a password; `seconds` is how long to wait."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"too many attempts; try again in {seconds} seconds")
        self.seconds = seconds


class ArchivesBusy(Exception):
    """As many zips as the server can send at once are being sent; in a moment there is room again."""


class LinkError(Exception):
    """A share link that cannot be opened, or not for this."""


class LinkNotFound(LinkError):
    """No share link has this token: it never existed, or was deleted."""


class LinkExpired(LinkError):
    """The share link has expired."""


class LinkPasswordNeeded(LinkError):
    """The password of the share link is missing or wrong."""


class LinkWithoutDownloads(LinkError):
    """The share link does not allow downloads of originals."""
