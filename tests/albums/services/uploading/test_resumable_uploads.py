"""albums.services.uploading.resumable_uploads: files are uploaded in pieces."""

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.utils import timezone

from albums.exceptions import OffsetDiffers, UploadRefused
from albums.models import Album, Image, Upload
from albums.services.uploading.partial_files import partial_path
from albums.services.uploading.resumable_uploads import (
    upload_append,
    upload_finish,
)
from albums.services.uploading.upload_sweeping import uploads_sweep
from tests import drawing
from tests.albums.services.uploading.sending import begin, begun, digest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.UPLOAD_FOLDER = tmp_path / "uploads"  # type: ignore[attr-defined]  # a fixture
    return tmp_path / "uploads"


def send(owner: User, upload: Upload, data: bytes, *, piece: int = 1000) -> None:
    for offset in range(upload.received_bytes, len(data), piece):
        upload_append(owner=owner, upload_id=upload.pk, offset=offset, piece=data[offset : offset + piece])


def test_a_file_uploaded_in_pieces_becomes_the_same_photo(ada: User, folder: Path) -> None:
    data = drawing.photo()
    upload = begun(ada, data, "holiday/beach.jpg")
    send(ada, upload, data, piece=100)
    step = upload_finish(owner=ada, upload_id=upload.pk)
    assert step.status == "added"
    image = Image.objects.get()
    assert (image.source_path, image.sha256, image.state) == ("holiday/beach.jpg", digest(data), "stored")
    with image.original.open() as original:
        assert original.read() == data
    assert not Upload.objects.exists()


def test_temporary_files_are_deleted_once_the_photo_is_stored(
    ada: User, folder: Path, django_capture_on_commit_callbacks
) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    send(ada, upload, data)
    assert [path.name for path in folder.iterdir()] == [f"{upload.pk}.part"]
    with django_capture_on_commit_callbacks(execute=True):
        upload_finish(owner=ada, upload_id=upload.pk)
    assert list(folder.iterdir()) == []


def test_starting_again_continues_where_the_upload_stopped(ada: User) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=data[:700])
    again = begun(ada, data, "under another name.jpg")
    assert (again.pk, again.received_bytes) == (upload.pk, 700)
    send(ada, again, data)
    assert upload_finish(owner=ada, upload_id=again.pk).status == "added"


@pytest.mark.parametrize("offset", [0, 500, 2000])
def test_a_piece_at_a_wrong_offset_is_refused_with_the_right_offset(ada: User, offset: int) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=data[:600])
    with pytest.raises(OffsetDiffers) as differs:
        upload_append(owner=ada, upload_id=upload.pk, offset=offset, piece=b"x" * 50)
    assert differs.value.received == 600
    assert partial_path(upload.pk).read_bytes() == data[:600]


def test_bytes_beyond_the_announced_size_are_refused(ada: User) -> None:
    upload = begun(ada, b"x" * 100)
    with pytest.raises(UploadRefused):
        upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=b"x" * 101)


def test_bytes_lost_on_disk_are_requested_again(ada: User) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=data[:700])
    os.truncate(partial_path(upload.pk), 400)
    with pytest.raises(OffsetDiffers) as differs:
        upload_append(owner=ada, upload_id=upload.pk, offset=700, piece=data[700:])
    assert differs.value.received == 400
    upload_append(owner=ada, upload_id=upload.pk, offset=400, piece=data[400:])
    assert upload_finish(owner=ada, upload_id=upload.pk).status == "added"


def test_wrong_bytes_are_discarded_with_an_error(ada: User) -> None:
    data = drawing.photo()
    upload = begun(ada, data)
    send(ada, upload, data[:-1] + b"?")
    step = upload_finish(owner=ada, upload_id=upload.pk)
    assert step.outcome is not None
    assert (step.status, step.outcome.code) == ("refused", "damaged_on_the_way")
    assert not Image.objects.exists()
    assert begun(ada, data).received_bytes == 0, "the right bytes can still be sent"


def test_a_file_that_is_not_a_picture_is_refused_and_later_refused_before_uploading(
    ada: User,
) -> None:
    data = b"<html>404</html>"
    upload = begun(ada, data)
    send(ada, upload, data)
    step = upload_finish(owner=ada, upload_id=upload.pk)
    assert step.outcome is not None
    assert (step.status, step.outcome.code) == ("refused", "html_page")
    again = begin(ada, data)
    assert again.outcome == step.outcome
    assert again.upload is None


def test_an_empty_file_is_refused(ada: User) -> None:
    upload = begun(ada, b"")
    upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=b"")
    step = upload_finish(owner=ada, upload_id=upload.pk)
    assert step.outcome is not None
    assert step.outcome.code == "empty"


def test_a_stored_photo_needs_no_upload(ada: User, grace: User, stored: Image) -> None:
    step = begin(ada, drawing.photo())
    assert (step.status, step.upload) == ("already_there", None)
    assert step.outcome is not None
    assert step.outcome.image == stored
    assert begin(grace, drawing.photo()).status == "go_on", "the photo is hidden from other accounts"


def test_uploading_a_photo_in_the_bin_restores_it(ada: User, stored: Image) -> None:
    Image.objects.update(binned_at=timezone.now())
    assert begin(ada, drawing.photo()).status == "restored"
    stored.refresh_from_db()
    assert stored.binned_at is None


def test_a_missing_original_is_requested(ada: User, stored: Image) -> None:
    default_storage.delete(str(stored.original.name))
    Image.objects.update(state="refused", reason="missing")
    data = drawing.photo()
    upload = begun(ada, data)
    send(ada, upload, data)
    assert upload_finish(owner=ada, upload_id=upload.pk).status == "added"
    stored.refresh_from_db()
    assert stored.state == "stored"


def test_too_large_files_and_programs_are_refused_before_uploading(ada: User, settings) -> None:
    settings.IMAGE_MAX_BYTES = 1000
    settings.ZIP_MOST_MB = 1
    found = [
        begin(ada, b"x" * 1001),
        begin(ada, b"MZ", "setup.exe"),
        begin(ada, b"x" * (2**20 + 1), "all.zip"),
    ]
    codes = [step.outcome and step.outcome.code for step in found]
    assert codes == ["too_large", "unsupported", "too_large"]
    assert begin(ada, b"x" * 1001, "all.zip").status == "go_on"
    assert Image.objects.refused().count() == 2, "they are listed among the refused files"


def test_the_photo_is_added_to_the_album_even_when_it_is_a_duplicate(ada: User, stored: Image) -> None:
    album = Album.objects.create(owner=ada, name="Holiday")
    begin(ada, drawing.photo(), album=album)
    data = drawing.photo(3)
    upload = begun(ada, data, album=album)
    send(ada, upload, data)
    upload_finish(owner=ada, upload_id=upload.pk)
    assert album.images.count() == 2


def test_unfinished_files_and_bytes_per_account_are_limited(ada: User, grace: User, settings) -> None:
    settings.UPLOAD_MOST_FILES = 2
    settings.UPLOAD_MOST_MB = 1
    begin(ada, b"1")
    with pytest.raises(UploadRefused) as refused:
        begin(ada, b"x" * 2**20)
    assert refused.value.code == "full"
    begin(ada, b"2")
    with pytest.raises(UploadRefused):
        begin(ada, b"3")
    assert begin(ada, b"2").status == "go_on", "continuing is always allowed"
    assert begin(grace, b"3").status == "go_on"


def test_a_full_disk_is_reported_before_uploading(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("albums.services.uploading.resumable_uploads.room_for", lambda _size: False)
    with pytest.raises(UploadRefused) as refused:
        begin(ada, b"1")
    assert refused.value.code == "no_room"


def test_another_account_cannot_continue_or_cancel_an_upload(ada: User, grace: User) -> None:
    upload = begun(ada, b"12")
    with pytest.raises(Upload.DoesNotExist):
        upload_append(owner=grace, upload_id=upload.pk, offset=0, piece=b"1")
    with pytest.raises(Upload.DoesNotExist):
        upload_finish(owner=grace, upload_id=upload.pk)


def test_a_complete_zip_stays_on_disk_for_the_workers(ada: User) -> None:
    data = b"PK\x03\x04 and so on"
    upload = begun(ada, data, "all.ZIP")
    assert upload_finish(owner=ada, upload_id=upload.pk).status == "go_on"
    send(ada, upload, data)
    assert upload_finish(owner=ada, upload_id=upload.pk).status == "unpacking"
    assert begin(ada, data, "all.zip").status == "unpacking"
    with pytest.raises(OffsetDiffers):
        upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=b"PK")


def test_stale_uploads_and_files_without_rows_are_deleted(
    ada: User, folder: Path, django_capture_on_commit_callbacks
) -> None:
    stale, recent = begun(ada, b"12"), begun(ada, b"34")
    for upload in (stale, recent):
        upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=b"1")
    Upload.objects.filter(pk=stale.pk).update(changed_at=timezone.now() - timedelta(days=4))
    orphan, fresh_orphan = folder / f"{uuid.uuid4()}.part", folder / f"{uuid.uuid4()}.unpacked"
    old = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (orphan, fresh_orphan):
        path.write_bytes(b"x")
    for path in (orphan, partial_path(recent.pk)):
        os.utime(path, (old, old))
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads_sweep() == 1
    assert set(folder.iterdir()) == {partial_path(recent.pk), fresh_orphan}
    assert list(Upload.objects.all()) == [recent]


def test_deleting_an_account_deletes_its_unfinished_uploads(
    ada: User, folder: Path, django_capture_on_commit_callbacks
) -> None:
    upload = begun(ada, b"12")
    upload_append(owner=ada, upload_id=upload.pk, offset=0, piece=b"1")
    with django_capture_on_commit_callbacks(execute=True):
        ada.delete()
    assert list(folder.iterdir()) == []
