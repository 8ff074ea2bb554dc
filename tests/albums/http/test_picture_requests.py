"""Requests for pictures take a short way past the middleware; the answers are those of the long one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums.models import Image
from tests.rows import face_row, stored_image


@pytest.fixture
def photo(owner: User) -> Image:
    return stored_image(owner)


@pytest.fixture
def visitor(owner: User) -> Client:
    """Signed in, with the cookies that a page sets."""
    client = Client()
    client.force_login(owner)
    client.cookies[settings.THEME_COOKIE_NAME] = "system"
    return client


def test_a_picture_costs_three_queries_and_its_headers_are_those_of_the_long_way(
    visitor: Client, photo: Image, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [name for name in settings.MIDDLEWARE if name != "albums.middleware.PictureMiddleware"]
    face = face_row(photo)
    for address in (f"/photos/{photo.pk}/thumbnail.jpg?t=0", f"/faces/{face.pk}/crop.jpg"):
        with django_assert_num_queries(3):
            short = visitor.get(address)
        with override_settings(MIDDLEWARE=others):
            long_way = Client()
            long_way.cookies = visitor.cookies
            long = long_way.get(address)
        assert (short.status_code, b"".join(short)) == (long.status_code, b"".join(long))
        # A picture is in no language.
        apart = {"X-Request-ID", "Content-Language", "Vary"}
        assert short.headers["Vary"] == "Cookie"
        assert {name: value for name, value in short.headers.items() if name not in apart} == {
            name: value for name, value in long.headers.items() if name not in apart
        }


def test_a_stored_picture_is_not_sent_again(visitor: Client, photo: Image) -> None:
    address = f"/photos/{photo.pk}/thumbnail.jpg"
    tag = visitor.get(address).headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


def sign_out(session: Session, _owner: User) -> None:
    session.delete()


def expire(session: Session, _owner: User) -> None:
    session.expire_date = timezone.now() - timedelta(seconds=1)
    session.save()


def change_the_password(_session: Session, owner: User) -> None:
    owner.set_password("another pass phrase")
    owner.save()


def deactivate(_session: Session, owner: User) -> None:
    owner.is_active = False
    owner.save()


def another_backend(session: Session, _owner: User) -> None:
    store = SessionStore(session.pk)
    store[BACKEND_SESSION_KEY] = "gone.Backend"
    store.save()


def tamper(session: Session, _owner: User) -> None:
    session.session_data = session.session_data[:-2]
    session.save()


ENDS = (sign_out, expire, change_the_password, deactivate, another_backend, tamper)


@pytest.mark.usefixtures("stranger")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("address", ["/photos/{}/thumbnail.jpg", "/photos/{}/"], ids=["picture", "page"])
def test_a_session_that_ended_gets_no_picture_and_no_page(
    visitor: Client, photo: Image, owner: User, address: str, end: Callable[[Session, User], None]
) -> None:
    address = address.format(photo.pk)
    response = visitor.get(address)
    assert response.status_code == 200
    assert "Cookie" in response.headers["Vary"]
    end(Session.objects.get(), owner)
    response = visitor.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"/sign-in/?next={address}")


def test_a_page_reads_the_session_once_and_may_change_it(
    visitor: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        assert visitor.get("/settings/").context["user"] == owner
    before = Session.objects.get().pk
    new = "xK-another one-9"
    old = "a long pass phrase"
    data = {"change": "password", "current_password": old, "password1": new, "password2": new}
    response = visitor.post("/settings/account/", data)
    assert response.status_code == 302
    # The session continues under another key.
    assert Session.objects.get().pk != before
    assert visitor.get("/settings/").status_code == 200


def test_pictures_of_others_in_the_bin_and_of_no_photo_are_not_found(
    visitor: Client, owner: User, stranger: User
) -> None:
    theirs, binned = stored_image(stranger), stored_image(owner, number=2, binned=True)
    crop = face_row(theirs).pk
    for address in (
        f"/photos/{theirs.pk}/thumbnail.jpg",
        f"/photos/{binned.pk}/thumbnail.jpg",
        f"/photos/{10**30}/thumbnail.jpg",
        "/photos/1/nothing.jpg",
        f"/faces/{crop}/crop.jpg",
    ):
        response = visitor.get(address)
        assert response.status_code == 404
        assert "<html" in response.content.decode()
