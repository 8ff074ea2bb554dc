"""Without room on the disk photos are shown, nothing is stored, and each door says so."""

import errno
from http import HTTPStatus
from pathlib import Path
from unittest.mock import Mock

import psycopg
import pytest
from celery.exceptions import Retry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from albums import tasks
from albums.models import Image, Upload
from albums.services.backup.backup import backup_make
from albums.services.core import throttling
from albums.services.uploading.folder_import import import_folder
from api.tokens import token_create
from config.disk_space import has_room
from config.outages import Outage, outage_of
from faces.services.model_store.install import models_install
from faces.services.searching.verifiers import verifier_save
from faces.vision.weights.table import model_named
from tests.drawing import photo, write_photo


@pytest.fixture
def full(settings: Settings) -> None:
    """No disk has so much room."""
    settings.RESERVE_MB = 10**9


def files_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.usefixtures("full")
def test_an_upload_gets_507_and_a_sentence(signed_in: Client, settings: Settings) -> None:
    signed_in.raise_request_exception = False
    file = SimpleUploadedFile("a.jpg", photo(1))
    answer = signed_in.post("/api/v1/images/upload/", {"file": file})
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.INSUFFICIENT_STORAGE, "no_room")
    assert "disk is full" in answer.json()["detail"] or "room" in answer.json()["detail"]
    announced = {"name": "a.jpg", "size": 1000, "sha256": "0" * 64}
    answer = signed_in.post("/api/v1/uploads/", announced, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.INSUFFICIENT_STORAGE, "no_room")
    assert (Image.objects.count(), Upload.objects.count()) == (0, 0)
    assert files_below(Path(settings.MEDIA_ROOT)) == []


def test_photos_can_be_viewed_and_nothing_is_retried_for_good(signed_in: Client, settings: Settings) -> None:
    file = SimpleUploadedFile("a.jpg", photo(1))
    assert signed_in.post("/api/v1/images/upload/", {"file": file}).status_code == HTTPStatus.OK
    image = Image.objects.get()
    settings.RESERVE_MB = 10**9
    for address in ("/", "/people/", "/albums/", f"/api/v1/images/{image.pk}/original/"):
        assert signed_in.get(address).status_code == HTTPStatus.OK, address
    with pytest.raises(OSError, match="No space left"):
        tasks.read_images.run([image.pk])
    image.refresh_from_db()
    assert (image.state, image.reason) == (Image.State.STORED, "")
    settings.RESERVE_MB = 0
    tasks.read_images.run([image.pk])
    image.refresh_from_db()
    assert image.state == Image.State.READY


@pytest.mark.django_db
def test_a_task_waits_for_room_however_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def retry(*, countdown: float, **_options: object) -> Retry:
        waits.append(countdown)
        return Retry()

    def full(**_options: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    task = tasks.expire_bin
    monkeypatch.setattr(tasks, "bin_expire", full)
    monkeypatch.setattr(task, "retry", retry)
    task.push_request(called_directly=False, retries=10**6)  # type: ignore[call-arg]  # untyped
    try:
        with pytest.raises(Retry):
            task()
    finally:
        task.pop_request()
    assert waits == [15]


@pytest.mark.usefixtures("full")
@pytest.mark.django_db
def test_an_import_and_a_backup_leave_the_reserve(ada: User, tmp_path: Path) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    write_photo(source / "a.jpg")
    assert not has_room(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        import_folder(folder=source, owner=ada, enqueue=lambda _ids: None)
    with pytest.raises(OSError, match="No space left"):
        backup_make(target=tmp_path / "backup", derived=False, progress=lambda *_: None)
    assert Image.objects.count() == 0


@pytest.mark.usefixtures("full")
def test_models_and_verifiers_leave_the_reserve(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(OSError, match="No space left"):
        models_install(
            models=[model_named("retinaface_mobilenet")],
            models_dir=tmp_path / "models",
            local_folder=None,
            progress=Mock(),
            on_failure=Mock(),
        )
    with pytest.raises(OSError, match="No space left"):
        verifier_save(name="mine", model=b"0", metrics={}, pictures={})


def disk_full() -> OperationalError:
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull()
    return error


def test_a_full_disk_of_the_database_is_recognised() -> None:
    assert outage_of(disk_full()) is Outage.DISK
    assert outage_of(OSError(errno.EDQUOT, "Disk quota exceeded")) is Outage.DISK
    assert outage_of(OSError(errno.ENOENT, "No such file")) is None


def test_the_api_reads_while_the_database_cannot_write(
    owner: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_create(user=owner, name="t", scopes=["read"], expires_at=None)[1]

    def refuse(*_args: object, **_values: object) -> int:
        raise disk_full()

    monkeypatch.setattr(throttling, "_key", refuse)
    answer = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == HTTPStatus.OK
