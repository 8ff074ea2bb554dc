"""An uploaded zip of Google Takeout gives its photos what its JSON files have."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from albums.models import Album, Image, Upload
from albums.services.importing.uploaded_takeout import uploaded_takeout_describe
from albums.services.reading.renditions import image_read
from albums.services.uploading.archive_unpacking import archive_unpack
from albums.services.uploading.resumable_uploads import upload_append, upload_begin, upload_finish
from tests import drawing
from tests.albums.services.uploading.zips import zipped

YEAR = "Takeout/Google Photos/Photos from 2019"
ALBUM = "Takeout/Google Photos/Lyon"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"


def photo_json(title: str, **more: Any) -> bytes:
    return json.dumps({"title": title, "photoTakenTime": {"timestamp": "1563357600"}, **more}).encode()


@pytest.fixture
def upload(ada: User) -> Upload:
    data = zipped(
        {
            f"{YEAR}/a.jpg": drawing.photo(1),
            f"{YEAR}/a.jpg.json": photo_json("a.jpg", favorited=True, people=[{"name": "Anna"}]),
            f"{YEAR}/gone.jpg": drawing.photo(2),
            f"{YEAR}/gone.jpg.json": photo_json("gone.jpg", trashed=True),
            f"{YEAR}/alone.jpg": drawing.photo(3),
            f"{ALBUM}/a.jpg": drawing.photo(1),
            f"{ALBUM}/metadata.json": b'{"title": "Lyon"}',
        }
    )
    begun = upload_begin(
        owner=ada, name="takeout.zip", size=len(data), sha256=hashlib.sha256(data).hexdigest()
    ).upload
    assert begun is not None
    upload_append(owner=ada, upload_id=begun.pk, offset=0, piece=data)
    upload_finish(owner=ada, upload_id=begun.pk)
    return begun


def read(image_ids: Any) -> None:
    for image in Image.objects.filter(pk__in=list(image_ids)):
        image_read(image=image)


@pytest.mark.parametrize("enqueue", [read, lambda _ids: None], ids=["read before", "read later"])
def test_photos_get_what_their_files_have(upload: Upload, enqueue: Any) -> None:
    assert archive_unpack(
        upload_id=upload.pk, enqueue=enqueue, describe=uploaded_takeout_describe, seconds=60
    )
    read(Image.objects.unread().values_list("pk", flat=True))
    a, gone, alone = (
        Image.objects.get(source_path__endswith=f"/{one}.jpg") for one in ("a", "gone", "alone")
    )
    assert (a.captured_at, a.favourite) == (datetime(2019, 7, 17, 10), True)  # noqa: DTZ001
    assert a.sidecar.people == ["Anna"]
    assert gone.binned_at is not None
    assert (alone.captured_at, alone.binned_at) == (None, None)
    assert [(album.name, list(album.images.all())) for album in Album.objects.all()] == [("Lyon", [a])]


def test_an_interrupted_run_continues(upload: Upload) -> None:
    calls = []

    def interrupted(*arguments: Any) -> bool:
        calls.append(arguments)
        return len(calls) > 1 and uploaded_takeout_describe(*arguments)

    options: Any = {"upload_id": upload.pk, "enqueue": read, "describe": interrupted, "seconds": 60}
    assert not archive_unpack(**options)
    upload.refresh_from_db()
    assert upload.state == Upload.State.UNPACKING
    assert archive_unpack(**options)
    assert Image.objects.get(source_path__endswith="/a.jpg").favourite
