"""The XMP packet of a picture, as a tree of XML."""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

# XMP of a picture is some kilobytes; more is an attack or a whole edit history.
LARGEST_XMP = 2**20
_ITEM = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"
_DESCRIPTION = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"


def xmp_of(picture: Image.Image) -> Element | None:
    """Return the root of a picture's XMP, or None if there is none or it is damaged."""
    packet = picture.info.get("xmp")
    if isinstance(packet, str):
        packet = packet.encode("utf-8", errors="replace")
    return xmp_of_bytes(packet) if isinstance(packet, bytes) else None


def xmp_of_bytes(packet: bytes) -> Element | None:
    """Return the root of a packet or an XMP file, or None if it is empty, too large or damaged."""
    if not packet or len(packet) > LARGEST_XMP:
        return None
    try:
        root: Element = fromstring(packet.strip(b"\0 \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return root


def xmp_values(root: Element | None, names: Iterable[str]) -> list[str]:
    """Return the values of these properties in the order of the names: of attributes or of elements."""
    if root is None:
        return []
    described = list(root.iter(_DESCRIPTION))
    return [
        text
        for name in names
        for one in described
        for text in (one.get(name), one.findtext(name))
        if text and text.strip()
    ]


def xmp_items(root: Element | None, name: str) -> list[str]:
    """Return the texts of a property that is a list, or of a property with one text."""
    if root is None:
        return []
    return [
        text
        for found in root.iter(name)
        for item in (list(found.iter(_ITEM)) or [found])
        if (text := (item.text or "").strip())
    ]
