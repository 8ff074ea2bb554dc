"""Why files were refused, in the language of who reads it: rows keep a code and its values, never words."""

from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.exceptions import RefusalCode as Code

_SENTENCES: dict[str, str | Promise] = {
    Code.NOT_AN_IMAGE: _("This is not a picture that can be read."),
    Code.HTML_PAGE: _("This is a web page, not a picture: the download went wrong."),
    Code.TRUNCATED: _("The file ends too early: part of the picture is missing."),
    Code.TOO_MANY_PIXELS: _("The picture has too many pixels."),
    Code.TOO_LARGE: _("The file is too large."),
    Code.EMPTY: _("The file is empty."),
    Code.UNSUPPORTED: _("Files of this kind cannot be added."),
    Code.BROKEN: _("The file is damaged and cannot be read."),
    Code.UNREADABLE: _("The file cannot be opened."),
    Code.MISSING: _("The original is no longer on the server. Add the photo again."),
    Code.DAMAGED: _("The file on the server is no longer what it was. Add the photo again."),
    Code.TOOK_TOO_LONG: _("Reading it took too long."),
    Code.CRASHED: _("It was tried several times, and never came to an end."),
    Code.DAMAGED_ON_THE_WAY: _("The file was changed or damaged on the way. Send it again."),
    Code.NESTED_ARCHIVE: _("An archive inside a zip is not unpacked. Send it by itself."),
    Code.ENCRYPTED: _("It is locked with a password. Make the zip again without one."),
    Code.LINK: _("It is a link to another file, not a photo."),
    Code.BOMB: _("Unpacked it would be far larger than any photo."),
    Code.NOT_A_ZIP: _("This is not a whole zip. Make it again and send it again."),
    Code.TOO_MANY_FILES: _("The zip has too many files in it. Split it into several."),
    Code.UNPACKED_TOO_LARGE: _("Unpacked, the zip would be too large. Split it into several."),
    Code.OVERLAPPING: _("The files in this zip overlap. It is damaged, or made to do harm."),
    Code.NO_PHOTO: _("There is no photo in this zip."),
    Code.FULL: _(
        "Too many files have stopped half-way. Send them to the end, or drop them on the upload page."
    ),
    Code.NO_ROOM: _("The disk of this Trombine is full."),
    Code.TOO_LONG: _("These are more bytes than were announced."),
    Code.QUOTA_EXCEEDED: _("The storage of this account is full."),
}
# Instead, where the numbers are known.
_NUMBERED: dict[str, str | Promise] = {
    Code.TOO_MANY_PIXELS: _("The picture has %(size)s megapixels; the limit is %(most)s."),
    Code.TOO_LARGE: _("The file has %(size)s MB; the limit is %(most)s MB."),
    Code.BOMB: _("It would unpack to more than %(ratio)s times its size, as no photo does."),
    Code.QUOTA_EXCEEDED: _(
        "The storage of this account is full: %(used_bytes)s of %(most_bytes)s are used. Erase photos that "
        "you do not need and empty the bin, or ask the person who runs this Trombine for more room; then "
        "send the file again."
    ),
    Code.TOO_MANY_FILES: _(
        "The zip has %(count)s files in it; the limit is %(most)s. Split it into several."
    ),
    Code.UNPACKED_TOO_LARGE: _(
        "Unpacked, the zip would have %(size)s MB; the limit is %(most)s MB. Split it into several."
    ),
}
# Instead, where it is known what the file is: the value `what`.
_OF_KIND: dict[tuple[str, object], str | Promise] = {
    (Code.TOO_LARGE, "zip"): _("The zip has %(size)s MB; the limit is %(most)s MB. Split it into several."),
    (Code.BROKEN, "zip"): _("The zip is damaged at this file. Make it again, or send the photo by itself."),
    (Code.UNSUPPORTED, "zip"): _("It is packed in an unusual way. Make the zip with the usual settings."),
    (Code.UNSUPPORTED, "program"): _("Its name ends like a program's, not like a photo's."),
    (Code.UNSUPPORTED, "raw"): _("This is a camera's raw file. Export it as JPEG first."),
    (Code.UNSUPPORTED, "video"): _("This is a video. Only photos can be added."),
    (Code.UNSUPPORTED, "sound"): _("This is a sound or a video. Only photos can be added."),
    (Code.UNSUPPORTED, "drawing"): _("This is a drawing made of lines. Export it as PNG first."),
    (Code.UNSUPPORTED, "document"): _("This is a document, not a photo."),
    (Code.UNSUPPORTED, "archive"): _(
        "This is an archive, not a photo. The name of a zip of photos ends in .zip."
    ),
    (Code.UNSUPPORTED, "picture"): _("Pictures of this format cannot be read. Export it as JPEG first."),
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
