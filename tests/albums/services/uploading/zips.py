"""Valid and hostile zips for tests."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping


def zipped(files: Mapping[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip like one from a common program."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def with_mode(name: str, data: bytes, mode: int) -> bytes:
    """Return a zip with one entry of this Unix mode, such as a link or a device."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, data)
    return buffer.getvalue()


def local_entry(name: bytes, data: bytes, *, flags: int = 0, size: int | None = None) -> bytes:
    """Return an uncompressed file after its local header."""
    return (
        struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            *(20, flags, 0, 0, 33),
            *(zlib.crc32(data), len(data), len(data) if size is None else size),
            *(len(name), 0),
        )
        + name
        + data
    )


def listed_entry(
    name: bytes, data: bytes, offset: int, *, flags: int = 0, method: int = 0, size: int | None = None
) -> bytes:
    """Return the entry of a file in the central directory."""
    return (
        struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            *(20, 20, flags, method, 0, 33),
            *(zlib.crc32(data), len(data), len(data) if size is None else size),
            *(len(name), 0, 0, 0, 0),
            *(0, offset),
        )
        + name
    )


def end_of_list(count: int, size: int, offset: int) -> bytes:
    """Return the end record of a zip."""
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, offset, 0)


def raw_zip(body: bytes, listed: bytes, *, count: int = 1) -> bytes:
    """Return a zip of these parts, valid or not."""
    return body + listed + end_of_list(count, len(listed), len(body))
