"""albums.services.uploading.quotas: every kind of upload respects the quota, and none loses a file."""

import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from albums.error_messages import refusal_message
from albums.exceptions import RefusalCode, UploadRefused
from albums.models import Image
from albums.services.erasing.bin import images_bin
from albums.services.uploading.archive_unpacking import archive_unpack
from albums.services.uploading.quotas import quota_of, quota_set, quota_use
from albums.services.uploading.resumable_uploads import file_take, upload_append, upload_finish
from albums.services.uploading.uploads import StoreOutcome, image_store
from tests import drawing
from tests.albums.services.uploading.sending import begin, begun, digest
from tests.albums.services.uploading.zips import zipped
from tests.rows import image_rows

PHOTOS = [drawing.photo(seed) for seed in range(4)]
SIZE = max(len(photo) for photo in PHOTOS)
UNREAD: Any = {"enqueue": lambda _ids: None, "describe": lambda *_: True, "seconds": 60}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"


@pytest.fixture
def limited(ada: User) -> User:
    """An account with a quota for two photos."""
    quota_set(owner=ada, most_bytes=SIZE * 5 // 2)
    return ada


def store(owner: User, number: int) -> StoreOutcome:
    file = SimpleUploadedFile("photo.jpg", PHOTOS[number])
    return image_store(owner=owner, source=file, source_path=f"{number}.jpg")


def fill_quota(owner: User) -> None:
    assert [store(owner, number).status for number in (0, 1)] == ["added", "added"]


def test_a_photo_over_the_quota_is_refused_and_can_be_uploaded_later(limited: User) -> None:
    fill_quota(limited)
    refused = store(limited, 2)
    assert (refused.status, refused.code, refused.image) == ("refused", RefusalCode.QUOTA_EXCEEDED, None)
    assert "empty the bin" in refused.why
    assert f"{quota_use(limited.pk).used / 1024:.1f}" in refused.why.replace("\xa0", " ")
    assert Image.objects.count() == 2
    assert store(limited, 1).status == "already_there", "a stored photo costs nothing again"
    quota_set(owner=limited, most_bytes=0)
    assert store(limited, 2).status == "added"


def test_photos_in_the_bin_count_until_they_are_erased(limited: User) -> None:
    fill_quota(limited)
    images_bin(images=Image.objects.all(), by=limited)
    assert store(limited, 2).code == RefusalCode.QUOTA_EXCEEDED
    Image.objects.all()[0].delete()
    assert store(limited, 2).status == "added"


def test_other_accounts_have_the_default_quota_or_none(grace: User, settings: Any) -> None:
    assert quota_of(grace.pk) == 0
    settings.QUOTA_MB = 1
    assert quota_of(grace.pk) == 2**20
    quota_set(owner=grace, most_bytes=5)
    assert quota_of(grace.pk) == 5
    quota_set(owner=grace, most_bytes=None)
    assert quota_of(grace.pk) == 2**20


def test_an_announced_file_reserves_its_size_once(limited: User) -> None:
    first, second = begun(limited, PHOTOS[0]), begun(limited, PHOTOS[1])
    with pytest.raises(UploadRefused) as refused:
        begin(limited, PHOTOS[2])
    assert refused.value.code == RefusalCode.QUOTA_EXCEEDED
    assert store(limited, 3).code == RefusalCode.QUOTA_EXCEEDED
    for upload, photo in ((first, PHOTOS[0]), (second, PHOTOS[1])):
        upload_append(owner=limited, upload_id=upload.pk, offset=0, piece=photo)
        assert upload_finish(owner=limited, upload_id=upload.pk).status == "added"


def test_a_complete_upload_over_the_quota_is_refused(limited: User) -> None:
    upload = begun(limited, PHOTOS[0])
    upload_append(owner=limited, upload_id=upload.pk, offset=0, piece=PHOTOS[0])
    quota_set(owner=limited, most_bytes=10)
    step = upload_finish(owner=limited, upload_id=upload.pk)
    assert step.outcome is not None
    assert step.outcome.code == RefusalCode.QUOTA_EXCEEDED
    assert not Image.objects.exists()


def test_files_of_a_zip_are_stored_up_to_the_quota_and_the_rest_later(limited: User) -> None:
    data = zipped({f"{number}.jpg": photo for number, photo in enumerate(PHOTOS)})
    quota_set(owner=limited, most_bytes=len(data))
    zip_file = SimpleUploadedFile("all.zip", data)
    upload = file_take(owner=limited, file=zip_file, name="all.zip", album=None).upload
    assert upload is not None
    quota_set(owner=limited, most_bytes=SIZE * 5 // 2)
    assert archive_unpack(upload_id=upload.pk, **UNREAD)
    assert upload.files.counts() == {"received": 2, "already_there": 0, "refused": 2}
    assert set(upload.files.refused().values_list("reason", flat=True)) == {"quota_exceeded"}
    assert file_take(owner=limited, file=zip_file, name="all.zip", album=None).outcome is not None
    quota_set(owner=limited, most_bytes=0)
    again = file_take(owner=limited, file=zip_file, name="all.zip", album=None).upload
    assert again is not None
    assert archive_unpack(upload_id=again.pk, **UNREAD)
    assert again.files.counts() == {"received": 2, "already_there": 2, "refused": 0}


def test_an_import_stops_at_the_quota_and_can_continue_later(limited: User, tmp_path: Path) -> None:
    for number in range(4):
        drawing.write_photo(tmp_path / "photos" / f"{number}.jpg", number)
    out = io.StringIO()
    with pytest.raises(CommandError, match="The storage of this account is full") as stopped:
        call_command("import_folder", str(tmp_path / "photos"), "--owner", "ada", "--no-progress", stdout=out)
    assert stopped.value.returncode == 3
    assert "2 added" in out.getvalue()
    quota_set(owner=limited, most_bytes=0)
    call_command("import_folder", str(tmp_path / "photos"), "--owner", "ada", "--no-progress", stdout=out)
    assert Image.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_simultaneous_uploads_stay_within_the_quota(limited: User) -> None:
    start = threading.Barrier(4)
    found: list[str] = []

    def run(number: int) -> None:
        start.wait()
        try:
            found.append(store(limited, number).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["added", "added", "refused", "refused"]


def test_pages_and_api_report_a_full_quota_with_a_code(client: Client, limited: User) -> None:
    fill_quota(limited)
    client.force_login(limited)
    announced = {"name": "c.jpg", "size": len(PHOTOS[2]), "sha256": digest(PHOTOS[2])}
    for address in ("/uploads/", "/api/v1/uploads/"):
        answer = client.post(address, json.dumps(announced), content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (507, "quota_exceeded"), address
    sent = client.post("/api/v1/images/upload/", {"file": SimpleUploadedFile("c.jpg", PHOTOS[2])})
    assert (sent.status_code, sent.json()["code"]) == (507, "quota_exceeded")
    page = client.post("/upload/", {"photos": SimpleUploadedFile("c.jpg", PHOTOS[2])}).content.decode()
    assert "Your storage is full" in page
    me = client.get("/api/v1/me/").json()
    assert me["most_bytes"] == SIZE * 5 // 2
    assert me["used_bytes"] == len(PHOTOS[0]) + len(PHOTOS[1])
    assert 'id="quota"' in client.get("/settings/storage/").content.decode()


def test_usage_is_not_summed_again_for_each_file(limited: User, django_assert_max_num_queries: Any) -> None:
    quota_set(owner=limited, most_bytes=2**40)
    store(limited, 0)
    image_rows(limited, 50, size_bytes=7)
    store(limited, 1)
    with django_assert_max_num_queries(12):
        assert store(limited, 2).status == "added"
    assert quota_use(limited.pk).used == 350 + sum(len(photo) for photo in PHOTOS[:3])


def test_the_message_works_without_numbers() -> None:
    assert refusal_message(RefusalCode.QUOTA_EXCEEDED, {}) == "Your storage is full."
