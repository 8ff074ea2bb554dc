"""Why a file that no decoder takes is no photo, in words that help the person who gave it."""

import re

from albums.exceptions import ImageRefused, RefusalCode

_HTML = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|title|meta|h1|p|div)\b", re.IGNORECASE)
# Beginnings of the formats that are taken: a file that has one and is not opened is damaged, not foreign.
_TAKEN = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
)
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript drawing"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"8BPS", "a Photoshop document"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file"),
    (b"IIRO", "a camera's raw file"),
    (b"IIU\x00", "a camera's raw file"),
    (b"\x1aE\xdf\xa3", "a video"),
)
_HEIF_BRANDS = frozenset(
    {
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"hevm",
        b"hevs",
        b"mif1",
        b"msf1",
        b"avif",
        b"avis",
    }
)


def unidentified_reason(head: bytes, *, tail: bytes) -> ImageRefused:
    """The refusal for a file that no decoder recognised, from its first bytes and its last."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.match(text) or b"<html" in head[:1024].lower():
        return ImageRefused(
            RefusalCode.HTML_PAGE, "This is a web page, not a picture; the download went wrong."
        )
    if foreign := _foreign(head, text):
        return ImageRefused(RefusalCode.UNSUPPORTED, f"This is {foreign}, which is not taken.")
    taken = next((name for magic, name in _TAKEN if head.startswith(magic)), None)
    if head[:4] == b"RIFF":
        taken = "WebP"
    if head[4:8] == b"ftyp":
        taken = "HEIF or AVIF"
    if taken == "JPEG" and b"\xff\xd9" not in tail:
        return ImageRefused(RefusalCode.TRUNCATED, "The file ends before the picture begins.")
    if taken:
        return ImageRefused(RefusalCode.BROKEN, f"The file begins as {taken}, but its header is damaged.")
    return ImageRefused(RefusalCode.NOT_AN_IMAGE, "This is not a picture that can be read.")


def _foreign(head: bytes, text: bytes) -> str | None:
    """The name of a known format that is not taken."""
    if b"<svg" in text.lower():
        return "an SVG drawing"
    if text[:5].lower() == b"<?xml":
        return "an XML document"
    if head[:4] == b"RIFF" and head[8:12] != b"WEBP":
        return "a sound or a video"
    if head[4:8] == b"ftyp" and head[8:12] not in _HEIF_BRANDS:
        return "a camera's raw file" if head[8:11] == b"crx" else "a video"
    return next((what for magic, what in _FOREIGN if head.startswith(magic)), None)
