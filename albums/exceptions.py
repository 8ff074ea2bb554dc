"""Exceptions of albums. The messages of refusal codes are in `error_messages`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class RefusalCode(StrEnum):
    """Reasons why a file does not become a photo, as stored in rows and returned by the API."""

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
    # Of an upload that cannot begin or continue.
    FULL = "full"
    NO_ROOM = "no_room"
    TOO_LONG = "too_long"
    # Of any file of an account without storage left.
    QUOTA_EXCEEDED = "quota_exceeded"


class Refused(Exception):
    """A file that is not accepted: a stable code, and the values that its message needs.

    detail: the reason for administrators, in English and possibly more exact.
    """

    def __init__(
        self, code: RefusalCode, detail: str = "", values: Mapping[str, int | str] | None = None
    ) -> None:
        super().__init__(detail or str(code))
        self.code = code
        self.detail = detail
        self.values = dict(values or {})

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross process boundaries by pickle, which would pass only the detail to __init__.
        return type(self), (self.code, self.detail, self.values)


class ImageRefused(Refused):
    """A file that does not become a photo."""


class QuotaExceeded(ImageRefused):
    """A file for which the account has no storage left; nothing of it is stored, and it can be sent again."""


class ArchiveRefused(Refused):
    """A zip that is not unpacked at all."""


class UploadRefused(Refused):
    """An upload that cannot begin or continue: its code is FULL, NO_ROOM, TOO_LONG or QUOTA_EXCEEDED."""


class DigestDiffers(Exception):
    """The received bytes are not the announced ones."""


class OffsetDiffers(Exception):
    """A piece of a file that does not begin where the previous one ended, at `received`."""

    def __init__(self, received: int) -> None:
        super().__init__(f"The next expected byte is number {received}.")
        self.received = received


class ImportFolderError(Exception):
    """A folder that cannot be imported: it is missing, is not a folder, or contains no picture."""


class AlbumFillsItself(Exception):
    """A smart album, whose photos cannot be added or removed by hand."""


class TooManyAttempts(Exception):
    """Too many attempts at a password; `seconds` is how long to wait."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"too many attempts; try again in {seconds} seconds")
        self.seconds = seconds


class TooManySearches(TooManyAttempts):
    """Too many look-alike searches of visitors; `seconds` is how long to wait."""


class AlbumNameTaken(Exception):
    """The owner has another album with this name."""


class ArchivesBusy(Exception):
    """The server sends as many zips as it can at once; a later attempt may succeed."""


class PicturesBusy(Exception):
    """The server decodes as many pictures as it can at once; try again in `seconds`."""

    def __init__(self, *, seconds: int) -> None:
        super().__init__(f"too many pictures at once; try again in {seconds} seconds")
        self.seconds = seconds


class LinkError(Exception):
    """A share link that cannot be opened, or not for this."""


class LinkNotFound(LinkError):
    """The share link does not exist or was deleted."""


class LinkExpired(LinkError):
    """The share link has expired."""


class LinkPasswordNeeded(LinkError):
    """The password of the share link is missing or wrong."""


class LinkWithoutDownloads(LinkError):
    """The share link does not allow downloads of originals."""


class LinkWithoutLookalike(LinkError):
    """The share link does not allow look-alike searches, or its album is no gallery."""


class PictureLinkCode(StrEnum):
    """Reasons why the picture at a link is not fetched."""

    OFF = "links_off"
    BAD_LINK = "bad_link"
    NOT_PUBLIC = "not_public"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    BAD_STATUS = "bad_status"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NOT_A_PICTURE = "not_a_picture"
    TOO_LARGE = "link_too_large"


class PictureLinkError(Exception):
    """A link whose picture is not fetched: a stable code, and the values that its message needs."""

    def __init__(
        self, code: PictureLinkCode, detail: str = "", values: Mapping[str, int | str] | None = None
    ) -> None:
        super().__init__(detail or str(code))
        self.code = code
        self.detail = detail
        self.values = dict(values or {})

    def __reduce__(self) -> tuple[Any, ...]:
        # As of Refused.
        return type(self), (self.code, self.detail, self.values)


class JobCode(StrEnum):
    """Reasons why a job does not start or fails, as stored in rows and returned by the API.

    Kinds of job add their own.
    """

    CRASHED = "job_crashed"
    BROKEN = "job_broken"
    TOOK_TOO_LONG = "job_took_too_long"
    UNKNOWN_KIND = "job_unknown_kind"
    PHOTO_GONE = "job_photo_gone"
    ALBUM_GONE = "job_album_gone"
    FILE_GONE = "job_file_gone"
    FILE_TOO_LARGE = "job_file_too_large"
    # Of a job that cannot start now.
    TOO_MANY = "job_too_many"
    FULL = "job_full"
    NOT_ENDED = "job_not_ended"
    ENDED = "job_ended"


class StyleCode(StrEnum):
    """Reasons why a photo is not painted in a style, as stored in rows and returned by the API."""

    UNKNOWN = "style_unknown"
    BAD_OPTION = "style_bad_option"
    MODEL_MISSING = "style_model_missing"
    MODEL_FAILED = "style_model_failed"
    BUSY = "style_busy"
    # Of the thorough engine.
    TORCH_MISSING = "gatys_torch_missing"
    FEATURES_MISSING = "gatys_model_missing"
    TOO_NARROW = "gatys_too_narrow"
    # Of a result that cannot become a photo.
    NOT_A_PICTURE = "style_not_a_picture"


class JobProblem(Exception):
    """A job that does not start, or fails: a code, and the values that its message needs."""

    def __init__(self, code: str, values: Mapping[str, int | str] | None = None, detail: str = "") -> None:
        super().__init__(detail or str(code))
        self.code = str(code)
        self.values = dict(values or {})
        self.detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.values, self.detail)


class JobRefused(JobProblem):
    """A job that cannot start or change now."""


class JobFailed(JobProblem):
    """A job that ends without a result, for an expected reason."""


class JobPaused(Exception):
    """The run of a job ends so that others get their turn; the next run has these `inputs`, too."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        super().__init__("the job waits again")
        self.inputs = dict(inputs)


class JobCancelled(Exception):
    """The run of a job ends, because its owner cancelled or deleted it or another run has taken its place."""
