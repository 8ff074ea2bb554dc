"""TIFF, which is also the form of every EXIF block: keep the allowed tags, overwrite everything else.

Directories stay where they are, with the allowed entries moved together, and so do their values and the
pixels; no offset changes. All other bytes become zero, whatever they were.
"""

import io
import os
import struct
from typing import BinaryIO

from PIL import ExifTags

from albums.imaging.overlay import OverlaidFile, Patch
from albums.imaging.structure.errors import UnclearStructure, check_parts

_Tag = ExifTags.Base

# Sizes of a value by its type, of TIFF 6.0 and the additions of EXIF 3.0.
_VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 129: 1}
_SHORT, _WHOLE = 3, frozenset({3, 4, 13})
_ENTRY_BYTES = 12
# An EXIF block with the orientation alone.
ORIENTATION_BYTES = 26
HEADERS = (b"II*\0", b"MM\0*")

_CAMERA = frozenset(
    {
        _Tag.Orientation, _Tag.Make, _Tag.Model, _Tag.XResolution, _Tag.YResolution, _Tag.ResolutionUnit,
        _Tag.DateTime, _Tag.YCbCrPositioning, _Tag.Copyright,
    }
)  # fmt: skip
_EXPOSURE = frozenset(
    {
        _Tag.ExposureTime, _Tag.FNumber, _Tag.ExposureProgram, _Tag.ISOSpeedRatings, _Tag.SensitivityType,
        _Tag.StandardOutputSensitivity, _Tag.RecommendedExposureIndex, _Tag.ExifVersion,
        _Tag.DateTimeOriginal, _Tag.DateTimeDigitized, _Tag.OffsetTime, _Tag.OffsetTimeOriginal,
        _Tag.OffsetTimeDigitized, _Tag.SubsecTime, _Tag.SubsecTimeOriginal, _Tag.SubsecTimeDigitized,
        _Tag.ComponentsConfiguration, _Tag.CompressedBitsPerPixel, _Tag.ShutterSpeedValue,
        _Tag.ApertureValue, _Tag.BrightnessValue, _Tag.ExposureBiasValue, _Tag.MaxApertureValue,
        _Tag.SubjectDistance, _Tag.MeteringMode, _Tag.LightSource, _Tag.Flash, _Tag.FocalLength,
        _Tag.FlashPixVersion, _Tag.ColorSpace, _Tag.ExifImageWidth, _Tag.ExifImageHeight,
        _Tag.FocalPlaneXResolution, _Tag.FocalPlaneYResolution, _Tag.FocalPlaneResolutionUnit,
        _Tag.SensingMethod, _Tag.FileSource, _Tag.SceneType, _Tag.CustomRendered, _Tag.ExposureMode,
        _Tag.WhiteBalance, _Tag.DigitalZoomRatio, _Tag.FocalLengthIn35mmFilm, _Tag.SceneCaptureType,
        _Tag.GainControl, _Tag.Contrast, _Tag.Saturation, _Tag.Sharpness, _Tag.SubjectDistanceRange,
        _Tag.LensSpecification, _Tag.LensMake, _Tag.LensModel, _Tag.Gamma,
    }
)  # fmt: skip
# The colour space of a camera's file without a profile: "R98" is sRGB, "R03" Adobe RGB.
_INTEROPERABILITY = frozenset({1, 2})
# What decodes the pixels: TIFF 6.0 without its texts, the supplements, and the colour profile.
_PIXELS = frozenset(
    {
        254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 286, 287,
        288, 289, 290, 291, 292, 293, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 332, 334, 336,
        338, 339, 340, 341, 342, 347, 529, 530, 531, 532, 32997, 32998, 34675,
    }
)  # fmt: skip
_POINTERS: dict[int, frozenset[int]] = {
    _Tag.ExifOffset: _EXPOSURE,
    _Tag.ExifInteroperabilityOffset: _INTEROPERABILITY,
}
# Pairs of tags: where pixels are, and how many bytes of them.
_DATA = ((_Tag.StripOffsets, _Tag.StripByteCounts), (_Tag.TileOffsets, _Tag.TileByteCounts))
_OLD_JPEG = frozenset({_Tag.JpegIFOffset, 519, 520, 521})


def tiff_patches(file: BinaryIO) -> list[Patch]:
    """Return the patches of a TIFF file, for all its pages. Raises UnclearStructure."""
    return _Tiff(file, file.seek(0, os.SEEK_END)).patches(_CAMERA | _PIXELS, pages=True)


def exif_cleaned(block: bytes, *, orientation: int = 1) -> bytes:
    """Return an EXIF block of the same length with the allowed tags alone, and no thumbnail.

    Of a block that cannot be read, or without the orientation, `orientation` is all that is left; 1: nothing.
    """
    try:
        patches = _Tiff(io.BytesIO(block), len(block)).patches(_CAMERA, pages=False)
    except UnclearStructure:
        return orientation_block(exif_orientation(block) or orientation, len(block))
    cleaned = OverlaidFile(io.BytesIO(block), patches).read()
    if orientation != 1 and exif_orientation(cleaned) is None:
        return orientation_block(orientation, len(block))
    return cleaned


def orientation_block(orientation: int, length: int) -> bytes:
    """Return an EXIF block of this length with the orientation alone; zeros for 1, or without room for it."""
    numbers = struct.pack("<IHHHIHHI", 8, 1, _Tag.Orientation, _SHORT, 1, orientation, 0, 0)
    block = HEADERS[0] + numbers
    return block.ljust(length, b"\0") if orientation != 1 and length >= ORIENTATION_BYTES else bytes(length)


def exif_orientation(block: bytes) -> int | None:
    """Return the orientation in an EXIF block; None without one."""
    try:
        tiff = _Tiff(io.BytesIO(block), len(block))
        entries, _stop, _following = tiff.directory(tiff.first)
        value = tiff.numbers(entries[_Tag.Orientation])[0]
    except (UnclearStructure, LookupError):
        return None
    return value if 1 <= value <= 8 else None


class _Tiff:
    """A TIFF, with the ranges of it that stay and its directories as they become."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        header = self._read(0, 8)
        if header[:4] not in HEADERS:
            raise UnclearStructure("It does not begin as a TIFF.")
        self._order = "<" if header[:2] == b"II" else ">"
        self.first = self._number("I", header[4:])
        self._used = [(0, 8)]
        self._directories: dict[int, Patch] = {}
        self._entries = 0

    def patches(self, allowed: frozenset[int], *, pages: bool) -> list[Patch]:
        """Return what overwrites everything but the allowed tags and the pixels. Raises UnclearStructure."""
        offset = self.first
        while offset:
            offset = self._keep(offset, allowed, pages=pages)
        ranges = [(*one, False) for one in self._used]
        ranges += [(one.start, one.stop, True) for one in self._directories.values()]
        gaps, end, end_of_directories = [], 0, 0
        for start, stop, is_directory in [*sorted(ranges), (self._size, self._size, False)]:
            if start < (end if is_directory else end_of_directories):
                raise UnclearStructure("A directory lies across something else.")
            if start > end:
                gaps.append(Patch(end, start))
            end = max(end, stop)
            end_of_directories = stop if is_directory else end_of_directories
        return sorted([*self._directories.values(), *gaps])

    def directory(self, offset: int) -> tuple[dict[int, bytes], int, int]:
        """Return the entries of a directory by tag, the offset of its end, and that of the next directory."""
        count = self._number("H", self._read(offset, 2))
        table = self._read(offset + 2, count * _ENTRY_BYTES)
        end = offset + 2 + len(table)
        # Some writers leave the offset of the next one out at the end of a block.
        following = self._number("I", self._read(end, 4)) if end + 4 <= self._size else 0
        entries = [table[at : at + _ENTRY_BYTES] for at in range(0, len(table), _ENTRY_BYTES)]
        return {self._number("H", entry[:2]): entry for entry in entries}, min(end + 4, self._size), following

    def numbers(self, entry: bytes) -> tuple[int, ...]:
        """Return the whole numbers of an entry."""
        kind, count = self._number("H", entry[2:4]), self._number("I", entry[4:8])
        place = self._place(entry)
        if kind not in _WHOLE or place is None:
            raise UnclearStructure("An entry has no list of numbers.")
        check_parts(count)
        width = _VALUE_BYTES[kind]
        data = self._read(*place) if place[1] else entry[8 : 8 + width * count]
        return struct.unpack(f"{self._order}{count}{'H' if kind == _SHORT else 'I'}", data)

    def _keep(self, offset: int, allowed: frozenset[int], *, pages: bool) -> int:
        """Keep a directory with its allowed tags; return the offset of the next page, 0 after the last."""
        if offset in self._directories:
            return 0  # pages may share a directory of EXIF
        entries, stop, following = self.directory(offset)
        self._entries += len(entries)
        check_parts(self._entries + len(self._used))
        following = following if pages else 0
        if pages:
            self._keep_pixels(entries)
        allowed_entries = [
            entry
            for tag, entry in sorted(entries.items())
            if (tag in allowed and self._keep_value(entry)) or (tag in _POINTERS and self._follow(tag, entry))
        ]
        content = struct.pack(f"{self._order}H", len(allowed_entries)) + b"".join(allowed_entries)
        content += struct.pack(f"{self._order}I", following)
        self._directories[offset] = Patch(offset, stop, content[: stop - offset])
        return following

    def _follow(self, tag: int, entry: bytes) -> bool:
        """Keep the directory that an entry points to; return False if it cannot be read."""
        try:
            self._keep(self.numbers(entry)[0], _POINTERS[tag], pages=False)
        except (UnclearStructure, LookupError):
            return False
        return True

    def _keep_value(self, entry: bytes) -> bool:
        """Keep the value of an entry; return False if it lies outside of the file."""
        place = self._place(entry)
        if place is not None and place[1]:
            self._used.append((place[0], sum(place)))
        return place is not None

    def _keep_pixels(self, entries: dict[int, bytes]) -> None:
        if not entries.keys().isdisjoint(_OLD_JPEG):
            raise UnclearStructure("The pixels are stored in the old way of JPEG.")
        places = [(entries[one], entries[other]) for one, other in _DATA if {one, other} <= entries.keys()]
        if not places:
            raise UnclearStructure("It does not say where its pixels are.")
        for starts, lengths in places:
            offsets, counts = self.numbers(starts), self.numbers(lengths)
            if len(offsets) != len(counts):
                raise UnclearStructure("It does not say where all its pixels are.")
            self._used += [
                (at, min(at + length, self._size)) for at, length in zip(offsets, counts, strict=True)
            ]

    def _place(self, entry: bytes) -> tuple[int, int] | None:
        """Offset and length of a value outside its entry; length 0 for one within; None for a wrong one."""
        kind, count = self._number("H", entry[2:4]), self._number("I", entry[4:8])
        if kind not in _VALUE_BYTES:
            return None
        length = _VALUE_BYTES[kind] * count
        if length <= 4:
            return 0, 0
        offset = self._number("I", entry[8:12])
        return (offset, length) if offset + length <= self._size else None

    def _number(self, form: str, data: bytes) -> int:
        number: int = struct.unpack(self._order + form, data)[0]
        return number

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        found = self._file.read(length) if offset + length <= self._size else b""
        if len(found) < length:
            raise UnclearStructure("An offset leads out of the file.")
        return found
