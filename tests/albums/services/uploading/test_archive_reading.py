"""albums.services.uploading.archive_reading: nothing in a zip is trusted."""

import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest

from albums.error_messages import refusal_message
from albums.exceptions import ArchiveRefused, ImageRefused
from albums.services.core.limits import ArchiveLimits
from albums.services.uploading.archive_reading import archive_open
from tests import drawing
from tests.albums.services.uploading.zips import listed_entry, local_entry, raw_zip, with_mode, zipped

LIMITS = ArchiveLimits(most_bytes=2**30, most_files=1000, most_unpacked_bytes=10**9, most_ratio=200)
LARGEST = 100 * 2**20


def read(tmp_path: Path, data: bytes, *, limits: ArchiveLimits = LIMITS) -> dict[str, bytes | str]:
    """Return the content of each file in the zip, or the code of its refusal."""
    path = tmp_path / "some.zip"
    path.write_bytes(data)
    found: dict[str, bytes | str] = {}
    with archive_open(path, limits=limits, largest=LARGEST) as archive:
        for file in archive.files:
            target = io.BytesIO()
            try:
                if file.refusal is not None:
                    raise file.refusal
                archive.copy(file, target)
            except ImageRefused as refusal:
                found[file.name] = str(refusal.code)
            else:
                found[file.name] = target.getvalue()
    return found


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_photos_of_a_valid_zip_are_read_unchanged(tmp_path: Path, method: int) -> None:
    files = {"a.jpg": drawing.photo(1), "Holiday/é.jpg": drawing.photo(2)}
    assert read(tmp_path, zipped(files, method=method)) == files


def test_folders_hidden_files_and_sidecars_are_skipped(tmp_path: Path) -> None:
    files = {
        "Holiday/": b"",
        "Holiday/a.jpg": b"1",
        "Holiday/a.jpg.json": b"{}",
        "Holiday/a.xmp": b"",
        "Holiday/.a.jpg": b"2",
        ".hidden/b.jpg": b"3",
        "__MACOSX/Holiday/._a.jpg": b"4",
        "Holiday/Thumbs.db": b"5",
    }
    assert read(tmp_path, zipped(files)) == {"Holiday/a.jpg": b"1"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x.jpg", "..\\..\\x.jpg"])
def test_a_path_outside_the_zip_is_displayed_and_not_followed(tmp_path: Path, name: str) -> None:
    beside = set(tmp_path.rglob("*"))
    assert read(tmp_path, zipped({name: b"1"})) == {name: b"1"}
    assert set(tmp_path.rglob("*")) - beside == {tmp_path / "some.zip"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    assert read(tmp_path, with_mode("a.jpg", b"/etc/passwd", stat.S_IFLNK | 0o777)) == {"a.jpg": "link"}


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    body = local_entry(b"a.jpg", b"secret", flags=1)
    assert read(tmp_path, raw_zip(body, listed_entry(b"a.jpg", b"secret", 0, flags=1))) == {
        "a.jpg": "encrypted"
    }


def test_a_nested_archive_is_not_opened(tmp_path: Path) -> None:
    assert read(tmp_path, zipped({"in.zip": zipped({"a.jpg": b"1"}), "b.tar.gz": b"2"})) == {
        "in.zip": "nested_archive",
        "b.tar.gz": "nested_archive",
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_methods_without_streaming_are_refused(tmp_path: Path, method: int) -> None:
    assert read(tmp_path, zipped({"a.jpg": b"0" * 100}, method=method)) == {"a.jpg": "unsupported"}


@pytest.mark.parametrize(
    ("method", "words"), [(9, "Deflate64"), (9, "2 GB"), (12, "bzip2"), (14, "LZMA"), (77, "77")]
)
def test_a_refused_compression_method_is_named(tmp_path: Path, method: int, words: str) -> None:
    listed = listed_entry(b"a.jpg", b"x" * 20, 0, method=method)
    path = tmp_path / "photos.zip"
    path.write_bytes(raw_zip(local_entry(b"a.jpg", b"x" * 20), listed))
    with archive_open(path, limits=LIMITS, largest=LARGEST) as archive:
        refusal = archive.files[0].refusal
    assert refusal is not None
    assert words in refusal_message(refusal.code, refusal.values)


def test_a_file_with_an_extreme_compression_ratio_is_refused(tmp_path: Path) -> None:
    bomb = zipped({"a.bmp": bytes(30 * 2**20)}, method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert read(tmp_path, bomb) == {"a.bmp": "bomb"}


def test_a_small_drawing_in_one_colour_is_not_a_zip_bomb(tmp_path: Path) -> None:
    drawn = bytes(2 * 2**20)
    assert read(tmp_path, zipped({"a.bmp": drawn}, method=zipfile.ZIP_DEFLATED)) == {"a.bmp": drawn}


def test_a_file_is_unpacked_only_to_its_declared_size(tmp_path: Path) -> None:
    honest = bytearray(zipped({"a.bmp": bytes(30 * 2**20)}, method=zipfile.ZIP_DEFLATED))
    lie = (1000).to_bytes(4, "little")
    honest[22:26] = lie
    listed = honest.index(b"PK\x01\x02")
    honest[listed + 24 : listed + 28] = lie
    assert read(tmp_path, bytes(honest)) == {"a.bmp": "broken"}


def test_a_file_larger_than_any_photo_is_refused(tmp_path: Path) -> None:
    listed = listed_entry(b"a.jpg", b"1", 0, size=LARGEST + 1)
    assert read(tmp_path, raw_zip(local_entry(b"a.jpg", b"1"), listed)) == {"a.jpg": "too_large"}


def test_a_zip_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    limits = ArchiveLimits(most_bytes=2**30, most_files=10, most_unpacked_bytes=100, most_ratio=200)
    with pytest.raises(ArchiveRefused, match="unpacked_too_large"):
        read(tmp_path, zipped({"a.jpg": b"x" * 60, "b.jpg": b"y" * 60}), limits=limits)


def test_a_zip_with_a_hundred_thousand_files_is_refused_without_reading_its_directory(tmp_path: Path) -> None:
    listed = b"".join(listed_entry(b"%06d" % number, b"", 0) for number in range(100_000))
    data = raw_zip(b"", listed, count=100_000)
    tracemalloc.start()
    with pytest.raises(ArchiveRefused, match="too_many_files"):
        read(tmp_path, data)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()


def test_a_zip_with_too_many_files_is_refused_with_the_count_and_the_limit(tmp_path: Path) -> None:
    limits = ArchiveLimits(most_bytes=2**30, most_files=2, most_unpacked_bytes=100, most_ratio=200)
    with pytest.raises(ArchiveRefused) as refused:
        read(tmp_path, zipped({"a": b"", "b": b"", "c": b""}), limits=limits)
    assert "contains 3 files; the limit is 2" in refusal_message(refused.value.code, refused.value.values)


def test_overlapping_files_are_refused(tmp_path: Path) -> None:
    body = local_entry(b"a.jpg", b"x" * 1000)
    listed = listed_entry(b"a.jpg", b"x" * 1000, 0) * 2
    with pytest.raises(ArchiveRefused, match="overlapping"):
        read(tmp_path, raw_zip(body, listed, count=2))


def test_a_file_that_lies_inside_another_is_refused(tmp_path: Path) -> None:
    inner = local_entry(b"b.jpg", b"y" * 100)
    body = local_entry(b"a.jpg", inner)
    listed = listed_entry(b"a.jpg", inner, 0) + listed_entry(b"b.jpg", b"y" * 100, 35)
    with pytest.raises(ArchiveRefused, match="overlapping"):
        read(tmp_path, raw_zip(body, listed, count=2))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x03\x04" + b"\0" * 100,
        zipped({"a.jpg": b"x" * 1000})[:-40],
        zipped({"a.jpg": b"x" * 1000})[:500],
        b"PK\x05\x06" + b"\xff" * 18,
        raw_zip(b"", b"\xff" * 46),
    ],
    ids=["empty", "two characters", "no end", "cut in the end", "cut in the file", "all ones", "no list"],
)
def test_incomplete_or_invalid_zips_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        read(tmp_path, data)


def test_a_file_name_that_cannot_be_decoded_is_refused(tmp_path: Path) -> None:
    body = local_entry(b"\xff\xfe.jpg", b"1", flags=0x800)
    with pytest.raises(ArchiveRefused):
        read(tmp_path, raw_zip(body, listed_entry(b"\xff\xfe.jpg", b"1", 0, flags=0x800)))


def test_a_damaged_file_does_not_affect_other_files(tmp_path: Path) -> None:
    data = zipped({"a.jpg": b"x" * 1000, "b.jpg": b"y" * 1000})
    damaged = data.replace(b"x" * 1000, b"x" * 999 + b"?")
    assert read(tmp_path, damaged) == {"a.jpg": "broken", "b.jpg": b"y" * 1000}


def test_a_wrong_byte_anywhere_in_a_zip_causes_only_a_refusal(tmp_path: Path) -> None:
    data = zipped({"a.jpg": b"x" * 20, "b.jpg": b"y" * 20}, method=zipfile.ZIP_DEFLATED)
    for place in range(len(data)):
        for byte in (0x00, 0x7F, 0xFF):
            changed = data[:place] + bytes([byte]) + data[place + 1 :]
            try:
                read(tmp_path, changed)
            except ArchiveRefused:
                continue


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("announced", [1000, 2**20])
def test_a_file_that_is_longer_than_it_says_is_refused_at_once(
    tmp_path: Path, method: int, announced: int
) -> None:
    """Zipfile alone would cut it off, if the checksum is that of its beginning."""
    size = 40 * 2**20 if method == zipfile.ZIP_DEFLATED else 2 * 2**20
    data = bytearray(zipped({"a.jpg": bytes(size)}, method=method))
    checksum = struct.pack("<I", zlib.crc32(bytes(announced)))
    for begin, checksum_at, size_at in (
        (data.find(b"PK\x03\x04"), 14, 22),
        (data.rfind(b"PK\x01\x02"), 16, 24),
    ):
        data[begin + checksum_at : begin + checksum_at + 4] = checksum
        data[begin + size_at : begin + size_at + 4] = struct.pack("<I", announced)
    (tmp_path / "a.zip").write_bytes(data)
    target = io.BytesIO()
    with (
        archive_open(tmp_path / "a.zip", limits=LIMITS, largest=2**30) as opened,
        pytest.raises(ImageRefused) as refused,
    ):
        opened.copy(opened.files[0], target)
    assert refused.value.code == "broken"
    assert len(target.getvalue()) <= announced + 2**20
