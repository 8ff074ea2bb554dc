"""HEIC and AVIF: EXIF keeps its allowed tags; XMP, texts, private boxes and films beside the picture go.

A box that goes becomes one of the kind `free`, of the same size, so that no offset in the file changes.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from albums.imaging.cleaning.errors import CannotClean, check_parts
from albums.imaging.cleaning.tiff import HEADERS, exif_cleaned
from albums.imaging.cleaning.xmp import empty_packet
from albums.imaging.overlay import Patch

_TOP = frozenset({b"ftyp", b"styp", b"meta", b"mdat", b"moov", b"free", b"skip", b"wide", b"pdin"})
_META = frozenset({b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl", b"dinf"})
# Boxes of a sequence of pictures, in which others may be that go.
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"})
_PRIVATE = frozenset({b"uuid", b"udta", b"meta"})
_TEXT_ITEMS = frozenset({b"mime", b"uri "})
_EXIF_ITEM, _PROPERTIES, _DESCRIPTION = b"Exif", b"ipco", b"udes"
_EXIF_PREFIX = b"Exif\0\0"
_LARGEST_ITEM = 64 * 2**20


@dataclass(frozen=True, slots=True)
class _Box:
    """A box: its kind, and where it, its content and its end are."""

    kind: bytes
    begin: int
    start: int
    stop: int


def heif_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a HEIC or AVIF file. Raises CannotClean."""
    size = file.seek(0, os.SEEK_END)
    patches: list[Patch] = []
    for box in _boxes(file, 0, size):
        if box.kind == b"meta":
            patches += _meta_patches(file, box)
        elif box.kind == b"moov":
            patches += _film_patches(file, box)
        elif box.kind not in _TOP:
            patches += _freed(box)
        elif box.kind in {b"free", b"skip"}:
            patches.append(Patch(box.start, box.stop))
    return sorted(patches)


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[_Box]:
    count = 0
    while begin + 8 <= end:
        count += 1
        check_parts(count)
        file.seek(begin)
        length, kind = struct.unpack(">I4s", file.read(8))
        start = begin + 8
        if length == 1:
            length, start = struct.unpack(">Q", file.read(8))[0], begin + 16
        stop = end if length == 0 else begin + length
        if not start <= stop <= end:
            raise CannotClean("A box is longer than its place.")
        yield _Box(kind, begin, start, stop)
        begin = stop


def _freed(box: _Box) -> list[Patch]:
    return [Patch(box.begin + 4, box.begin + 8, b"free"), Patch(box.start, box.stop)]


def _film_patches(file: BinaryIO, box: _Box) -> Iterator[Patch]:
    for inner in _boxes(file, box.start, box.stop):
        if inner.kind in _PRIVATE:
            yield from _freed(inner)
        elif inner.kind in _CONTAINERS:
            yield from _film_patches(file, inner)


def _meta_patches(file: BinaryIO, meta: _Box) -> Iterator[Patch]:
    boxes = list(_boxes(file, meta.start + 4, meta.stop))
    found = {box.kind: box for box in boxes}
    kinds = _item_kinds(_content(file, found.get(b"iinf")))
    places = _item_places(_content(file, found.get(b"iloc")), found.get(b"idat"))
    for item, kind in kinds.items():
        if kind != _EXIF_ITEM and kind not in _TEXT_ITEMS:
            continue
        if (parts := places.get(item)) is None:
            raise CannotClean("Some metadata is not in one place.")
        if kind == _EXIF_ITEM:
            yield from _spread(parts, _exif_item(_joined(file, parts)))
        else:
            yield from _spread(parts, empty_packet(sum(stop - start for start, stop in parts)))
    for box in boxes:
        if box.kind not in _META:
            yield from _freed(box)
        elif box.kind == b"iprp":
            yield from _property_patches(file, box)


def _property_patches(file: BinaryIO, box: _Box) -> Iterator[Patch]:
    """Empty the texts among the properties. They stay, since properties are counted."""
    for inner in _boxes(file, box.start, box.stop):
        if inner.kind == _PROPERTIES:
            for one in _boxes(file, inner.start, inner.stop):
                if one.kind in {_DESCRIPTION, b"uuid"}:
                    yield from _freed(one)


def _content(file: BinaryIO, box: _Box | None) -> bytes:
    if box is None:
        raise CannotClean("It does not say what is in it.")
    if box.stop - box.start > _LARGEST_ITEM:
        raise CannotClean("A list in it is very long.")
    file.seek(box.start)
    return file.read(box.stop - box.start)


def _joined(file: BinaryIO, places: Sequence[tuple[int, int]]) -> bytes:
    if sum(stop - start for start, stop in places) > _LARGEST_ITEM:
        raise CannotClean("It has very large metadata.")
    parts = []
    for start, stop in places:
        file.seek(start)
        parts.append(file.read(stop - start))
    return b"".join(parts)


def _spread(places: Sequence[tuple[int, int]], content: bytes) -> Iterator[Patch]:
    for start, stop in places:
        yield Patch(start, stop, content[: stop - start])
        content = content[stop - start :]


def _exif_item(content: bytes) -> bytes:
    """An item with the distance of the TIFF header, then the EXIF block; some writers are off by a prefix."""
    begins = [at for at in (content.find(header, 4) for header in HEADERS) if at >= 0]
    if not begins:
        return bytes(len(content))
    begin = min(begins)
    # Decoders of AVIF want what usually stands there.
    prefix = _EXIF_PREFIX.rjust(begin - 4, b"\0")[-(begin - 4) :] if begin > 4 else b""
    return struct.pack(">I", begin - 4) + prefix + exif_cleaned(content[begin:])


class _Reader:
    """Whole numbers of given widths, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    def part(self, length: int) -> bytes:
        """Return the next bytes. Raises CannotClean at the end."""
        end = self._position + length
        if not self._position <= end <= len(self._data):
            raise CannotClean("A list in it is cut.")
        part, self._position = self._data[self._position : end], end
        return part

    def number(self, width: int) -> int:
        """Return the next number, which is 0 without a byte. Raises CannotClean at the end."""
        return int.from_bytes(self.part(width), "big")

    def count(self, width: int) -> int:
        """Return a number of items. Raises CannotClean for more than any file has."""
        count = self.number(width)
        check_parts(count)
        return count


def _item_kinds(data: bytes) -> dict[int, bytes]:
    """Return the kind of each item, of the box `iinf`."""
    reader = _Reader(data)
    version = reader.number(4) >> 24
    kinds = {}
    for _number in range(reader.count(2 if version == 0 else 4)):
        entry = _Reader(reader.part(reader.number(4) - 4))
        kind, version = entry.part(4), entry.number(4) >> 24
        if kind != b"infe" or version < 2:
            raise CannotClean("Its items are described in an old way.")
        item = entry.number(2 if version == 2 else 4)
        entry.number(2)
        kinds[item] = entry.part(4)
    return kinds


def _item_places(data: bytes, inside: _Box | None) -> dict[int, list[tuple[int, int]]]:
    """Return where items lie, of the box `iloc`, if that is in the file. inside: the box `idat`."""
    reader = _Reader(data)
    version = reader.number(4) >> 24
    if version > 2:
        raise CannotClean("Its items are placed in a new way.")
    sizes = reader.number(2)
    offset_bytes, length_bytes, base_bytes, index_bytes = (sizes >> shift & 0xF for shift in (12, 8, 4, 0))
    places: dict[int, list[tuple[int, int]]] = {}
    for _number in range(reader.count(4 if version == 2 else 2)):
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 0xF if version else 0
        elsewhere = reader.number(2)
        base = reader.number(base_bytes)
        extents = []
        for _extent in range(reader.count(2)):
            reader.number(index_bytes if version else 0)
            offset, length = reader.number(offset_bytes), reader.number(length_bytes)
            extents.append((base + offset, length))
        if elsewhere or method > 1 or (method == 1 and inside is None) or (0 in dict(extents).values()):
            continue  # made of other items, not in this file, or without an end
        origin = inside.start if method == 1 and inside else 0
        places[item] = [(origin + begin, origin + begin + length) for begin, length in extents]
    return places
