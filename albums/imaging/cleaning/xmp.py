"""XMP, of which nothing stays but the orientation."""

import re

_ORIENTATION = re.compile(rb"tiff:Orientation(?:\s*=\s*[\"']|>)\s*([1-8])")
_EMPTY = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'


def xmp_orientation(packet: bytes) -> int:
    """Return the orientation in a packet, 1 without one."""
    found = _ORIENTATION.search(packet)
    return int(found[1]) if found else 1


def empty_packet(length: int) -> bytes:
    """Return a packet of this length without a property, where one must stay."""
    return (_EMPTY if len(_EMPTY) <= length else b"").ljust(length)
