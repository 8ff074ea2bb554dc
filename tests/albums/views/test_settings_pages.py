"""The settings: account, appearance, storage, work, export, and the end of an account."""

import io
import json
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from albums.models import Album, AlbumImage, Image, Preferences
from albums.templatetags.toasts import undo_address
from albums.views import settings_data
from albums.views.toasts import toast
from faces.models import Face, FaceScan, Person
from faces.services.pictures import portrait_store
from tests.page_rows import face_row, image_rows, stored_image

PASSWORD = "correct horse battery"
NOW = "a long pass phrase"
SECTIONS = (
    "/settings/",
    "/settings/account/",
    "/settings/appearance/",
    "/settings/storage/",
    "/settings/jobs/",
    "/settings/export/",
    "/settings/delete/",
    "/settings/faces/",
    "/settings/faces/off/",
    "/settings/tokens/",
)


@pytest.fixture(autouse=True)
def own_cache(settings: object) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", SECTIONS)
def test_every_section_opens_and_only_for_who_is_signed_in(signed_in: Client, owner: User, path: str) -> None:
    page = signed_in.get(path)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_a_name_is_changed_by_itself(signed_in: Client, owner: User, stranger: User) -> None:
    taken = signed_in.post("/settings/account/", {"change": "name", "username": "eve"})
    assert taken.status_code == 400
    assert "already exists" in taken.content.decode()
    assert "Signed in as <strong>ada</strong>" in taken.content.decode()
    signed_in.post("/settings/account/", {"change": "name", "username": "ada2"})
    owner.refresh_from_db()
    assert owner.username == "ada2"
    assert owner.check_password(NOW)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(signed_in: Client, owner: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(owner)
    new = {"change": "password", "password1": PASSWORD, "password2": PASSWORD}
    refused = signed_in.post("/settings/account/", {**new, "current_password": "wrong"})
    assert "not the password in use" in refused.content.decode()
    owner.refresh_from_db()
    assert owner.check_password(NOW)
    assert signed_in.post("/settings/account/", {**new, "current_password": NOW}).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def test_signing_out_everywhere_keeps_this_session_and_those_of_others(
    signed_in: Client, owner: User, stranger: User
) -> None:
    elsewhere, other = Client(), Client()
    elsewhere.force_login(owner)
    other.force_login(stranger)
    assert "In 2 browsers" in signed_in.get("/settings/account/").content.decode()
    assert signed_in.get("/settings/account/sessions/").status_code == 405
    signed_in.post("/settings/account/sessions/")
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    assert other.get("/settings/").status_code == 200


def test_language_and_theme_are_kept_and_are_in_force_at_once(signed_in: Client, owner: User) -> None:
    signed_in.post("/settings/appearance/", {"language": "fr", "theme": "dark"})
    kept = Preferences.objects.get(user=owner)
    assert (kept.language, kept.theme) == ("fr", "dark")
    assert '<html lang="fr" data-theme="dark">' in signed_in.get("/settings/").content.decode()
    signed_in.post("/settings/appearance/", {"language": "", "theme": "system"})
    page = signed_in.get("/settings/").content.decode()
    assert '<html lang="en">' in page


def test_a_language_that_there_is_none_of_is_refused(signed_in: Client) -> None:
    answer = signed_in.post("/settings/appearance/", {"language": "tlh", "theme": "dark"})
    assert answer.status_code == 400
    assert not Preferences.objects.exists()


def test_the_theme_changes_from_any_page_and_back_to_it(signed_in: Client, owner: User) -> None:
    Preferences.objects.create(user=owner, language="es")
    answer = signed_in.post("/settings/theme/", {"theme": "dark", "next": "/people/?page=2"})
    assert answer.headers["Location"] == "/people/?page=2"
    assert signed_in.cookies[project.THEME_COOKIE_NAME].value == "dark"
    kept = Preferences.objects.get(user=owner)
    assert (kept.language, kept.theme) == ("es", "dark")
    away = signed_in.post("/settings/theme/", {"theme": "light", "next": "https://example.org/"})
    assert away.headers["Location"] == "/settings/appearance/"
    assert signed_in.post("/settings/theme/", {"theme": "pink"}).status_code == 404


def _with_crop(image: Image, person: Person | None = None) -> Face:
    """A face whose picture is where the search for faces puts it."""
    face = face_row(image, person=person, crop=False)
    face.crop = portrait_store(owner_id=image.owner_id, portrait=np.zeros((8, 8, 3), np.uint8))
    face.save()
    return face


def test_storage_counts_ones_own_photos_and_files(signed_in: Client, owner: User, stranger: User) -> None:
    image = stored_image(owner)
    _with_crop(image)
    for number in range(3):
        stored_image(stranger, number=number)
    page = signed_in.get("/settings/storage/").content.decode()
    assert "Count what was made from them" in page
    counted = signed_in.get("/settings/storage/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in counted
    assert "<td>2</td>" in counted  # renditions
    assert "<td>1</td>" in counted  # the crop
    assert "Count what" not in signed_in.get("/settings/storage/").content.decode()


def test_the_size_of_the_database_is_for_who_runs_the_place(signed_in: Client, stranger: User) -> None:
    assert "Database" in signed_in.get("/settings/storage/").content.decode()
    other = Client()
    other.force_login(stranger)
    assert "Database" not in other.get("/settings/storage/").content.decode()


def _refused(owner: User, number: int) -> Image:
    image = stored_image(owner, number=number, state=Image.State.REFUSED)
    Image.objects.filter(pk=image.pk).update(reason="broken", detail="bad Huffman code", attempts=3)
    return image


def test_a_refused_file_shows_why_and_is_read_again(
    signed_in: Client, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    monkeypatch.setattr(settings_data, "enqueue_reading", lambda ids: asked.append(list(ids)))
    mine, other, theirs = _refused(owner, 1), _refused(owner, 2), _refused(stranger, 3)
    page = signed_in.get("/settings/jobs/").content.decode()
    assert page.count("The file is damaged and cannot be read.") == 2
    assert "Huffman" not in page
    assert signed_in.post("/settings/jobs/retry/", {"image": mine.pk}).status_code == 302
    assert asked == [[mine.pk]]
    mine.refresh_from_db()
    assert (mine.state, mine.attempts, mine.reason) == (Image.State.STORED, 0, "")
    for key in (theirs.pk, 10**9, "x", "9" * 30):
        assert signed_in.post("/settings/jobs/retry/", {"image": key}).status_code == 404
    signed_in.post("/settings/jobs/retry/")
    assert asked[-1] == [other.pk]
    theirs.refresh_from_db()
    assert theirs.state == Image.State.REFUSED


def test_the_page_of_the_work_costs_as_many_queries_for_thirty_rows_as_for_three(
    signed_in: Client, owner: User
) -> None:
    def fill(count: int) -> None:
        images = image_rows(owner, count)
        Image.objects.filter(pk__in=[image.pk for image in images[::2]]).update(state=Image.State.REFUSED)
        FaceScan.objects.bulk_create(
            FaceScan(image=image, state=FaceScan.State.FAILED, reason="broken") for image in images[1::2]
        )

    fill(6)
    few = _queries(signed_in, "/settings/jobs/")
    Image.objects.filter(owner=owner).delete()
    fill(60)
    assert _queries(signed_in, "/settings/jobs/") == few


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def _archive(answer: object) -> zipfile.ZipFile:
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return archive


def test_the_export_has_all_that_is_ones_own_and_nothing_else(
    signed_in: Client, owner: User, stranger: User
) -> None:
    image = stored_image(owner, name='a/b/The "sea".jpg')
    Image.objects.filter(pk=image.pk).update(binned_at=timezone.now())
    person = Person.objects.create(owner=owner, name="Zoë")
    face = face_row(image, person=person)
    album = Album.objects.create(owner=owner, name="Été")
    AlbumImage.objects.create(album=album, image=image)
    secret = stored_image(stranger, number=7, name="secret.jpg")
    Person.objects.create(owner=stranger, name="Secret")
    archive = _archive(signed_in.post("/settings/export/", {"originals": "1", "vectors": "1"}))
    read = {name: archive.read(name) for name in archive.namelist()}
    assert b"ecret" not in b"".join(read.values())
    photos = json.loads(read["photos.json"])
    assert [(row["id"], row["came_from"]) for row in photos] == [(image.pk, 'a/b/The "sea".jpg')]
    with image.original.open("rb") as original:
        assert read[f"originals/{photos[0]['file']}"] == original.read()
    assert json.loads(read["people.json"])[0]["name"] == "Zoë"
    assert json.loads(read["faces.json"])[0]["id"] == face.pk
    assert json.loads(read["albums.json"])[0]["photos"] == [image.pk]
    assert json.loads(read["account.json"])[0]["name"] == "ada"
    assert "vectors.json" in read
    assert secret.pk not in [row["id"] for row in photos]


def test_the_export_is_without_originals_and_vectors_unless_they_are_wanted(
    signed_in: Client, owner: User
) -> None:
    stored_image(owner)
    names = _archive(signed_in.post("/settings/export/")).namelist()
    assert not [name for name in names if name.startswith("originals/")]
    assert "vectors.json" not in names


def test_deleting_the_account_asks_for_the_password(signed_in: Client, owner: User) -> None:
    stored_image(owner)
    page = signed_in.get("/settings/delete/").content.decode()
    assert "1 photo, with its original" in page
    assert signed_in.post("/settings/delete/", {"password": "wrong"}).status_code == 400
    assert User.objects.filter(pk=owner.pk).exists()


def test_a_deleted_account_leaves_nothing_but_a_receipt(
    signed_in: Client,
    owner: User,
    stranger: User,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    stranger.is_superuser = True
    stranger.save()
    image = stored_image(owner)
    person = Person.objects.create(owner=owner, name="Anna")
    Person.objects.filter(pk=person.pk).update(cover=_with_crop(image, person))
    theirs = stored_image(stranger, number=5)
    mixed = Album.objects.create(owner=owner, name="Mixed")
    AlbumImage.objects.create(album=mixed, image=theirs)
    abroad = Album.objects.create(owner=stranger, name="Abroad", cover=image)
    AlbumImage.objects.create(album=abroad, image=image)
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post("/settings/delete/", {"password": NOW})
    assert not User.objects.filter(pk=owner.pk).exists()
    assert list(Image.objects.all()) == [theirs]
    assert not Face.objects.exists()
    abroad.refresh_from_db()
    assert abroad.cover is None
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert left
    assert all(name.split("/")[1] == str(stranger.pk) for name in left)
    assert signed_in.get("/settings/").status_code == 302
    receipt = signed_in.get(answer.headers["Location"]).content.decode()
    assert "Of <strong>ada</strong> nothing is left" in receipt
    assert "Photos" in receipt
    text = signed_in.get(answer.headers["Location"] + "&as=text")
    assert text.headers["Content-Disposition"].startswith("attachment")
    assert "Photos: 1" in text.content.decode()
    address = urlsplit(answer.headers["Location"])
    assert signed_in.get(f"{address.path}?receipt=made-up").status_code == 404


def test_the_only_account_can_go_and_sees_its_receipt(signed_in: Client, owner: User) -> None:
    answer = signed_in.post("/settings/delete/", {"password": NOW}, follow=True)
    assert "nothing is left here" in answer.content.decode()
    assert signed_in.get("/").headers["Location"] == "/welcome/"


def test_the_last_who_runs_the_place_cannot_leave_others_alone(
    signed_in: Client, owner: User, stranger: User
) -> None:
    page = signed_in.get("/settings/delete/").content.decode()
    assert "you are the only administrator" in page
    signed_in.post("/settings/delete/", {"password": NOW})
    assert User.objects.filter(pk=owner.pk).exists()


def test_a_message_can_offer_to_take_back_what_it_tells() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    toast(request, "Gone.", undo="/changes/3/undo/")
    toast(request, "Saved.")
    assert [undo_address(message) for message in get_messages(request)] == ["/changes/3/undo/", ""]
