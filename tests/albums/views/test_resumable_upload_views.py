"""The protocol of resumable uploads."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.models import Album, Image, Upload
from albums.services.uploading.partial_files import partial_path
from tests.albums.views.sending import PHOTO, begin, send
from tests.rows import upload_row

pytestmark = pytest.mark.usefixtures("upload_folder", "enqueued")
JSON = {"Accept": "application/json"}


def test_a_file_is_announced_sent_in_pieces_and_received(
    signed_in: Client, owner: User, enqueued: list[Any]
) -> None:
    begun = begin(signed_in).json()
    assert (begun["status"], begun["offset"]) == ("go_on", 0)
    half = send(signed_in, begun["id"], PHOTO[:500]).json()
    assert (half["status"], half["offset"]) == ("go_on", 500)
    end = send(signed_in, begun["id"], PHOTO[500:], 500).json()
    image = Image.objects.get()
    assert (end["status"], end["label"], end["image"]) == ("received", "uploaded", image.pk)
    assert enqueued == [image.pk]
    assert begin(signed_in).json()["status"] == "already_there"
    image.binned_at = timezone.now()
    image.save()
    assert begin(signed_in).json()["label"] == "restored from the bin"


def test_after_an_interruption_the_server_returns_the_offset(signed_in: Client) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:700])
    assert signed_in.get(f"/uploads/{number}/", headers=JSON).json()["offset"] == 700
    wrong = send(signed_in, number, PHOTO, 0)
    assert (wrong.status_code, wrong.json()) == (409, {"offset": 700})
    assert begin(signed_in).json()["offset"] == 700


def test_wrong_bytes_have_their_own_error_code(signed_in: Client) -> None:
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
    assert answer["label"].startswith("not added: ")
    assert begin(signed_in, page).json()["label"] == answer["label"]


def test_skipped_files_of_a_zip_are_counted_in_its_label(signed_in: Client) -> None:
    number = begin(signed_in).json()["id"]
    Upload.objects.update(state=Upload.State.UNPACKED, reason_values={"skipped": 2})
    label = signed_in.get(f"/uploads/{number}/", headers=JSON).json()["label"]
    assert label == "0 uploaded, 0 duplicates, 0 not added; 2 other files skipped"


@pytest.mark.parametrize("offset", ["", "x", "-1", "1.5", "9" * 20, "٣"])
def test_a_piece_needs_a_valid_offset(signed_in: Client, offset: str) -> None:
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
def test_an_invalid_announcement_is_explained(signed_in: Client, given: bytes) -> None:
    answer = signed_in.post("/uploads/", given, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_too_many_uploads_and_a_full_disk_have_their_own_statuses(
    signed_in: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.UPLOAD_MOST_FILES = 1
    begin(signed_in)
    full = begin(signed_in, b"another")
    assert (full.status_code, full.json()["code"]) == (429, "full")
    settings.UPLOAD_MOST_FILES = 9
    monkeypatch.setattr("albums.services.uploading.resumable_uploads.room_for", lambda _size: False)
    assert begin(signed_in, b"another").status_code == 507


def test_a_disk_error_preserves_the_bytes_received_so_far(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:300])

    def full(*_args: object, **_kwargs: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("albums.services.uploading.resumable_uploads.partial_write", full)
        assert send(signed_in, number, PHOTO[300:], 300).status_code == 507
    assert send(signed_in, number, PHOTO[300:], 300).json()["status"] == "received"


def test_an_upload_of_another_account_is_not_found(signed_in: Client, stranger: User, owner: User) -> None:
    number = begin(signed_in).json()["id"]
    signed_in.force_login(stranger)
    for wanted in (number, str(uuid.uuid4())):
        assert signed_in.get(f"/uploads/{wanted}/", headers=JSON).status_code == 404
        assert signed_in.get(f"/uploads/{wanted}/").status_code == 404
        assert send(signed_in, wanted, PHOTO).status_code == 404
        assert signed_in.delete(f"/uploads/{wanted}/").status_code == 404
        assert signed_in.post(f"/uploads/{wanted}/drop/").status_code == 404
    assert Upload.objects.get().received_bytes == 0
    assert begin(signed_in).json()["id"] != number, "the same bytes start another upload"


def test_an_album_of_another_account_is_not_found(signed_in: Client, stranger: User) -> None:
    theirs = Album.objects.create(owner=stranger, name="Theirs")
    assert begin(signed_in, album=theirs.pk).json() == begin(signed_in, album=theirs.pk + 1).json()
    assert begin(signed_in, album=theirs.pk).status_code == 400


def test_a_visitor_gets_a_plain_error(client: Client, owner: User) -> None:
    upload = upload_row(owner, name="a.jpg", size_bytes=5)
    assert begin(client).status_code == 401
    assert send(client, str(upload.pk), b"1").status_code == 401
    assert client.delete(f"/uploads/{upload.pk}/").status_code == 401
    assert client.get(f"/uploads/{upload.pk}/", headers=JSON).status_code == 401
    for path in (f"/uploads/{upload.pk}/", "/uploads/so-far/"):
        assert client.get(path).status_code == 302
    assert client.post(f"/uploads/{upload.pk}/drop/").status_code == 302


def test_requests_without_the_csrf_token_are_refused(owner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    upload = upload_row(owner, name="a.jpg", size_bytes=5)
    assert begin(strict).status_code == 403
    assert send(strict, str(upload.pk), b"12345").status_code == 403
    assert strict.delete(f"/uploads/{upload.pk}/").status_code == 403


def test_running_and_interrupted_uploads_can_be_cancelled(
    signed_in: Client, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    number = begin(signed_in).json()["id"]
    send(signed_in, number, PHOTO[:300])
    assert "Interrupted uploads" in signed_in.get("/upload/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.delete(f"/uploads/{number}/").status_code == 204
    assert not partial_path(uuid.UUID(number)).exists()
    number = begin(signed_in).json()["id"]
    page = signed_in.post(f"/uploads/{number}/drop/", follow=True).content.decode()
    assert "discarded" in page
    assert "Interrupted uploads" not in page
