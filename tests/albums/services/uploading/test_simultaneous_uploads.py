"""Simultaneous uploads of the same file."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from albums.exceptions import OffsetDiffers
from albums.models import EndedUpload, Image, Upload
from albums.services.uploading.resumable_uploads import (
    upload_append,
    upload_finish,
    upload_receive,
)
from albums.services.uploading.upload_sweeping import uploads_sweep
from tests import drawing
from tests.albums.services.uploading.sending import begin, begun, digest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    return tmp_path / "uploads"


@pytest.mark.django_db(transaction=True)
def test_simultaneous_uploads_of_one_file_write_each_byte_once(ada: User) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    start = threading.Barrier(4)
    ends: list[str] = []

    def run() -> None:
        start.wait()
        offset = 0
        try:
            while True:
                try:
                    sent = upload_append(
                        owner=ada, upload_id=upload.pk, offset=offset, piece=data[offset : offset + 97]
                    )
                    offset = sent.received_bytes
                except OffsetDiffers as differs:
                    offset = differs.received
                if offset >= len(data):
                    ends.append(upload_finish(owner=ada, upload_id=upload.pk).status)
                    return
        except Upload.DoesNotExist:
            ends.append(begin(ada, data).status)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["added"] + ["already_there"] * 3
    with Image.objects.get().original.open() as original:
        assert original.read() == data


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["/uploads/", "/api/v1/uploads/"])
def test_every_sender_of_one_file_learns_that_it_is_there(ada: User, door: str) -> None:
    """Two tabs, or a phone and a computer, send the same photo: none of them may see an error."""
    data = drawing.photo()
    announced = {"name": "photo.jpg", "size": len(data), "sha256": digest(data)}
    clients = [Client(raise_request_exception=False) for _ in range(6)]
    for client in clients:
        client.force_login(ada)
    start = threading.Barrier(len(clients))
    ends: list[tuple[int, str]] = []

    def send(client: Client) -> None:
        start.wait()
        name = ""
        try:
            response = client.post(door, announced, content_type="application/json")
            while response.status_code == 409 or response.json().get("status") == "go_on":
                found = response.json()
                # The problem of the API has the offset among its members.
                name, offset = found.get("id") or name, found.get("offset", found.get("received"))
                response = client.patch(
                    f"{door}{name}/",
                    data[offset : offset + 200],
                    content_type="application/octet-stream",
                    headers={"Upload-Offset": str(offset)},
                )
            ends.append((response.status_code, response.json().get("status", "")))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    added = "received" if door == "/uploads/" else "added"
    assert sorted(ends) == sorted([(200, added)] + [(200, "already_there")] * 5)
    assert Image.objects.count() == 1


def test_a_late_sender_learns_that_the_file_is_there_until_the_photo_is_erased(ada: User) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    sent: dict[str, Any] = {"owner": ada, "upload_id": upload.pk, "offset": 0, "piece": data}
    assert upload_receive(**sent).status == "added"
    assert upload_receive(**sent).status == "already_there"
    Image.objects.all().delete()
    with pytest.raises(Upload.DoesNotExist):
        upload_receive(**sent)
    EndedUpload.objects.update(ended_at=timezone.now() - timedelta(days=2))
    uploads_sweep()
    assert not EndedUpload.objects.exists()
