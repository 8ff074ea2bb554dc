"""A streamed zip has the announced size and is valid."""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

import pytest

from albums.services.downloading.zip_streams import ZipEntry, ZipSizeChanged, zip_chunks, zip_length

NOON = datetime(2024, 6, 15, 12, 30, 8)  # noqa: DTZ001 - a zip has only local times


def entries(count: int, size: int) -> list[ZipEntry]:
    return [ZipEntry(f"été {at}.jpg", size, NOON, [bytes([at % 256]) * size]) for at in range(count)]


@pytest.mark.parametrize(("count", "size"), [(0, 0), (1, 0), (1, 1), (3, 100_000), (70_000, 2)])
def test_the_length_is_known_in_advance_and_the_zip_is_valid(count: int, size: int) -> None:
    made = b"".join(zip_chunks(entries(count, size)))
    assert len(made) == zip_length(entries(count, size))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert len(archive.namelist()) == count
        assert archive.testzip() is None
        for info in archive.infolist()[:1]:
            assert info.filename == "été 0.jpg"
            assert info.date_time == (2024, 6, 15, 12, 30, 8)
            assert info.compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize("sizes", [(90,), (99, 3), (101, 1), (60, 60, 1), (300, 2)])
def test_the_length_is_right_beyond_the_zip32_limits(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...]
) -> None:
    # A small limit in both modules avoids writing gigabytes.
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 100_000)
    monkeypatch.setattr("zipstream.ng.ZIP64_LIMIT", 100_000)
    files = [ZipEntry(f"{at}", size * 1000, NOON, [b"x" * 1000] * size) for at, size in enumerate(sizes)]
    assert sum(map(len, zip_chunks(files))) == zip_length(files)


@pytest.mark.parametrize(("year", "written"), [(1950, 1980), (1980, 1980), (2107, 2107), (2150, 2107)])
def test_a_year_outside_the_zip_range_is_clamped(year: int, written: int) -> None:
    made = b"".join(zip_chunks([ZipEntry("a", 1, NOON.replace(year=year), [b"x"])]))
    assert zipfile.ZipFile(io.BytesIO(made)).infolist()[0].date_time[0] == written


@pytest.mark.parametrize("content", [[b"abc"], [b"abcd", b"ef"]])
def test_a_file_with_a_changed_size_aborts_the_zip(content: list[bytes]) -> None:
    with pytest.raises(ZipSizeChanged):
        list(zip_chunks([ZipEntry("a", 5, NOON, content)]))


def test_files_are_read_one_after_the_other_in_chunks() -> None:
    read: list[str] = []

    class File:
        def __init__(self, name: str) -> None:
            self.name = name

        def __iter__(self) -> Iterator[bytes]:
            for _piece in range(4):
                read.append(self.name)
                yield b"x" * 10

    stream = zip_chunks([ZipEntry(name, 40, NOON, File(name)) for name in ("a", "b")])
    next(stream)
    assert read == ["a"]
    next(stream)
    assert read == ["a", "a"]
