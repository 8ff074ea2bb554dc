"""Uploads of zips and plain forms: outcomes of files and progress."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image, UnpackedFile, Upload
from albums.services.uploading.partial_files import partial_path
from faces.models import FaceScan
from tests.albums.services.uploading.zips import zipped
from tests.albums.views.sending import PHOTO, begin, send
from tests.rows import image_rows, stored_image, upload_row

pytestmark = pytest.mark.usefixtures("upload_folder", "enqueued")
JSON = {"Accept": "application/json"}


def test_a_zip_is_enqueued_and_its_page_lists_each_file(
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
    progress = signed_in.get(f"/uploads/{number}/", headers=JSON).json()
    assert progress["label"] == "1 uploaded, 0 duplicates, 2 not added"
    assert [(file["name"], file["label"]) for file in progress["refused_files"]] == [
        ("late.jpg", "not added: It ends too early."),
        ("page.jpg", "not added: A page."),
    ]
    page = signed_in.get(f"/uploads/{number}/").content.decode()
    assert "not added: It ends too early." in page
    assert f"/photos/{image.pk}/" in page


def test_the_page_of_a_zip_costs_the_same_for_three_files_and_for_thirty(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    images = image_rows(owner, 30)
    for count in (3, 30):
        upload = upload_row(owner, state="unpacked")
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
                upload_row(owner, state=state)
        with django_assert_num_queries(6):  # session, user, albums, unfinished, zips, selected files
            signed_in.get("/upload/")


def test_a_plain_form_accepts_a_zip(signed_in: Client, enqueued: list[Any]) -> None:
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


def test_progress_of_a_recent_upload_is_shown_until_it_is_done(
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
    assert "1 of 2 photos processed" in busy
    assert "0 of 2 photos scanned, 0 faces" in busy
    assert "every 2s" in busy
    Image.objects.filter(state="stored").update(state="refused")
    FaceScan.objects.create(image=Image.objects.ready().get(owner=owner, added_at__gte=since), state="done")
    done = signed_in.get("/uploads/so-far/", query).content.decode()
    assert "every 2s" not in done
    assert "All done" in done
    assert "1 of 1 photo scanned, 0 faces" in done


@pytest.mark.parametrize("since", ["", "x", "2024-01-01", "2024-13-41T00:00:00Z", "2024-01-01T00:00:00"])
def test_an_invalid_start_time_is_refused(signed_in: Client, since: str) -> None:
    assert signed_in.get("/uploads/so-far/", {"since": since}).status_code == 400
