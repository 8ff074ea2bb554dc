"""Find out what a file is that no decoder accepts, from its bytes."""

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
# All beginnings of those, with BigTIFF and bitmaps without a file header.
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8|II[*+]\0|MM\0[*+]|BM|RIFF....WEBP|....ftyp"
    rb"|[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0",
    re.DOTALL,
)
_FOREIGN = (
    (b"%PDF", "PDF document"),
    (b"%!PS", "PostScript drawing"),
    (b"\xc5\xd0\xd3\xc6", "PostScript drawing"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"PK\x05\x06", "ZIP archive"),
    (b"8BPS", "Photoshop picture"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "JPEG 2000 picture"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL picture"),
    (b"\xff\x0a", "JPEG XL picture"),
    (b"FUJIFILMCCD-RAW", "camera raw"),
    (b"IIRO", "camera raw"),
    (b"IIU\x00", "camera raw"),
    (b"\x1aE\xdf\xa3", "video"),
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
# Major brands of pictures that are stored in another way than HEIC and AVIF.
_HEIF_FOREIGN_BRANDS = frozenset(
    {b"miaf", b"MiHE", b"mif2", b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"j2is", b"vvic", b"vvis",
     b"evbi", b"evbs", b"unif"}
)  # fmt: skip
# The kind of an item, in the second and third version of its entry; and those that are decoded.
_HEIF_ITEM = re.compile(rb"infe(?:\x02.{7}|\x03.{9})(\w{4})", re.DOTALL)
_HEIF_CODED = frozenset(
    {b"hvc1", b"av01", b"vvc1", b"unci", b"jpeg", b"avc1", b"j2k1", b"evc1", b"lhv1", b"hev1", b"hvt1"}
)
_HEIF_DECODED = frozenset({b"hvc1", b"av01"})


def begins_as_picture(head: bytes) -> bool:
    """Return True for the first bytes of a format that is taken; what follows may still be refused."""
    return bool(_PICTURE.match(head))


def unidentified_reason(head: bytes, *, tail: bytes) -> ImageRefused:
    """The refusal for a file that no decoder recognised, from its first bytes and its last."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML.match(text) or b"<html" in head[:1024].lower():
        return ImageRefused(
            RefusalCode.HTML_PAGE, "This is a web page, not a picture; the download went wrong."
        )
    if foreign := _foreign(head, text):
        # The last word is the kind of file, by which it is put into words.
        return ImageRefused(
            RefusalCode.UNSUPPORTED, f"The file is: {foreign}.", {"what": foreign.rpartition(" ")[2]}
        )
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
        return "SVG drawing"
    if text[:5].lower() == b"<?xml":
        return "XML document"
    if head[:4] == b"RIFF" and head[8:12] != b"WEBP":
        return "sound"
    if head[4:8] == b"ftyp" and _foreign_heif(head):
        return "HEIF picture"
    if head[4:8] == b"ftyp" and head[8:12] not in _HEIF_BRANDS:
        return "camera raw" if head[8:11] == b"crx" else "video"
    return next((what for magic, what in _FOREIGN if head.startswith(magic)), None)


def _foreign_heif(head: bytes) -> bool:
    """Return True for a HEIF file whose pictures are all of a kind that is not decoded."""
    if head[8:12] not in _HEIF_BRANDS:
        return head[8:12] in _HEIF_FOREIGN_BRANDS
    coded = set(_HEIF_ITEM.findall(head)) & _HEIF_CODED
    return bool(coded) and not coded & _HEIF_DECODED
