"""HEIC and AVIF: EXIF keeps its allowed tags; XMP, texts, private boxes and films beside the picture go.

A box that goes becomes one of the kind `free`, of the same size, so that no offset in the file changes.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from albums.imaging.cleaning.tiff import HEADERS, exif_cleaned
from albums.imaging.cleaning.xmp import empty_packet
from albums.imaging.overlay import Patch
from albums.imaging.structure.boxes import Box, boxes_of, content_of_box, item_kinds, item_places
from albums.imaging.structure.errors import UnclearStructure

_TOP = frozenset({b"ftyp", b"styp", b"meta", b"mdat", b"moov", b"free", b"skip", b"wide", b"pdin"})
_META = frozenset({b"hdlr", b"pitm", b"iloc", b"iinf", b"iprp", b"iref", b"idat", b"grpl", b"dinf"})
# Boxes of a sequence of pictures, in which others may be that go.
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"})
_PRIVATE = frozenset({b"uuid", b"udta", b"meta"})
_TEXT_ITEMS = frozenset({b"mime", b"uri "})
_EXIF_ITEM, _PROPERTIES, _DESCRIPTION = b"Exif", b"ipco", b"udes"
_EXIF_PREFIX = b"Exif\0\0"
_LARGEST_ITEM = 64 * 2**20


def heif_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a HEIC or AVIF file. Raises UnclearStructure."""
    size = file.seek(0, os.SEEK_END)
    patches: list[Patch] = []
    for box in boxes_of(file, 0, size):
        if box.kind == b"meta":
            patches += _meta_patches(file, box)
        elif box.kind == b"moov":
            patches += _film_patches(file, box)
        elif box.kind not in _TOP:
            patches += _freed(box)
        elif box.kind in {b"free", b"skip"}:
            patches.append(Patch(box.start, box.stop))
    return sorted(patches)


def _freed(box: Box) -> list[Patch]:
    return [Patch(box.begin + 4, box.begin + 8, b"free"), Patch(box.start, box.stop)]


def _film_patches(file: BinaryIO, box: Box) -> Iterator[Patch]:
    for inner in boxes_of(file, box.start, box.stop):
        if inner.kind in _PRIVATE:
            yield from _freed(inner)
        elif inner.kind in _CONTAINERS:
            yield from _film_patches(file, inner)


def _meta_patches(file: BinaryIO, meta: Box) -> Iterator[Patch]:
    boxes = list(boxes_of(file, meta.start + 4, meta.stop))
    found = {box.kind: box for box in boxes}
    kinds = item_kinds(content_of_box(file, found.get(b"iinf")))
    places = item_places(content_of_box(file, found.get(b"iloc")), found.get(b"idat"))
    for item, kind in kinds.items():
        if kind != _EXIF_ITEM and kind not in _TEXT_ITEMS:
            continue
        if (parts := places.get(item)) is None:
            raise UnclearStructure("Some metadata is not in one place.")
        if kind == _EXIF_ITEM:
            yield from _spread(parts, _exif_item(_joined(file, parts)))
        else:
            yield from _spread(parts, empty_packet(sum(stop - start for start, stop in parts)))
    for box in boxes:
        if box.kind not in _META:
            yield from _freed(box)
        elif box.kind == b"iprp":
            yield from _property_patches(file, box)


def _property_patches(file: BinaryIO, box: Box) -> Iterator[Patch]:
    """Empty the texts among the properties. They stay, since properties are counted."""
    for inner in boxes_of(file, box.start, box.stop):
        if inner.kind == _PROPERTIES:
            for one in boxes_of(file, inner.start, inner.stop):
                if one.kind in {_DESCRIPTION, b"uuid"}:
                    yield from _freed(one)


def _joined(file: BinaryIO, places: Sequence[tuple[int, int]]) -> bytes:
    if sum(stop - start for start, stop in places) > _LARGEST_ITEM:
        raise UnclearStructure("It has very large metadata.")
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
