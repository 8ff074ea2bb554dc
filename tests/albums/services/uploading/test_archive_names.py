"""albums.services.uploading.archive_names: names of zips whose encoding is not recorded."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from albums.services.core.limits import ArchiveLimits
from albums.services.uploading.archive_names import guess_encoding
from albums.services.uploading.archive_reading import archive_open
from tests.albums.services.uploading.zips import listed_entry, local_entry, raw_zip

LIMITS = ArchiveLimits(most_bytes=2**30, most_files=100_000, most_unpacked_bytes=10**9, most_ratio=200)


def zip_of(names: list[bytes], *, extra: Mapping[bytes, bytes] | None = None) -> bytes:
    """Return a zip whose entries have these raw names, no flag, and their position as content."""
    body, listed = b"", b""
    for number, name in enumerate(names):
        content, more = b"%d" % number, (extra or {}).get(name, b"")
        entry = listed_entry(name, content, len(body))
        # The length of the extra field is at byte 30 of an entry.
        listed += entry[:30] + struct.pack("<H", len(more)) + entry[32:] + more
        body += local_entry(name, content)
    return raw_zip(body, listed, count=len(names))


def read(tmp_path: Path, data: bytes) -> dict[str, bytes]:
    """Return the content of every file by its name."""
    (tmp_path / "some.zip").write_bytes(data)
    found = {}
    with archive_open(tmp_path / "some.zip", limits=LIMITS, largest=2**20) as archive:
        for file in archive.files:
            target = io.BytesIO()
            archive.copy(file, target)
            found[file.name] = target.getvalue()
    return found


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ["Pâques/été à Noël.jpg", "日本/写真.jpg"]),
        ("cp932", ["能登/十字路.jpg", "表紙.jpg", "ソニー/予定表.jpg"]),
        ("cp932", ["ディズニーランド/2019年8月.jpg"]),
        ("cp932", ["IMG_0012 表.jpg"]),
        ("cp936", ["照片/北京天安门.jpg", "春节/全家福.jpg"]),
        ("cp949", ["사진/가족여행.jpg", "생일파티.jpg"]),
        ("cp950", ["功課/許願.jpg", "畢業典禮.jpg"]),
        ("cp1252", ["Pâques/été à Noël.jpg"]),
        ("cp1252", ["Müller Größe.jpg", "ÉTÉ.jpg"]),
        ("cp1252", ["España/L\u2019año nuevo.jpg"]),
        ("cp437", ["Pâques/été à Noël.jpg", "Müller Größe.jpg"]),
        ("cp850", ["São João.jpg", "ÉTÉ À LA MER.jpg"]),
        ("cp1251", ["Фото/День рождения.jpg"]),
        ("cp866", ["Фото/День рождения.jpg"]),
        ("cp1250", ["Święta/zdjęcie łódź.jpg"]),
        ("cp852", ["Święta/zdjęcie łódź.jpg"]),
        ("cp1253", ["Καλοκαίρι/θάλασσα.jpg"]),
        ("cp737", ["Καλοκαίρι/θάλασσα.jpg"]),
    ],
)
def test_names_of_each_system_are_recognised_and_their_photos_are_read(
    tmp_path: Path, encoding: str, names: list[str]
) -> None:
    expected = {name: b"%d" % number for number, name in enumerate(names)}
    assert read(tmp_path, zip_of([name.encode(encoding) for name in names])) == expected


def test_the_names_of_a_zip_are_recognised_together(tmp_path: Path) -> None:
    alone, others = "생일파티.jpg", ["제주도.jpg", "2019년 여름/바다.jpg"]
    assert guess_encoding([alone.encode("cp949")]) != "cp949"
    names = [alone, *others]
    assert list(read(tmp_path, zip_of([name.encode("cp949") for name in names]))) == names


@pytest.mark.parametrize("name", ["表/.hidden.jpg", ".表.jpg"])
def test_hidden_files_are_recognised_by_their_decoded_name(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, zip_of(["写真/予定表.jpg".encode("cp932"), name.encode("cp932")])) == {
        "写真/予定表.jpg": b"0"
    }


def test_every_entry_with_content_has_a_row_whatever_its_name(tmp_path: Path) -> None:
    names = [b"", b"\0", b"a\\", b"b/", b"/", b"\x81", b"\x81\\.jpg", bytes(range(128, 256)), b"c\0.jpg"]
    assert sorted(read(tmp_path, zip_of(names)).values()) == [b"%d" % number for number in range(len(names))]


def test_a_name_in_the_unicode_extra_field_has_precedence_if_its_checksum_is_right(tmp_path: Path) -> None:
    def field(raw: bytes, name: str) -> bytes:
        value = struct.pack("<BL", 1, zlib.crc32(raw)) + name.encode()
        return struct.pack("<HH", 0x7075, len(value)) + value

    extra = {b"_.jpg": field(b"_.jpg", "写真.jpg"), b"b.jpg": field(b"older.jpg", "older.jpg")}
    assert list(read(tmp_path, zip_of([*extra], extra=extra))) == ["写真.jpg", "b.jpg"]


def test_ten_thousand_names_are_recognised_by_a_sample() -> None:
    names = ["写真/予定表.jpg".encode("cp932")] * 10_000
    assert guess_encoding(iter(names)) == "cp932"


def test_common_programs_names_are_unchanged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Ferien/Größe 表.jpg", b"1")
    assert read(tmp_path, buffer.getvalue()) == {"Ferien/Größe 表.jpg": b"1"}
