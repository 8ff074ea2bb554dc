"""The protocol for files that come in piece by piece, as a script sees it."""

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image, UnpackedFile, Upload
from albums.services.partial_files import partial_path
from albums.views import resumable_uploads, uploads
from faces.models import FaceScan
from tests.albums.services.zips import zipped
from tests.page_rows import drawn_jpeg, image_rows, stored_image

JSON = {"Accept": "application/json"}
PHOTO = drawn_jpeg()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    return tmp_path / "uploads"


@pytest.fixture(autouse=True)
def enqueued(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to the workers: photos and zips."""
    ids: list[Any] = []
    for module in (uploads, resumable_uploads):
        monkeypatch.setattr(module, "enqueue_reading", ids.extend)
        monkeypatch.setattr(module, "enqueue_unpacking", ids.append)
    return ids


def begin(client: Client, data: bytes = PHOTO, name: str = "a.jpg", **more: object) -> Any:
    given = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **more}
    return client.post("/uploads/", json.dumps(given), content_type="application/json")


def send(client: Client, upload_id: str, piece: bytes, offset: object = 0) -> Any:
    return client.patch(
        f"/uploads/{upload_id}/",
        piece,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def test_a_file_is_announced_sent_in_pieces_and_received(
    signed_in: Client, owner: User, enqueued: list[Any]
) -> None:
    begun = begin(signed_in).json()
    assert (begun["status"], begun["offset"]) == ("go_on", 0)
    half = send(signed_in, begun["id"], PHOTO[:500]).json()
    assert (half["status"], half["offset"]) == ("go_on", 500)
    end = send(signed_in, begun["id"], PHOTO[500:], 500).json()
    image = Image.objects.get()
    assert (end["status"], end["label"], end["image"]) == ("received", "received", image.pk)
    assert enqueued == [image.pk]
    assert begin(signed_in).json()["status"] == "already_there"
    image.binned_at = timezone.now()
    image.save()
    assert begin(signed_in).json()["label"] == "taken back out of the bin"


def test_after_a_cut_the_server_says_where_to_go_on(signed_in: Client) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:700])
    assert signed_in.get(f"/uploads/{number}/", headers=JSON).json()["offset"] == 700
    wrong = send(signed_in, number, PHOTO, 0)
    assert (wrong.status_code, wrong.json()) == (409, {"offset": 700})
    assert begin(signed_in).json()["offset"] == 700


def test_wrong_bytes_are_an_error_that_can_be_told_apart(signed_in: Client) -> None:
    number = begin(signed_in).json()["id"]
    answer = send(signed_in, number, PHOTO[:-1] + b"?")
    assert answer.status_code == 422
    assert answer.json()["code"] == "damaged_on_the_way"
    assert not Image.objects.exists()


def test_a_refused_file_has_its_reason(signed_in: Client) -> None:
    page = b"<!doctype html><html><body>no</body></html>"
    number = begin(signed_in, page).json()["id"]
    answer = send(signed_in, number, page).json()
    assert answer["status"] == "refused"
    assert answer["label"].startswith("refused: ")
    assert begin(signed_in, page).json()["label"] == answer["label"]


@pytest.mark.parametrize("offset", ["", "x", "-1", "1.5", "9" * 20, "٣"])
def test_a_piece_must_say_where_it_begins(signed_in: Client, offset: str) -> None:
    number = begin(signed_in).json()["id"]
    assert send(signed_in, number, b"1", offset).status_code == 400


def test_a_piece_above_eight_megabytes_is_refused(signed_in: Client) -> None:
    number = begin(signed_in).json()["id"]
    assert send(signed_in, number, bytes(8 * 2**20 + 1)).status_code == 413


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"[]",
        b'{"name": "a.jpg"}',
        b'{"name": "a.jpg", "size": -1, "sha256": "%s"}' % (b"a" * 64),
        b'{"name": "a.jpg", "size": 1, "sha256": "../../etc/passwd"}',
        b'{"name": "", "size": 1, "sha256": "%s"}' % (b"a" * 64),
        b'{"name": "a.jpg", "size": 1, "sha256": "%s", "album": "x"}' % (b"a" * 64),
        b'{"name": ["a"], "size": {}, "sha256": 7}',
    ],
)
def test_a_beginning_without_sense_is_explained(signed_in: Client, given: bytes) -> None:
    answer = signed_in.post("/uploads/", given, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_too_much_at_once_and_a_full_disk_have_statuses_of_their_own(
    signed_in: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_MOST_FILES = 1
    begin(signed_in)
    full = begin(signed_in, b"another")
    assert (full.status_code, full.json()["code"]) == (429, "full")
    settings.UPLOAD_MOST_FILES = 9
    monkeypatch.setattr("albums.services.resumable_uploads.room_for", lambda _size: False)
    assert begin(signed_in, b"another").status_code == 507


def test_a_disk_that_fails_in_the_middle_keeps_what_came(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:300])

    def full(*_args: object, **_kwargs: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("albums.services.resumable_uploads.partial_write", full)
        assert send(signed_in, number, PHOTO[300:], 300).status_code == 507
    assert send(signed_in, number, PHOTO[300:], 300).json()["status"] == "received"


def test_another_accounts_upload_is_as_if_it_were_not_there(
    signed_in: Client, stranger: User, owner: User
) -> None:
    number = begin(signed_in).json()["id"]
    signed_in.force_login(stranger)
    for wanted in (number, str(uuid.uuid4())):
        assert signed_in.get(f"/uploads/{wanted}/", headers=JSON).status_code == 404
        assert signed_in.get(f"/uploads/{wanted}/").status_code == 404
        assert send(signed_in, wanted, PHOTO).status_code == 404
        assert signed_in.delete(f"/uploads/{wanted}/").status_code == 404
        assert signed_in.post(f"/uploads/{wanted}/drop/").status_code == 404
    assert Upload.objects.get().received_bytes == 0
    assert begin(signed_in).json()["id"] != number, "the same bytes are another upload"


def test_another_accounts_album_is_as_if_it_were_not_there(signed_in: Client, stranger: User) -> None:
    theirs = Album.objects.create(owner=stranger, name="Theirs")
    assert begin(signed_in, album=theirs.pk).json() == begin(signed_in, album=theirs.pk + 1).json()
    assert begin(signed_in, album=theirs.pk).status_code == 400


def test_a_visitor_is_told_plainly(client: Client, owner: User) -> None:
    upload = Upload.objects.create(owner=owner, sha256="a" * 64, name="a.jpg", size_bytes=5)
    assert begin(client).status_code == 401
    assert send(client, str(upload.pk), b"1").status_code == 401
    assert client.delete(f"/uploads/{upload.pk}/").status_code == 401
    assert client.get(f"/uploads/{upload.pk}/", headers=JSON).status_code == 401
    for path in (f"/uploads/{upload.pk}/", "/uploads/so-far/"):
        assert client.get(path).status_code == 302
    assert client.post(f"/uploads/{upload.pk}/drop/").status_code == 302


def test_without_the_token_of_the_page_nothing_is_taken(owner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    upload = Upload.objects.create(owner=owner, sha256="a" * 64, name="a.jpg", size_bytes=5)
    assert begin(strict).status_code == 403
    assert send(strict, str(upload.pk), b"12345").status_code == 403
    assert strict.delete(f"/uploads/{upload.pk}/").status_code == 403


def test_an_upload_can_be_cancelled_and_one_that_stopped_half_way_dropped(
    signed_in: Client, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:300])
    assert "Stopped half-way" in signed_in.get("/upload/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.delete(f"/uploads/{number}/").status_code == 204
    assert not partial_path(uuid.UUID(number)).exists()
    number = begin(signed_in).json()["id"]
    page = signed_in.post(f"/uploads/{number}/drop/", follow=True).content.decode()
    assert "was dropped" in page
    assert "Stopped half-way" not in page


def test_a_zip_is_handed_to_the_workers_and_its_page_tells_of_each_file(
    signed_in: Client, owner: User, enqueued: list[Any]
) -> None:
    data = zipped({"a.jpg": PHOTO, "page.jpg": b"<html></html>"})
    number = begin(signed_in, data, "all.zip").json()["id"]
    answer = send(signed_in, number, data).json()
    assert (answer["status"], answer["label"]) == ("unpacking", "waiting to be unpacked")
    assert enqueued == [uuid.UUID(number)]
    upload = Upload.objects.get()
    image, late = stored_image(owner), stored_image(owner, number=2)
    for position, (name, found, status) in enumerate(
        [("a.jpg", image, "added"), ("late.jpg", late, "added"), ("page.jpg", None, "refused")]
    ):
        UnpackedFile.objects.create(
            upload=upload, position=position, name=name, image=found, status=status, reason="A page."
        )
    Image.objects.filter(pk=late.pk).update(state="refused", detail="It ends too early.")
    Upload.objects.update(state="unpacked", file_count=3)
    told = signed_in.get(f"/uploads/{number}/", headers=JSON).json()
    assert told["label"] == "1 received, 0 already there, 2 refused"
    assert [(file["name"], file["label"]) for file in told["refused_files"]] == [
        ("late.jpg", "refused: It ends too early."),
        ("page.jpg", "refused: A page."),
    ]
    page = signed_in.get(f"/uploads/{number}/").content.decode()
    assert "refused: It ends too early." in page
    assert f"/photos/{image.pk}/" in page


def test_the_page_of_a_zip_costs_the_same_for_three_files_and_for_thirty(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    images = image_rows(owner, 30)
    for count in (3, 30):
        upload = Upload.objects.create(
            owner=owner, sha256=f"{count:064}", name="all.zip", size_bytes=1, state="unpacked"
        )
        UnpackedFile.objects.bulk_create(
            UnpackedFile(upload=upload, position=number, name="a", image=images[number], status="added")
            for number in range(count)
        )
        with django_assert_num_queries(7):  # session, user, zip, counts, refused, how many, files
            signed_in.get(f"/uploads/{upload.pk}/")


def test_the_upload_page_costs_the_same_with_three_rows_of_everything_and_with_thirty(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            Album.objects.create(owner=owner, name=f"{number}")
            for state in ("coming", "unpacked"):
                Upload.objects.create(
                    owner=owner, sha256=f"{state[0]}{number:063}", name="a", size_bytes=1, state=state
                )
        with django_assert_num_queries(5):  # session, user, albums, unfinished, zips
            signed_in.get("/upload/")


def test_a_zip_in_a_plain_form_is_taken_too(signed_in: Client, enqueued: list[Any]) -> None:
    file = SimpleUploadedFile("all.zip", zipped({"a.jpg": PHOTO}), content_type="application/zip")
    page = signed_in.post("/upload/", {"photos": [file]}).content.decode()
    upload = Upload.objects.get()
    assert "1 zip to unpack" in page
    assert enqueued == [upload.pk]
    assert partial_path(upload.pk).stat().st_size == upload.size_bytes


def test_a_plain_form_puts_photos_into_an_album(signed_in: Client, owner: User, stranger: User) -> None:
    album = Album.objects.create(owner=owner, name="Holiday")
    theirs = Album.objects.create(owner=stranger, name="Theirs")
    photo = SimpleUploadedFile("a.jpg", PHOTO, content_type="image/jpeg")
    assert signed_in.post("/upload/", {"photos": [photo], "album": theirs.pk}).status_code == 400
    photo.seek(0)
    signed_in.post("/upload/", {"photos": [photo], "album": album.pk})
    assert album.images.count() == 1


def test_the_work_on_what_was_just_sent_is_told_until_it_is_done(
    signed_in: Client, owner: User, stranger: User
) -> None:
    stored_image(owner, number=1)
    since = timezone.now()
    query = {"since": since.isoformat()}
    assert "photo" not in signed_in.get("/uploads/so-far/", query).content.decode().replace("photos-", "")
    for number in (2, 3):
        stored_image(owner, number=number, state="stored" if number == 2 else "ready")
    stored_image(stranger, number=4)
    busy = signed_in.get("/uploads/so-far/", query).content.decode()
    assert "1 of 2 photos read" in busy
    assert "0 of 2 photos looked at, 0 faces" in busy
    assert "every 2s" in busy
    Image.objects.filter(state="stored").update(state="refused")
    FaceScan.objects.create(image=Image.objects.ready().get(owner=owner, added_at__gte=since), state="done")
    done = signed_in.get("/uploads/so-far/", query).content.decode()
    assert "every 2s" not in done
    assert "All done" in done
    assert "1 of 1 photo looked at, 0 faces" in done


@pytest.mark.parametrize("since", ["", "x", "2024-01-01", "2024-13-41T00:00:00Z", "2024-01-01T00:00:00"])
def test_the_moment_since_when_must_be_one(signed_in: Client, since: str) -> None:
    assert signed_in.get("/uploads/so-far/", {"since": since}).status_code == 400
