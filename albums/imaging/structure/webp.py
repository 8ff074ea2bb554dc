"""The size in the header of a WebP (RFC 9649)."""

WEBP_HEAD_BYTES = 30

_LOSSY_START = b"\x9d\x01\x2a"


def webp_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height of the canvas from the first bytes of a file; None if it is no WebP."""
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < WEBP_HEAD_BYTES:
        return None
    match head[12:16]:
        case b"VP8X":
            return _number(head[24:27]) + 1, _number(head[27:30]) + 1
        case b"VP8L":
            packed = _number(head[21:25])
            return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
        case b"VP8 " if head[23:26] == _LOSSY_START:
            return _number(head[26:28]) & 0x3FFF, _number(head[28:30]) & 0x3FFF
    return None


def _number(part: bytes) -> int:
    return int.from_bytes(part, "little")
