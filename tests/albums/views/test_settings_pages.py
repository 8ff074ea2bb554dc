"""The settings: account, appearance, storage, processing, export and deletion of the account."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks

from albums.http.toasts import toast
from albums.models import Image, Preferences
from albums.services.accounts.operators import pictures_granted
from albums.templatetags.toasts import undo_address
from faces.models import Face, Person
from tests.rows import album_of, cropped_face, stored_image

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
def test_every_section_opens_only_for_a_signed_in_account(signed_in: Client, owner: User, path: str) -> None:
    page = signed_in.get(path)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    assert Client().get(path).headers["Location"] == f"/sign-in/?next={path}"


def test_a_name_is_changed_without_other_fields(signed_in: Client, owner: User, stranger: User) -> None:
    taken = signed_in.post("/settings/account/", {"change": "name", "username": "eve"})
    assert taken.status_code == 400
    assert "already exists" in taken.content.decode()
    assert "Signed in as <strong>ada</strong>" in taken.content.decode()
    signed_in.post("/settings/account/", {"change": "name", "username": "ada2"})
    owner.refresh_from_db()
    assert owner.username == "ada2"
    assert owner.check_password(NOW)


def test_an_owner_grants_and_withdraws_access_for_operators(signed_in: Client, owner: User) -> None:
    assert "Administrator access" not in signed_in.get("/settings/account/").content.decode()
    operator = User.objects.create_user("op", is_staff=True)
    assert "Allow access" in signed_in.get("/settings/account/").content.decode()
    signed_in.post("/settings/account/operators/", {"granted": "1"})
    assert pictures_granted(owner_id=owner.pk, operator=operator)
    assert "Access since" in signed_in.get("/settings/account/").content.decode()
    signed_in.post("/settings/account/operators/", {"granted": "0"})
    assert not pictures_granted(owner_id=owner.pk, operator=operator)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(signed_in: Client, owner: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(owner)
    new = {"change": "password", "password1": PASSWORD, "password2": PASSWORD}
    refused = signed_in.post("/settings/account/", {**new, "current_password": "wrong"})
    assert "current password is wrong" in refused.content.decode()
    owner.refresh_from_db()
    assert owner.check_password(NOW)
    assert signed_in.post("/settings/account/", {**new, "current_password": NOW}).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def test_signing_out_everywhere_leaves_this_session_and_those_of_other_accounts(
    signed_in: Client, owner: User, stranger: User
) -> None:
    elsewhere, other = Client(), Client()
    elsewhere.force_login(owner)
    other.force_login(stranger)
    assert "in 2 browsers" in signed_in.get("/settings/account/").content.decode()
    assert signed_in.get("/settings/account/sessions/").status_code == 405
    signed_in.post("/settings/account/sessions/")
    assert signed_in.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
    assert other.get("/settings/").status_code == 200


def test_language_and_theme_are_stored_and_apply_immediately(signed_in: Client, owner: User) -> None:
    signed_in.post("/settings/appearance/", {"language": "fr", "theme": "dark"})
    preferences = Preferences.objects.get(user=owner)
    assert (preferences.language, preferences.theme) == ("fr", "dark")
    assert '<html lang="fr" data-theme="dark" ' in signed_in.get("/settings/").content.decode()
    signed_in.post("/settings/appearance/", {"language": "", "theme": "system"})
    page = signed_in.get("/settings/").content.decode()
    assert '<html lang="en" ' in page


def test_an_unknown_language_is_refused(signed_in: Client) -> None:
    answer = signed_in.post("/settings/appearance/", {"language": "tlh", "theme": "dark"})
    assert answer.status_code == 400
    assert not Preferences.objects.exists()


def test_the_theme_changes_from_any_page_and_back_to_it(signed_in: Client, owner: User) -> None:
    Preferences.objects.create(user=owner, language="es")
    answer = signed_in.post("/settings/theme/", {"theme": "dark", "next": "/people/?page=2"})
    assert answer.headers["Location"] == "/people/?page=2"
    assert signed_in.cookies[project.THEME_COOKIE_NAME].value == "dark"
    preferences = Preferences.objects.get(user=owner)
    assert (preferences.language, preferences.theme) == ("es", "dark")
    away = signed_in.post("/settings/theme/", {"theme": "light", "next": "https://example.org/"})
    assert away.headers["Location"] == "/settings/appearance/"
    assert signed_in.post("/settings/theme/", {"theme": "pink"}).status_code == 404


def test_deleting_the_account_requires_the_password(signed_in: Client, owner: User) -> None:
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
    Person.objects.filter(pk=person.pk).update(cover=cropped_face(image, person))
    theirs = stored_image(stranger, number=5)
    album_of(owner, theirs)
    abroad = album_of(stranger, image, cover=image)
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
    assert "<strong>ada</strong>'s account and all its data were deleted" in receipt
    assert "Photos" in receipt
    assert "It is being removed from the database&#x27;s files (0 %)" in receipt
    text = signed_in.get(answer.headers["Location"] + "&as=text")
    assert text.headers["Content-Disposition"].startswith("attachment")
    assert "Photos: 1" in text.content.decode()
    address = urlsplit(answer.headers["Location"])
    assert signed_in.get(f"{address.path}?receipt=made-up").status_code == 404


def test_the_only_account_can_be_deleted_and_sees_its_receipt(signed_in: Client, owner: User) -> None:
    answer = signed_in.post("/settings/delete/", {"password": NOW}, follow=True)
    assert "all its data were deleted" in answer.content.decode()
    assert signed_in.get("/").headers["Location"] == "/welcome/"


def test_the_last_administrator_cannot_leave_other_accounts_behind(
    signed_in: Client, owner: User, stranger: User
) -> None:
    page = signed_in.get("/settings/delete/").content.decode()
    assert "You are the only administrator" in page
    signed_in.post("/settings/delete/", {"password": NOW})
    assert User.objects.filter(pk=owner.pk).exists()


def test_a_message_can_offer_undo() -> None:
    request = RequestFactory().get("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    toast(request, "Gone.", undo="/changes/3/undo/")
    toast(request, "Saved.")
    assert [undo_address(message) for message in get_messages(request)] == ["/changes/3/undo/", ""]
