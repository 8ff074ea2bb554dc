"""Reasons why a file does not become a photo."""

from enum import StrEnum


class RefusalCode(StrEnum):
    """Stable names for the reasons; the sentence beside it is for people and may change."""

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
    TOOK_TOO_LONG = "took_too_long"
    CRASHED = "crashed"
    DAMAGED_ON_THE_WAY = "damaged_on_the_way"
    NESTED_ARCHIVE = "nested_archive"
    ENCRYPTED = "encrypted"
    LINK = "link"
    BOMB = "bomb"


class ImageRefused(Exception):
    """A file that is not taken, with a stable code and a sentence for the person who gave it."""

    def __init__(self, code: RefusalCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> "tuple[type[ImageRefused], tuple[RefusalCode, str]]":
        # Exceptions cross process borders by pickle, which would call __init__ with the message alone.
        return type(self), (self.code, self.message)


class ArchiveRefused(Exception):
    """A zip that is not taken apart at all, with a sentence for the person who gave it."""


class DigestDiffers(Exception):
    """The bytes that came are not those that were announced."""


class OffsetDiffers(Exception):
    """A piece of a file that does not begin where the last one ended, which is at `received`."""

    def __init__(self, received: int) -> None:
        super().__init__(f"The next byte wanted is number {received}.")
        self.received = received


class UploadRefused(Exception):
    """An upload that cannot begin or go on now: its `code` is one of "full", "no_room" and "too_long"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ImportFolderError(Exception):
    """A folder that cannot be imported at all: it is missing, is no folder, or holds no picture."""


class OwnerUnclearError(Exception):
    """It is not clear whose photos these are; the message names the accounts to choose from."""


class AlbumFillsItself(Exception):
    """Photos come and go in this album by its rule; nobody adds or removes any by hand."""


class TooManyTries(Exception):
    """A password was tried too often; `seconds` is how long to wait."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"too many tries; again in {seconds} seconds")
        self.seconds = seconds


class ArchivesBusy(Exception):
    """As many zips as the server can send at once are being sent; in a moment there is room again."""
