"""Messages of refused files. Rows hold a code and values; the message is made in the reader's language."""

from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.exceptions import RefusalCode as Code

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
    (Code.TOO_LARGE, "zip"): _("The zip is %(size)s MB; the limit is %(most)s MB. Split it into several."),
    (Code.BROKEN, "zip"): _(
        "The zip is damaged at this file. Create it again or upload the photo separately."
    ),
    (Code.UNSUPPORTED, "zip"): _(
        "The compression method isn't supported. Create the zip with default settings."
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


def refusal_message(code: str, values: Mapping[str, object], *, otherwise: str = "") -> str:
    """The sentence for a code with its values; `otherwise`, or the code, where there is none for it.

    Rows that are older than the values have the plain sentence; some older ones hold words for a code.
    """
    text = _OF_KIND.get((code, values.get("what"))) or (values and _NUMBERED.get(code))
    if not text:
        return str(_SENTENCES.get(code, otherwise or code))
    return str(text) % {name: _shown(name, value) for name, value in values.items()}


def _shown(name: str, value: object) -> object:
    """A number as the reader writes it: of bytes, where the value's name ends so, in larger units."""
    if not isinstance(value, int):
        return value
    return filesizeformat(value) if name.endswith("_bytes") else number_format(value, force_grouping=True)
