"""albums.services.uploading.archive_unpacking: the photos of a zip are stored."""

import hashlib
import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from albums.models import Album, Image, UnpackedFile, Upload
from albums.services.uploading import archive_unpacking
from albums.services.uploading.archive_unpacking import archive_unpack
from albums.services.uploading.partial_files import partial_path
from albums.services.uploading.resumable_uploads import upload_append, upload_begin, upload_finish
from albums.services.uploading.uploads import StoreOutcome, image_store
from tests import drawing
from tests.albums.services.uploading.zips import zipped


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    return tmp_path / "uploads"


@pytest.fixture
def enqueued() -> list[int]:
    return []


def sent(owner: User, data: bytes, *, album: Album | None = None) -> Upload:
    """A completely uploaded zip."""
    digest = hashlib.sha256(data).hexdigest()
    upload = upload_begin(owner=owner, name="all.zip", size=len(data), sha256=digest, album=album).upload
    assert upload is not None
    upload_append(owner=owner, upload_id=upload.pk, offset=0, piece=data)
    assert upload_finish(owner=owner, upload_id=upload.pk).status == "unpacking"
    return upload


def unpack(upload: Upload, enqueued: list[int], *, seconds: float = 60) -> bool:
    done = archive_unpack(
        upload_id=upload.pk, enqueue=enqueued.extend, describe=lambda *_: True, seconds=seconds
    )
    upload.refresh_from_db()
    return done


def outcomes(upload: Upload) -> list[tuple[str, str]]:
    return list(upload.files.values_list("name", "status"))


def photos(count: int) -> dict[str, bytes]:
    return {f"{number:02}.jpg": drawing.photo(number + 1) for number in range(count)}


def test_each_photo_is_stored_and_each_file_has_an_outcome(
    ada: User, enqueued: list[int], folder: Path
) -> None:
    drawn = drawing.photo(1)
    files = {"a.jpg": drawn, "b/c.jpg": drawing.photo(2), "again.jpg": drawn, "page.jpg": b"<html></html>"}
    upload = sent(ada, zipped(files))
    assert unpack(upload, enqueued)
    assert outcomes(upload) == [
        ("a.jpg", "added"),
        ("b/c.jpg", "added"),
        ("again.jpg", "already_there"),
        ("page.jpg", "refused"),
    ]
    assert upload.files.counts() == {"received": 2, "already_there": 1, "refused": 1}
    assert set(enqueued) == set(Image.objects.unread().values_list("pk", flat=True))
    assert {image.source_path for image in Image.objects.unread()} == {"all.zip/a.jpg", "all.zip/b/c.jpg"}
    assert upload.state == Upload.State.UNPACKED
    assert list(folder.iterdir()) == [], "the zip and its unpacked files are deleted"


def test_unpacking_continues_where_it_stopped(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, zipped(photos(5)))
    calls = 0
    while not unpack(upload, enqueued, seconds=0.02):
        calls += 1
        assert calls < 100
    assert upload.files.counts()["received"] == 5
    assert sorted(enqueued) == sorted(Image.objects.values_list("pk", flat=True))


def test_a_killed_worker_loses_no_photo(
    ada: User, enqueued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Like a kill: no code runs after it."""

    upload = sent(ada, zipped(photos(4)))
    times = []

    def store_two(**given: Any) -> StoreOutcome:
        times.append(given)
        if len(times) == 3:
            raise Killed
        return image_store(**given)

    with monkeypatch.context() as patch:
        patch.setattr(archive_unpacking, "image_store", store_two)
        with pytest.raises(Killed):
            unpack(upload, enqueued)
    assert upload.files.count() == 3
    assert unpack(upload, enqueued)
    assert upload.files.counts() == {"received": 4, "already_there": 0, "refused": 0}


def test_a_file_that_kills_workers_is_refused_and_the_others_are_stored(
    ada: User, enqueued: list[int]
) -> None:
    upload = sent(ada, zipped(photos(2)))
    UnpackedFile.objects.create(upload=upload, position=0, name="00.jpg", attempts=3)
    assert unpack(upload, enqueued)
    assert outcomes(upload) == [("00.jpg", "refused"), ("01.jpg", "added")]


def test_a_refused_zip_has_a_reason_in_the_language_of_the_reader(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, b"PK\x03\x04 cut off")
    assert unpack(upload, enqueued)
    assert upload.state == Upload.State.REFUSED
    assert upload.why == "The zip file is incomplete. Create it again and upload it again."
    with translation.override("fr"):
        assert upload.why.startswith("Le fichier zip")
    assert not partial_path(upload.pk).exists()


def test_a_zip_without_photos_has_its_own_message(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, zipped({"folder/": b"", ".hidden": b"1"}))
    unpack(upload, enqueued)
    assert upload.why == "This zip contains no photos."


def test_skipped_files_of_a_zip_are_counted_and_not_refused(ada: User, enqueued: list[int]) -> None:
    files = photos(1) | {"IMG_1.MOV": b"film", "@eaDir/00.jpg/SYNOPHOTO_THUMB_M.jpg": b"small", "a.srt": b"1"}
    upload = sent(ada, zipped(files))
    unpack(upload, enqueued)
    assert upload.files.counts() == {"received": 1, "already_there": 0, "refused": 0}
    assert upload.reason_values == {"skipped": 3}


def test_a_zip_with_a_different_digest_is_refused(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, zipped(photos(1)))
    partial_path(upload.pk).write_bytes(zipped(photos(2)))
    unpack(upload, enqueued)
    assert upload.state == Upload.State.REFUSED
    assert "during the upload" in upload.why


def test_photos_of_a_zip_are_added_to_the_album(ada: User, enqueued: list[int]) -> None:
    album = Album.objects.create(owner=ada, name="Holiday")
    unpack(sent(ada, zipped(photos(2)), album=album), enqueued)
    assert album.images.count() == 2


def test_uploading_a_photo_again_restores_it_from_the_bin(
    ada: User, enqueued: list[int], stored: Image
) -> None:
    Image.objects.update(binned_at=timezone.now())
    upload = sent(ada, zipped({"a.jpg": drawing.photo()}))
    unpack(upload, enqueued)
    assert outcomes(upload) == [("a.jpg", "already_there")]
    stored.refresh_from_db()
    assert stored.binned_at is None


def test_the_same_zip_can_be_unpacked_twice(ada: User, enqueued: list[int]) -> None:
    data = zipped(photos(2))
    first = sent(ada, data)
    unpack(first, enqueued)
    second = sent(ada, data)
    unpack(second, enqueued)
    assert second.files.counts() == {"received": 0, "already_there": 2, "refused": 0}
    assert not Upload.objects.filter(pk=first.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_workers_unpacks_a_zip(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, zipped(photos(6)))
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        archive_unpack(upload_id=upload.pk, enqueue=enqueued.extend, describe=lambda *_: True, seconds=60)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(enqueued) == len(set(enqueued)) == 6
    assert upload.files.counts()["received"] == 6


def test_thousands_of_files_that_are_no_photos_cost_few_queries_and_are_counted(
    ada: User, enqueued: list[int]
) -> None:
    other = {f"data/{number}.dat": b"no picture" for number in range(3000)}
    broken = {f"broken/{number}.jpg": b"no picture" for number in range(3000)}
    upload = sent(ada, zipped(other | broken | photos(1) | {"scan.pdf": b"%PDF-1.4"}))
    with CaptureQueriesContext(connection) as queries:
        assert unpack(upload, enqueued)
    assert len(queries) < 80
    assert upload.files.counts() == {"received": 1, "already_there": 0, "refused": 3001}
    assert upload.reason_values == {"skipped": 3000}
    assert upload.file_count == upload.files.count() == 3002
    assert Image.objects.count() == 1, "a refusal of a zip needs no row of a photo"
    reasons = dict(upload.files.filter(status="refused").values_list("name", "reason"))
    assert (reasons["broken/7.jpg"], reasons["scan.pdf"]) == ("not_an_image", "unsupported")


def test_a_zip_of_files_that_are_no_photos_says_so(ada: User, enqueued: list[int]) -> None:
    upload = sent(ada, zipped({"a.dat": b"1", "b.exe": b"MZ"}))
    unpack(upload, enqueued)
    assert (upload.state, upload.reason) == (Upload.State.REFUSED, "no_photo")


def test_interrupted_refusals_are_stored_once(ada: User, enqueued: list[int]) -> None:
    files = {f"{number}.jpg": b"no picture" for number in range(50)} | photos(2)
    upload = sent(ada, zipped(files))
    calls = 0
    while not unpack(upload, enqueued, seconds=0.005):
        calls += 1
        assert calls < 200
    assert upload.files.counts() == {"received": 2, "already_there": 0, "refused": 50}
