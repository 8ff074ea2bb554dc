"""The web server decodes no picture itself: a child does, and a busy or crashing one is a clear answer."""

import base64
import contextlib
import fcntl
import io
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from albums import imaging
from albums.exceptions import ImageRefused, PicturesBusy, RefusalCode
from albums.imaging import copies, decoding
from albums.imaging.isolation import Children
from albums.services.core import isolation
from albums.services.core.isolation import isolated, picture_probe
from albums.tasks import read_in_place
from faces import picture_faces
from faces.error_messages import picture_error_message
from tests.drawing import encoded, quarters

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def isolate(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.PICTURES_IN_PLACE, settings.PICTURES_AT_ONCE = False, 1
    settings.PICTURE_FOLDER = tmp_path
    monkeypatch.setattr(isolation, "WAIT_SECONDS", 0.1)
    yield
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.ZombieProcess):
            if "albums.imaging.isolation.child" in process.cmdline():
                process.kill()


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process no decoder runs and no model is open."""

    def never(*_arguments: object, **_options: object) -> None:
        raise AssertionError("in the process of the web server")

    for module, name in ((decoding, "_load"), (picture_faces, "get_pipeline")):
        monkeypatch.setattr(module, name, never)


@pytest.fixture
def busy(settings: Any) -> Iterator[None]:
    children = Children(Path(settings.PICTURE_FOLDER), count=1, seconds=1, wait=0)
    with children.slot_file(0, "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def upload(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("picture.png", content or encoded(quarters(), "PNG"))


def picture() -> io.BytesIO:
    return io.BytesIO(encoded(quarters(), "PNG"))


@pytest.mark.usefixtures("undecoded")
def test_pages_decode_in_a_child(client: Client, django_user_model: type[User]) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))
    page = client.post(reverse("faces:verify"), {"first": upload(), "pick": "second"})
    assert page.status_code == HTTPStatus.OK
    copy = page.context["held"]["first_copy"]
    assert Image.open(io.BytesIO(base64.b64decode(copy))).size == (96, 64)
    again = client.post(reverse("faces:verify"), {"first_copy": copy, "pick": "second"})
    assert again.context["held"]["first_copy"] == copy
    cut = upload(encoded(quarters(), "PNG")[:-80])
    damaged = client.post(reverse("faces:verify"), {"first": cut, "pick": "second"})
    assert damaged.status_code == HTTPStatus.BAD_REQUEST
    assert "damaged" in damaged.content.decode()


@pytest.mark.usefixtures("busy")
def test_pages_and_the_api_say_that_the_server_is_busy(client: Client, django_user_model: type[User]) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))
    page = client.post(reverse("faces:verify"), {"first": upload(), "second": upload()})
    assert (page.status_code, page["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert "busy with other images" in page.content.decode()
    answer = client.post("/api/v1/lookalike/", {"picture": upload()})
    assert (answer.status_code, answer["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
    assert answer.json()["code"] == "pictures_busy"


def _crash(file: io.BytesIO) -> None:
    raise SystemExit(file.read(1))


def test_a_picture_that_ends_its_process_is_refused_and_the_next_is_taken() -> None:
    with pytest.raises(ImageRefused) as refused:
        isolated(_crash, files=[io.BytesIO(b"x")])
    assert refused.value.code == RefusalCode.CRASHED
    assert picture_error_message(refused.value) == "This image can't be processed. Choose another file."
    size = isolated(copies.decoded_size, files=[picture()], max_side=48, limits=imaging.DEFAULT_LIMITS)
    assert size == (48, 32)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("file_format", "apart"), [("JPEG", False), ("PNG", False), ("WEBP", True), ("AVIF", True)]
)
def test_headers_that_a_library_reads_are_read_in_a_child(file_format: str, *, apart: bool) -> None:
    file = io.BytesIO(encoded(quarters(), file_format))
    refused = pytest.raises(PicturesBusy) if apart else contextlib.nullcontext()
    with refused:
        assert picture_probe(file, limits=imaging.DEFAULT_LIMITS).width == 96


@pytest.mark.usefixtures("busy")
def test_a_worker_decodes_in_its_own_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_in_place", False)
    limits: Callable[[], imaging.Limits] = imaging.Limits
    with pytest.raises(PicturesBusy):
        isolated(copies.decoded_size, files=[picture()], max_side=48, limits=limits())
    read_in_place()
    assert isolated(copies.decoded_size, files=[picture()], max_side=48, limits=limits()) == (48, 32)


@pytest.mark.parametrize("package", ["albums/views", "albums/http", "faces/views", "api"])
def test_entry_points_of_the_web_server_call_no_decoder(package: str) -> None:
    calls = re.compile(r"\bimaging\.(decode|read|read_metadata|probe)\(|\bget_pipeline\(|\bphoto_pixels\(")
    root = Path(__file__).resolve().parents[3]
    files = sorted((root / package).rglob("*.py"))
    assert files
    assert [str(file) for file in files if calls.search(file.read_text())] == []
