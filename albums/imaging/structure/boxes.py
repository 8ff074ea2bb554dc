"""Boxes of HEIC and AVIF files (ISO/IEC 14496-12): where they lie, and the items that they describe."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from albums.imaging.structure.errors import UnclearStructure, check_parts

_LARGEST_LIST = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, and where it, its content and its end are."""

    kind: bytes
    begin: int
    start: int
    stop: int


def boxes_of(file: BinaryIO, begin: int, end: int) -> Iterator[Box]:
    """Yield the boxes of a part of a file. Raises UnclearStructure for one that is longer than that."""
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
            raise UnclearStructure("A box is longer than its place.")
        yield Box(kind, begin, start, stop)
        begin = stop


def content_of_box(file: BinaryIO, box: Box | None) -> bytes:
    """Return the content of a box that describes others. Raises UnclearStructure without one."""
    if box is None:
        raise UnclearStructure("It does not say what is in it.")
    if box.stop - box.start > _LARGEST_LIST:
        raise UnclearStructure("A list in it is very long.")
    file.seek(box.start)
    return file.read(box.stop - box.start)


class Reader:
    """Whole numbers of given widths, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data, self._position = data, 0

    def part(self, length: int) -> bytes:
        """Return the next bytes. Raises UnclearStructure at the end."""
        end = self._position + length
        if not self._position <= end <= len(self._data):
            raise UnclearStructure("A list in it is cut.")
        part, self._position = self._data[self._position : end], end
        return part

    def number(self, width: int) -> int:
        """Return the next number, which is 0 without a byte. Raises UnclearStructure at the end."""
        return int.from_bytes(self.part(width), "big")

    def count(self, width: int) -> int:
        """Return a number of items. Raises UnclearStructure for more than any file has."""
        count = self.number(width)
        check_parts(count)
        return count


def item_kinds(data: bytes) -> dict[int, bytes]:
    """Return the kind of each item, of the box `iinf`."""
    reader = Reader(data)
    version = reader.number(4) >> 24
    kinds = {}
    for _number in range(reader.count(2 if version == 0 else 4)):
        entry = Reader(reader.part(reader.number(4) - 4))
        kind, version = entry.part(4), entry.number(4) >> 24
        if kind != b"infe" or version < 2:
            raise UnclearStructure("Its items are described in an old way.")
        item = entry.number(2 if version == 2 else 4)
        entry.number(2)
        kinds[item] = entry.part(4)
    return kinds


def item_places(data: bytes, inside: Box | None) -> dict[int, list[tuple[int, int]]]:
    """Return where items lie, of the box `iloc`, if that is in the file. inside: the box `idat`."""
    reader = Reader(data)
    version = reader.number(4) >> 24
    if version > 2:
        raise UnclearStructure("Its items are placed in a new way.")
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
