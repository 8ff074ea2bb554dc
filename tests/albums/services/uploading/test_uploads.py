"""albums.services.uploading.uploads: uploaded files are stored."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection

from albums.models import Image
from albums.services.uploading.uploads import StoreOutcome, StoreStatus, image_store
from tests import drawing

ADDED, THERE, REFUSED = StoreStatus.ADDED, StoreStatus.ALREADY_THERE, StoreStatus.REFUSED


def store(owner: User, data: bytes, name: str = "photo.jpg", source_path: str | None = None) -> StoreOutcome:
    upload = SimpleUploadedFile(name, data)
    return image_store(
        owner=owner, source=upload, source_path=source_path if source_path is not None else name
    )


def stored_files(folder: str = "") -> list[str]:
    def walk(name: str) -> Iterator[str]:
        folders, files = default_storage.listdir(name)
        yield from (f"{name}/{file}" for file in files)
        for inner in folders:
            yield from walk(f"{name}/{inner}" if name else inner)

    return list(walk(folder))


def test_the_original_is_stored_unchanged_under_its_digest(ada: User) -> None:
    data = drawing.photo()
    outcome = store(ada, data)
    assert outcome.status == ADDED
    image = outcome.image
    assert image is not None
    image.refresh_from_db()
    digest = hashlib.sha256(data).hexdigest()
    assert (image.sha256, image.size_bytes, image.mime_type) == (digest, len(data), "image/jpeg")
    assert image.state == Image.State.STORED
    assert image.original.name == f"originals/{ada.pk}/{digest[:2]}/{digest}.jpg"
    with image.original.open() as original:
        assert original.read() == data


def test_a_duplicate_is_detected_per_owner(ada: User, grace: User) -> None:
    first = store(ada, drawing.photo())
    again = store(ada, drawing.photo(), "another name.png")
    assert (again.status, again.image) == (THERE, first.image)
    assert store(grace, drawing.photo()).status == ADDED
    assert len(stored_files()) == 2


def test_the_extension_comes_from_the_content(ada: User) -> None:
    image = store(ada, drawing.encoded(file_format="PNG"), "lies.jpg").image
    assert image is not None
    assert str(image.original.name).endswith(".png")
    assert image.mime_type == "image/png"


@pytest.mark.parametrize(
    ("given", "stored_name"),
    [
        ("new\nline.jpg", "new\nline.jpg"),
        ("right \u202e to left.jpg", "right \u202e to left.jpg"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("caf\udce9.jpg", "caf\\xe9.jpg"),
        ("nul\0.jpg", "nul\\x00.jpg"),
        ("x" * 5000 + ".jpg", "x" * 5000 + ".jpg"),
    ],
    ids=["newline", "right to left", "dots", "markup", "undecodable", "NUL", "long"],
)
def test_any_file_name_is_displayed_and_none_becomes_a_path(ada: User, given: str, stored_name: str) -> None:
    outcome = store(ada, drawing.photo(), "photo.jpg", given)
    assert outcome.status == ADDED
    image = Image.objects.get()
    assert image.source_path == stored_name
    assert image.original.name == f"originals/{ada.pk}/{image.sha256[:2]}/{image.sha256}.jpg"


def test_a_file_that_is_not_a_picture_is_a_refused_row_without_a_file(ada: User) -> None:
    outcome = store(ada, b"<html>404</html>")
    assert (outcome.status, outcome.code) == (REFUSED, "html_page")
    image = Image.objects.get()
    assert (image.state, image.reason, image.detail) == (Image.State.REFUSED, "html_page", outcome.detail)
    assert not image.original
    assert stored_files() == []


def test_a_refused_picture_is_refused_again_for_the_same_reason(ada: User) -> None:
    first = store(ada, b"no picture", "a.jpg")
    assert store(ada, b"no picture", "b.jpg") == first
    assert Image.objects.count() == 1


def test_a_picture_refused_by_a_worker_stays_refused(ada: User, stored: Image) -> None:
    Image.objects.update(state=Image.State.REFUSED, reason="truncated", detail="Cut short.")
    outcome = store(ada, drawing.photo())
    assert (outcome.status, outcome.code, outcome.detail) == (REFUSED, "truncated", "Cut short.")


def test_a_program_name_is_refused_and_the_same_picture_with_a_photo_name_is_stored(ada: User) -> None:
    assert store(ada, drawing.photo(), "holiday.jpg.exe").status == REFUSED
    assert store(ada, drawing.photo(), "rtl_\u202egpj.exe").status == REFUSED
    assert store(ada, drawing.photo(), "holiday.jpg").status == ADDED


def test_a_file_that_cannot_be_read_is_refused_until_it_can(ada: User, tmp_path: Path) -> None:
    path = tmp_path / "later.jpg"
    outcome = image_store(owner=ada, source=path, source_path="later.jpg")
    assert (outcome.status, outcome.code) == (REFUSED, "unreadable")
    assert "No such file" in outcome.detail
    drawing.write_photo(path)
    assert image_store(owner=ada, source=path, source_path="later.jpg").status == ADDED
    assert [image.state for image in Image.objects.all()] == [Image.State.STORED]


def test_a_file_over_the_size_limit_is_refused_without_reading_it(ada: User, settings: object) -> None:
    settings.IMAGE_MAX_BYTES = 100  # type: ignore[attr-defined]  # a fixture
    assert store(ada, drawing.photo()).code == "too_large"


def test_an_upload_in_a_temporary_file_is_stored(ada: User) -> None:
    data = drawing.photo()
    with TemporaryUploadedFile("large.jpg", "image/jpeg", len(data), None) as upload:
        upload.write(data)
        assert image_store(owner=ada, source=upload, source_path="large.jpg").status == ADDED
        assert len(stored_files()) == 1


def test_a_failing_storage_leaves_neither_row_nor_file(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(type(default_storage), "save", full, raising=False)
        with pytest.raises(OSError, match="No space"):
            store(ada, drawing.photo())
    assert Image.objects.count() == 0
    assert stored_files() == []
    assert store(ada, drawing.photo()).status == ADDED


def test_files_left_by_a_killed_process_are_overwritten(ada: User) -> None:
    data = drawing.photo()
    digest = hashlib.sha256(data).hexdigest()
    name = f"originals/{ada.pk}/{digest[:2]}/{digest}.jpg"
    default_storage.save(name, SimpleUploadedFile("half", data[:50]))
    store(ada, data)
    assert stored_files() == [name]
    with default_storage.open(name) as original:
        assert original.read() == data


def test_a_storage_without_local_paths_works(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = InMemoryStorage()
    monkeypatch.setattr(Image._meta.get_field("original"), "storage", memory)
    image = store(ada, drawing.photo()).image
    assert image is not None
    assert memory.exists(str(image.original.name))


@pytest.mark.django_db(transaction=True)
def test_simultaneous_stores_of_one_picture_add_it_once(ada: User) -> None:
    data = drawing.photo()
    start = threading.Barrier(6)
    outcomes: list[StoreStatus] = []

    def run() -> None:
        start.wait()
        outcomes.append(store(ada, data).status)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [ADDED] + [THERE] * 5
    assert Image.objects.count() == 1
    assert len(stored_files()) == 1


def test_a_photo_named_like_a_web_address_is_judged_by_its_content(ada: User) -> None:
    image = store(ada, drawing.photo(), "www.example.com").image
    assert image is not None
    # A download of it is never a file that a system executes.
    assert image.name == "www.example.com.jpg"
    assert store(ada, b"MZ" * 50, "www.example.com").status == REFUSED
    assert store(ada, drawing.encoded(file_format="PNG"), "photo.exe").code == "unsupported"
