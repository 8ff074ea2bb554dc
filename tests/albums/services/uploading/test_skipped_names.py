"""albums.services.uploading.skipped_names: one list for folders, watched ones, zips and the upload page."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from albums.services.core.limits import ArchiveLimits
from albums.services.uploading.archive_reading import archive_open
from albums.services.uploading.folder_listing import folder_walk
from albums.services.uploading.folder_watching import Arrivals
from albums.services.uploading.skipped_names import Skip, skip_reason
from tests.albums.services.uploading.zips import zipped

LIMITS = ArchiveLimits(most_bytes=2**30, most_files=1000, most_unpacked_bytes=10**9, most_ratio=200)

PHOTOS = [
    "a.jpg",
    "trip/a.b.HEIC",
    "no ending",
    "recycle/b.jpg",
    "lost and found/c.jpg",
    "resources/d.jpg",
    "database/e.jpg",
    "Mac.photoslibrary/originals/1/f.heic",
    "Old.photolibrary/Masters/2012/g.jpg",
    "synology/h.jpg",
    "movie.mov.jpg",
    "scan.pdf",
    "photo.psd",
    "sqlite.jpg",
]
SKIPPED = {
    Skip.HIDDEN: [".a.jpg", "trip/.b.jpg", ".trash/c.jpg"],
    Skip.SIDECAR: [
        "a.xmp",
        "trip/A.JPG.JSON",
        "Thumbs.db",
        "Desktop.ini",
        "SYNOPHOTO_THUMB_XL.jpg",
        "Icon\r",
    ],
    Skip.SYSTEM: [
        "@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg",
        "trip/@eaDir/b.jpg",
        "#recycle/c.jpg",
        "$RECYCLE.BIN/S-1-5-21/$RABC.jpg",
        "lost+found/#123/d.jpg",
        "Mac.photoslibrary/resources/derivatives/e.jpg",
        "disk/Mac.PhotosLibrary/database/f.jpg",
        "Catalog Previews.lrdata/0/g.jpg",
        "Smart Previews.lrdata/h.dng",
        "System Volume Information/i.jpg",
        "trip/__MACOSX/j.jpg",
    ],
    Skip.UNFINISHED: ["a.jpg.part", "trip/Unconfirmed 1.crdownload", "b.TMP", "c.jpg~", "d.jpg.filepart"],
    Skip.NOT_A_PHOTO: [
        "IMG_0001.MOV",
        "trip/a.mp4",
        "b.srt",
        "photos.sqlite",
        "photos.sqlite-wal",
        "c.lrcat",
    ],
}
ALL_SKIPPED = [path for paths in SKIPPED.values() for path in paths]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in [*PHOTOS, *ALL_SKIPPED]:
        (tmp_path / "disk" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "disk" / path).write_bytes(path.encode())
    return tmp_path / "disk"


def test_each_name_has_the_reason_why_it_is_skipped() -> None:
    assert [path for path in PHOTOS if skip_reason(path)] == []
    assert {skip: [path for path in ALL_SKIPPED if skip_reason(path) == skip] for skip in SKIPPED} == SKIPPED


def test_folders_watched_folders_and_zips_take_the_same_files(folder: Path, tmp_path: Path) -> None:
    listing = folder_walk(folder)
    assert listing.files == sorted(PHOTOS)
    assert (listing.sidecars, listing.not_photos) == (6, 6)
    watched = Arrivals(folder, settle=0)
    watched.notice(path for path in folder.rglob("*") if path.is_file())
    assert watched.take(1.0).files == sorted(PHOTOS)
    archive = zipped({"folder/": b"", **{path: path.encode() for path in [*PHOTOS, *ALL_SKIPPED]}})
    (tmp_path / "some.zip").write_bytes(archive)
    with archive_open(tmp_path / "some.zip", limits=LIMITS, largest=2**20) as opened:
        assert [file.name for file in opened.files] == PHOTOS
        assert opened.skipped == len(ALL_SKIPPED)
        target = io.BytesIO()
        opened.copy(opened.files[3], target)
        assert target.getvalue() == b"recycle/b.jpg"


def test_the_folder_that_the_owner_chose_is_not_judged_but_a_library_is_recognised(tmp_path: Path) -> None:
    for path in ("lost+found/a.jpg", "My.photoslibrary/originals/b.jpg", "My.photoslibrary/resources/c.jpg"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"1")
    assert folder_walk(tmp_path / "lost+found").files == ["a.jpg"]
    library = tmp_path / "My.photoslibrary"
    assert folder_walk(library).files == ["originals/b.jpg"]
    watched = Arrivals(library, settle=0)
    watched.notice([library / "originals", library / "resources"])
    assert watched.take(1.0).files == ["originals/b.jpg"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_upload_page_skips_the_same_names() -> None:
    script = Path(settings.BASE_DIR, "static/js/upload-files.js")
    # The page passes the selected folder as the first part.
    names = json.dumps([f"disk/{path}" for path in [*PHOTOS, *ALL_SKIPPED]])
    program = (
        script.read_text() + f"\nfor (const name of {names}) if (isPhotoName({{ name }})) console.log(name);"
    )
    command = ["node", "--input-type=module", "--eval", program]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
    assert printed.splitlines() == [f"disk/{path}" for path in PHOTOS]
