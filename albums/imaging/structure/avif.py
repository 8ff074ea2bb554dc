"""Sizes of the pictures in an AVIF file: in its boxes, and in the data itself."""

import contextlib
import struct
from collections.abc import Iterator
from typing import BinaryIO

from albums.imaging.structure.av1 import Size, coded_size
from albums.imaging.structure.boxes import Box, Reader, boxes_of, content_of_box, item_kinds, item_places
from albums.imaging.structure.errors import UnclearStructure

# The sequence header is at the beginning.
_HEAD_BYTES = 4096
_CODED = b"av01"
_CONTAINERS = frozenset({b"mdia", b"minf", b"stbl"})
_FIXED_POINT_BITS = 16


def avif_sizes(file: BinaryIO) -> Iterator[tuple[Size, Size]]:
    """Yield the size that the file says, and that of the data, for each picture and sequence in it.

    A decoder scales the second to the first. What cannot be read is left to the decoder.
    """
    size = file.seek(0, 2)
    with contextlib.suppress(UnclearStructure, struct.error, IndexError):
        for box in boxes_of(file, 0, size):
            if box.kind == b"meta":
                yield from _item_sizes(file, box)
            elif box.kind == b"moov":
                for track in boxes_of(file, box.start, box.stop):
                    if track.kind == b"trak":
                        yield from _track_sizes(file, track)


def _item_sizes(file: BinaryIO, meta: Box) -> Iterator[tuple[Size, Size]]:
    found = {box.kind: box for box in boxes_of(file, meta.start + 4, meta.stop)}
    kinds = item_kinds(content_of_box(file, found.get(b"iinf")))
    places = item_places(content_of_box(file, found.get(b"iloc")), found.get(b"idat"))
    if b"iprp" not in found:
        return
    properties = {box.kind: box for box in boxes_of(file, found[b"iprp"].start, found[b"iprp"].stop)}
    if (listed := properties.get(b"ipco")) is None:
        return
    described = list(boxes_of(file, listed.start, listed.stop))
    for item, numbers in _associations(content_of_box(file, properties.get(b"ipma"))).items():
        sizes = [described[number - 1] for number in numbers if 0 < number <= len(described)]
        size = next((box for box in sizes if box.kind == b"ispe"), None)
        if kinds.get(item) != _CODED or size is None or item not in places:
            continue
        declared = Size(*struct.unpack(">4xII", content_of_box(file, size)[:12]))
        if coded := _coded(file, places[item][0][0]):
            yield declared, coded


def _associations(data: bytes) -> dict[int, list[int]]:
    """Return the numbers of the properties of each item, of the box `ipma`."""
    reader = Reader(data)
    flags = reader.number(4)
    item_bytes, number_bytes = (4 if flags >> 24 else 2), (2 if flags & 1 else 1)
    # The highest bit says that a decoder must know the property.
    mask = (1 << (8 * number_bytes - 1)) - 1
    found: dict[int, list[int]] = {}
    for _entry in range(reader.count(4)):
        item = reader.number(item_bytes)
        found[item] = [reader.number(number_bytes) & mask for _number in range(reader.number(1))]
    return found


def _track_sizes(file: BinaryIO, track: Box) -> Iterator[tuple[Size, Size]]:
    found: dict[bytes, Box] = {}
    waiting = [track]
    while waiting:
        outer = waiting.pop()
        for box in boxes_of(file, outer.start, outer.stop):
            found.setdefault(box.kind, box)
            if box.kind in _CONTAINERS:
                waiting.append(box)
    offsets, width = (found.get(b"stco"), 4) if b"stco" in found else (found.get(b"co64"), 8)
    if b"tkhd" not in found or offsets is None:
        return
    declared = struct.unpack(">II", content_of_box(file, found[b"tkhd"])[-8:])
    reader = Reader(content_of_box(file, offsets))
    reader.number(8)
    if coded := _coded(file, reader.number(width)):
        yield Size(*(side >> _FIXED_POINT_BITS for side in declared)), coded


def _coded(file: BinaryIO, offset: int) -> Size | None:
    file.seek(offset)
    return coded_size(file.read(_HEAD_BYTES))
