"""Simultaneous uploads of the same file."""

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection

from albums.exceptions import OffsetDiffers
from albums.models import Image, Upload
from albums.services.uploading.resumable_uploads import (
    upload_append,
    upload_finish,
)
from tests import drawing
from tests.albums.services.uploading.sending import begin, begun


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
