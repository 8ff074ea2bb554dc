"""Read around damage beside the pixels: a JPEG without its end, a PNG with damaged text.

Only what a picture lacks refuses it. A picture that is whole takes none of these ways.
"""

import hashlib
import itertools
import os
import re
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

from albums.imaging.overlay import OverlaidFile, Patch
from albums.imaging.pixels import BAND_ROWS
from albums.imaging.structure.parts import PNG_END, PNG_SIGNATURE, content_of, png_parts

# Real files have some ten chunks before their pixels, and these are small but for profiles.
_MOST_CHUNKS = 10_000
_LARGEST_CHUNK = 64 * 2**20
# An unknown chunk that may be ignored.
_IGNORED = b"loSt"
_ANCILLARY = 0x20

_END = b"\xff\xd9"
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_START_OF_SCAN = b"\xff\xda"
_FIRST_BITS = (b"\x1d", b"\x6b", b"\xb2", b"\xe4")
_HIGHEST_COEFFICIENT = 63
# Enough to find the last restart marker in.
_LAST_PART = 2**20
# Progressive files are for the web; a larger one without its end counts as cut.
_LARGEST_PROGRESSIVE = 64 * 2**20


def png_without_damaged_extras(file: BinaryIO) -> BinaryIO | None:
    """Return a PNG whose ancillary chunks with a wrong checksum are ignored; None if it has none.

    As libpng does: the checksum says that the content is not to be trusted, and no pixel depends on it.
    Chunks after the pixels are not looked at, since their checksums are never verified.
    """
    file.seek(0)
    if file.read(len(PNG_SIGNATURE)) != PNG_SIGNATURE:
        return None
    patches = []
    for position, kind, content, checksum in _chunks(file):
        if kind[0] & _ANCILLARY and zlib.crc32(content, zlib.crc32(kind)) != checksum:
            end = position + 8 + len(content)
            mended = struct.pack(">I", zlib.crc32(content, zlib.crc32(_IGNORED)))
            patches += [Patch(position + 4, position + 8, _IGNORED), Patch(end, end + 4, mended)]
    file.seek(0)
    return OverlaidFile(file, patches) if patches else None  # type: ignore[return-value]  # all that is read


def _chunks(file: BinaryIO) -> Iterator[tuple[int, bytes, bytes, int]]:
    """Position, kind, content and checksum of the chunks before the pixels that are complete."""
    for part in itertools.islice(png_parts(file), _MOST_CHUNKS):
        if part.kind in {b"IDAT", PNG_END} or part.stop - part.start > _LARGEST_CHUNK:
            return
        content, checksum = content_of(file, part), file.read(4)
        if len(content) < part.stop - part.start or len(checksum) < 4:
            return
        yield part.start - 8, part.kind, content, struct.unpack(">I", checksum)[0]


def jpeg_loaded_without_end(picture: Image.Image, file: BinaryIO) -> bool:
    """Load a JPEG that lacks its end marker; return False if some of its pixels are missing, too.

    A decoder fills what is missing with whatever bits come next. So the picture is decoded with its end
    added, and with several kinds of other bits before the end: behind the last pixel they make no
    difference. Raises what the decoder raises.
    """
    if picture.info.get("progressive") and not _all_scans(file):
        return False
    tile = picture.tile  # type: ignore[attr-defined]  # of a picture from a file
    digests = set()
    # Last as it is: that is how the picture stays.
    for filling in (*_fillings(file), b""):
        picture.fp, picture.tile = file, list(tile)  # type: ignore[attr-defined]
        picture.load_read = _Ended(file, filling + _END).read  # type: ignore[attr-defined]  # the same
        picture.load()
        digests.add(pixels_digest(picture))
        if len(digests) > 1:
            return False
    return True


def _fillings(file: BinaryIO) -> Iterator[bytes]:
    """Yield bits to continue a scan with, that begin differently and contain no marker."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _LAST_PART))
    last_part = file.read()
    # Half of a marker: with a zero behind it, it is a byte of the picture.
    begin = b"\x00" if last_part.endswith(b"\xff") else b""
    restart = _next_restart(last_part)
    for number, first in enumerate(_FIRST_BITS):
        filling = _bits(number, first)
        yield begin + filling
        yield restart + filling


def scan_filling(scan: bytes) -> bytes:
    """Return bits to add to the end of a complete scan, which its decoder does not look at."""
    return b"".join((_bits(1, _FIRST_BITS[1]), _next_restart(scan[-_LAST_PART:]), _bits(2, _FIRST_BITS[2])))


def _bits(number: int, first: bytes) -> bytes:
    bits = b"".join(hashlib.sha256(bytes((number, part))).digest() for part in range(8))
    return first + bits.replace(b"\xff", b"\x5a")


def _next_restart(part: bytes) -> bytes:
    restarts = _RESTART.findall(part)
    return bytes((0xFF, 0xD0 + (restarts[-1][1] + 1) % 8 if restarts else 0xD0))


def pixels_digest(picture: Image.Image) -> bytes:
    """A digest of the pixels, in bands since a large picture has no room twice."""
    digest = hashlib.sha256()
    for top in range(0, picture.height, BAND_ROWS):
        band = picture.crop((0, top, picture.width, min(top + BAND_ROWS, picture.height)))
        digest.update(band.tobytes())
    return digest.digest()


class _Ended:
    """The reading of a file, then once of `ending`."""

    def __init__(self, file: BinaryIO, ending: bytes) -> None:
        self._file, self._ending = file, ending

    def read(self, size: int) -> bytes:
        if found := self._file.read(size):
            return found
        ending, self._ending = self._ending, b""
        return ending


def _all_scans(file: BinaryIO) -> bool:
    """Return True if the scans of a progressive JPEG hold every bit of every coefficient."""
    file.seek(0)
    data = file.read(_LARGEST_PROGRESSIVE + 1)
    if len(data) > _LARGEST_PROGRESSIVE:
        return False
    lowest: dict[tuple[int, int], int] = {}
    components: set[int] = set()
    position = 0
    while (position := data.find(_START_OF_SCAN, position)) >= 0:
        count = data[position + 4] if position + 4 < len(data) else 0
        header = data[position + 5 : position + 8 + 2 * count]
        position += 2
        if not 1 <= count <= 4 or len(header) < 2 * count + 3:
            continue
        first, last, bits = header[-3:]
        for component in header[: 2 * count : 2]:
            components.add(component)
            for coefficient in range(first, min(last, _HIGHEST_COEFFICIENT) + 1):
                lowest[component, coefficient] = bits & 0x0F
    wanted = [(one, number) for one in components for number in range(_HIGHEST_COEFFICIENT + 1)]
    return bool(wanted) and all(lowest.get(key) == 0 for key in wanted)
