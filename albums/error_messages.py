"""Messages of refused files and failed jobs.

Rows hold a code and values; the message is made in the reader's language.
"""

import math
from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from albums.exceptions import JobCode, PictureLinkCode, StyleCode
from albums.exceptions import RefusalCode as Code

SECONDS_SHOWN = 90
"""A longer wait is shown in minutes."""

_SENTENCES: dict[str, str | Promise] = {
    Code.NOT_AN_IMAGE: _("This file isn't a readable image."),
    Code.HTML_PAGE: _("This is a web page, not an image. The download may have failed."),
    Code.TRUNCATED: _("The file is incomplete: part of the image is missing."),
    Code.TOO_MANY_PIXELS: _("The image has too many pixels."),
    Code.TOO_LARGE: _("The file is too large."),
    Code.EMPTY: _("The file is empty."),
    Code.UNSUPPORTED: _("This file type isn't supported."),
    Code.BROKEN: _("The file is damaged and cannot be read."),
    Code.UNREADABLE: _("The file cannot be opened."),
    Code.MISSING: _("The original is no longer on the server. Upload the photo again."),
    Code.DAMAGED: _("The file on the server has changed or is damaged. Upload the photo again."),
    Code.TOOK_TOO_LONG: _("Processing took too long."),
    Code.CRASHED: _("Processing failed several times."),
    Code.DAMAGED_ON_THE_WAY: _("The file was damaged during the upload. Upload it again."),
    Code.NESTED_ARCHIVE: _("Archives inside a zip aren't unpacked. Upload it separately."),
    Code.ENCRYPTED: _("The file is password-protected. Create the zip without a password."),
    Code.LINK: _("This is a link to another file, not a photo."),
    Code.BOMB: _("The unpacked file would be too large for a photo."),
    Code.NOT_A_ZIP: _("The zip file is incomplete. Create it again and upload it again."),
    Code.TOO_MANY_FILES: _("The zip contains too many files. Split it into several."),
    Code.UNPACKED_TOO_LARGE: _("Unpacked, the zip would be too large. Split it into several."),
    Code.OVERLAPPING: _("The files in this zip overlap. It is damaged or malicious."),
    Code.NO_PHOTO: _("This zip contains no photos."),
    Code.FULL: _("There are too many interrupted uploads. Resume or discard them on the upload page."),
    Code.NO_ROOM: _("The server's disk is full."),
    Code.TOO_LONG: _("The file is larger than announced."),
    Code.QUOTA_EXCEEDED: _("Your storage is full."),
}
# Instead, where the numbers are known.
_NUMBERED: dict[str, str | Promise] = {
    Code.TOO_MANY_PIXELS: _("The image has %(size)s megapixels; the limit is %(most)s."),
    Code.TOO_LARGE: _("The file is %(size)s MB; the limit is %(most)s MB."),
    Code.BOMB: _(
        "It would unpack to more than %(ratio)s times its size, which is not plausible for a photo."
    ),
    Code.QUOTA_EXCEEDED: _(
        "Your storage is full: %(used_bytes)s of %(most_bytes)s used. Delete photos and empty the bin, "
        "or ask the administrator for more space, then upload the file again."
    ),
    Code.TOO_MANY_FILES: _("The zip contains %(count)s files; the limit is %(most)s. Split it into several."),
    Code.UNPACKED_TOO_LARGE: _(
        "Unpacked, the zip would be %(size)s MB; the limit is %(most)s MB. Split it into several."
    ),
}
# Instead, where it is known what the file is: the value `what`.
_OF_KIND: dict[tuple[str, object], str | Promise] = {
    (Code.TOO_MANY_PIXELS, "side"): _("A side of the image has %(size)s pixels; the limit is %(most)s."),
    (Code.TOO_LARGE, "zip"): _("The zip is %(size)s MB; the limit is %(most)s MB. Split it into several."),
    (Code.BROKEN, "zip"): _(
        "The zip is damaged at this file. Create it again or upload the photo separately."
    ),
    (Code.UNSUPPORTED, "zip"): _(
        "The compression method isn't supported. Create the zip with default settings."
    ),
    (Code.UNSUPPORTED, "compression"): _(
        "The zip compresses this file by the method %(method)s, which isn't supported. Create the zip again "
        "with the method Deflate, or upload the photo separately."
    ),
    (Code.UNSUPPORTED, "deflate64"): _(
        "The zip compresses this file by the method Deflate64, which isn't supported. Windows uses it for "
        "zips above 2 GB: create several smaller zips, or upload the photos without a zip."
    ),
    (Code.UNSUPPORTED, "program"): _("The file extension belongs to a program, not a photo."),
    (Code.UNSUPPORTED, "raw"): _("Camera raw files aren't supported. Export as JPEG first."),
    (Code.UNSUPPORTED, "video"): _("Videos aren't supported."),
    (Code.UNSUPPORTED, "sound"): _("Audio and video files aren't supported."),
    (Code.UNSUPPORTED, "drawing"): _("Vector graphics aren't supported. Export as PNG first."),
    (Code.UNSUPPORTED, "document"): _("Documents aren't supported."),
    (Code.UNSUPPORTED, "archive"): _("This archive format isn't supported. Use a .zip file."),
    (Code.UNSUPPORTED, "picture"): _("This image format isn't supported. Export as JPEG first."),
}

_LINK_SENTENCES: dict[str, StrOrPromise] = {
    PictureLinkCode.OFF: _("Links to images aren't allowed on this server. Upload the file instead."),
    PictureLinkCode.BAD_LINK: _(
        "This isn't a link that can be fetched. It begins with http:// or https:// and has no password "
        "or special port."
    ),
    PictureLinkCode.NOT_PUBLIC: _("The link doesn't lead to a public server."),
    PictureLinkCode.UNREACHABLE: _("The server of the link didn't send the image."),
    PictureLinkCode.TOO_SLOW: _("The server of the link took too long."),
    PictureLinkCode.BAD_STATUS: _("The server of the link answered with error %(status)s."),
    PictureLinkCode.TOO_MANY_REDIRECTS: _("The link is redirected too many times."),
    PictureLinkCode.NOT_A_PICTURE: _("The link doesn't lead to an image but to something else."),
    PictureLinkCode.TOO_LARGE: _("The image at the link is larger than %(most)s MB."),
}


def link_message(code: str, values: Mapping[str, object]) -> str:
    """Return the sentence for a code of `PictureLinkError` with its values; the code if there is none."""
    return str(_LINK_SENTENCES.get(code, code)) % values


def refusal_message(code: str, values: Mapping[str, object], *, otherwise: str = "") -> str:
    """The sentence for a code with its values; `otherwise`, or the code, where there is none for it.

    Rows that are older than the values have the plain sentence; some older ones hold words for a code.
    """
    text = _OF_KIND.get((code, values.get("what"))) or (values and _NUMBERED.get(code))
    if not text:
        return str(_SENTENCES.get(code, otherwise or code))
    return str(text) % {name: _shown(name, value) for name, value in values.items()}


_JOB_SENTENCES: dict[str, str | Promise] = {
    JobCode.CRASHED: _("The job ended unexpectedly several times. The server may have too little memory."),
    JobCode.BROKEN: _("Something went wrong. The details are in the server's log."),
    JobCode.TOOK_TOO_LONG: _("The job took too long. Try a smaller size."),
    JobCode.UNKNOWN_KIND: _("This tool isn't available on this server."),
    JobCode.PHOTO_GONE: _("The photo has been deleted, or is no longer shared with you."),
    JobCode.ALBUM_GONE: _("The album has been deleted, or you may no longer change it."),
    JobCode.FILE_GONE: _("The uploaded file is no longer on the server. Upload it again."),
    JobCode.FILE_TOO_LARGE: _("The file is too large."),
    JobCode.TOO_MANY: _("Too many jobs are waiting. Wait until some are done, or cancel some."),
    JobCode.FULL: _("Your studio is full. Delete results that you no longer need."),
    JobCode.NOT_ENDED: _("This job cannot be retried now."),
    JobCode.ENDED: _("This job has already ended."),
}
_JOB_NUMBERED: dict[str, str | Promise] = {
    JobCode.FILE_TOO_LARGE: _("The file has %(size_bytes)s; the limit is %(most_bytes)s."),
    JobCode.FULL: _(
        "Your studio is full: %(used_bytes)s of %(most_bytes)s used. Delete results that you no longer need."
    ),
}


STYLE_MESSAGES: dict[str, StrOrPromise] = {
    StyleCode.UNKNOWN: _("There is no such style. Choose one from the list."),
    StyleCode.BAD_OPTION: _("The option %(name)s has a value that isn't allowed."),
    StyleCode.MODEL_MISSING: _(
        "The models of painter styles are not installed on this server. "
        "The administrator can install them: bin/manage fetch_models"
    ),
    StyleCode.MODEL_FAILED: _("There was not enough memory. Try a smaller size."),
    StyleCode.BUSY: _("The server is busy with other previews. Try again in a moment."),
    StyleCode.NOT_A_PICTURE: _("This file can't become a photo."),
    **_LINK_SENTENCES,
}
GATYS_MESSAGES: dict[str, StrOrPromise] = {
    **STYLE_MESSAGES,
    StyleCode.TORCH_MISSING: _(
        "This server can't paint thoroughly yet: the library torch is not installed. The administrator can "
        "install it: .venv/bin/pip install -r requirements-gatys.txt, then bin/manage fetch_models "
        "vgg16_features"
    ),
    StyleCode.FEATURES_MISSING: _(
        "This server can't paint thoroughly yet: its model is not installed. The administrator can install "
        "it: bin/manage fetch_models vgg16_features"
    ),
    StyleCode.TOO_NARROW: _("The photo or the image of the style is too narrow."),
}


def wait_message(seconds: int) -> str:
    """Return the sentence for TooManyAttempts: how long to wait, in minutes if it is long."""
    if seconds <= SECONDS_SHOWN:
        return ngettext(
            "Too many attempts. Try again in %(count)d second.",
            "Too many attempts. Try again in %(count)d seconds.",
            seconds,
        ) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many attempts. Try again in %(count)d minute.",
        "Too many attempts. Try again in %(count)d minutes.",
        minutes,
    ) % {"count": minutes}


def pictures_busy_message() -> str:
    """Return the sentence for PicturesBusy."""
    return gettext("The server is busy with other images. Try again in a moment.")


def job_message(
    code: str, values: Mapping[str, object], *, of_kind: Mapping[str, "str | Promise"] | None = None
) -> str:
    """The sentence for the code of a job's problem; of_kind: the sentences of the job's kind, by code."""
    text = (of_kind or {}).get(code) or (values and _JOB_NUMBERED.get(code)) or _JOB_SENTENCES.get(code)
    if not text:
        return refusal_message(code, values)
    return str(text) % {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: object) -> object:
    """A number as the reader writes it: of bytes, where the value's name ends so, in larger units."""
    if not isinstance(value, int):
        return value
    return filesizeformat(value) if name.endswith("_bytes") else number_format(value, force_grouping=True)
