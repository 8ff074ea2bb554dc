"""Pages of a share link, for a visitor without an account."""

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image, ShareLink
from albums.services.arranging.albums import album_add_images, album_create
from albums.services.arranging.share_links import share_link_create, share_link_revoke
from faces.models import Person
from tests.rows import face_row, image_rows, next_page, stored_image, whole


@pytest.fixture
def inside(owner: User) -> Image:
    return stored_image(owner, number=1, name="Anna and Ben.jpg")


@pytest.fixture
def outside(owner: User) -> Image:
    return stored_image(owner, number=2)


@pytest.fixture
def album(owner: User, inside: Image, outside: Image) -> Album:
    album = album_create(owner=owner, name="Holiday")
    album_add_images(album=album, images=[inside])
    return album


@pytest.fixture
def link(album: Album) -> ShareLink:
    return share_link_create(album=album)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def paths(link: ShareLink, image: Image) -> list[str]:
    start = f"/s/{link.token}"
    return [
        f"{start}/",
        f"{start}/download/",
        f"{start}/slideshow/",
        f"{start}/slideshow/pictures.json",
        f"{start}/photos/{image.pk}/",
        f"{start}/photos/{image.pk}/original",
        f"{start}/photos/{image.pk}/thumbnail.jpg",
        f"{start}/photos/{image.pk}/preview.jpg",
    ]


def test_the_url_opens_everything_in_the_album(client: Client, link: ShareLink, inside: Image) -> None:
    for path in paths(link, inside):
        response = client.get(path)
        assert response.status_code == 200, path
        whole(response)
        assert response.headers["X-Robots-Tag"].startswith("noindex")
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "private" in response.headers["Cache-Control"]
        assert "default-src" in response.headers["Content-Security-Policy"]
    page = client.get(f"/s/{link.token}/").content.decode()
    assert "Holiday" in page
    assert f"/s/{link.token}/photos/{inside.pk}/" in page
    for secret in ("ada", "Anna", "/people/", "/albums/", "/sign-in/"):
        assert secret not in page


def test_a_photo_outside_the_album_does_not_exist(client: Client, link: ShareLink, outside: Image) -> None:
    for path in paths(link, outside)[4:]:
        assert client.get(path).status_code == 404, path


def test_a_photo_in_the_bin_does_not_exist(client: Client, link: ShareLink, inside: Image) -> None:
    Image.objects.filter(pk=inside.pk).update(binned_at=timezone.now())
    for path in paths(link, inside)[4:]:
        assert client.get(path).status_code == 404, path
    assert "This album is empty" in client.get(f"/s/{link.token}/").content.decode()


def test_a_revoked_link_is_not_found(client: Client, link: ShareLink, inside: Image) -> None:
    never = client.get("/s/abcdefghijklmnopqrstuvwxyzABCDEF/")
    assert never.status_code == 404
    addresses = paths(link, inside)
    share_link_revoke(link=link)
    for path in addresses:
        response = client.get(path)
        assert response.status_code == 404, path
        assert response.content == never.content
    assert client.post(f"/s/{link.token}/", {"password": "x"}).content == never.content


def test_an_expired_link_shows_only_an_explanation(client: Client, link: ShareLink, inside: Image) -> None:
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for path in paths(link, inside):
        response = client.get(path)
        assert response.status_code == 410, path
        assert "has expired" in response.content.decode()
        assert "Holiday" not in response.content.decode()


def test_nothing_opens_without_the_password(client: Client, album: Album, inside: Image) -> None:
    link = share_link_create(album=album, password="Open Sesame")
    start = f"/s/{link.token}/"
    form = client.get(start)
    assert "Holiday" not in form.content.decode()
    # A form without an origin counts as forged.
    assert form.headers["Referrer-Policy"] == "same-origin"
    for path in paths(link, inside)[1:]:
        response = client.get(path)
        assert (response.status_code, response.headers["Location"]) == (302, start), path
    assert client.post(start, {"password": ""}).status_code == 200
    assert client.post(start, {"password": "nearly"}).status_code == 403
    assert client.get(paths(link, inside)[7]).status_code == 302
    assert client.post(start, {"password": "Open Sesame"}).status_code == 302
    for path in paths(link, inside):
        response = client.get(path)
        assert response.status_code == 200, path
        whole(response)
    # The password opens only this link, and only until it changes.
    other = share_link_create(album=album, password="Open Sesame")
    assert client.get(paths(other, inside)[7]).status_code == 302
    link.password = other.password
    link.save()
    assert client.get(paths(link, inside)[7]).status_code == 302


def test_too_many_wrong_passwords_are_refused_with_a_message(client: Client, album: Album) -> None:
    link = share_link_create(album=album, password="right")
    for _ in range(10):
        assert client.post(f"/s/{link.token}/", {"password": "wrong"}).status_code == 403
    stopped = client.post(f"/s/{link.token}/", {"password": "right"})
    assert stopped.status_code == 429
    assert "Too many attempts" in stopped.content.decode()
    assert stopped.headers["Retry-After"] in {"29", "30"}


def test_without_downloads_originals_are_not_sent(client: Client, album: Album, inside: Image) -> None:
    link = share_link_create(album=album, downloads=False)
    assert client.get(f"/s/{link.token}/download/").status_code == 404
    assert client.get(f"/s/{link.token}/photos/{inside.pk}/original").status_code == 404
    for path in (f"/s/{link.token}/", f"/s/{link.token}/photos/{inside.pk}/"):
        page = client.get(path).content.decode()
        assert "/download/" not in page
        assert "/original" not in page


def test_names_are_shown_only_if_the_link_allows_it(
    client: Client, owner: User, album: Album, inside: Image
) -> None:
    for name, hidden in (("Clara", False), ("Hugo", True), ("", False)):
        face_row(inside, person=Person.objects.create(owner=owner, name=name, hidden=hidden))
    Image.objects.update(description="Clara laughs")
    silent = share_link_create(album=album)
    for path in paths(silent, inside)[:1] + paths(silent, inside)[2:5]:
        assert "Clara" not in client.get(path).content.decode(), path
    telling = share_link_create(album=album, shows_names=True)
    for path in (f"/s/{telling.token}/", f"/s/{telling.token}/photos/{inside.pk}/"):
        page = client.get(path).content.decode()
        assert "Clara" in page
        assert "Hugo" not in page
    assert "Clara laughs" in client.get(f"/s/{telling.token}/photos/{inside.pk}/").content.decode()


def test_the_file_names_of_pictures_reveal_nothing(client: Client, link: ShareLink, inside: Image) -> None:
    response = client.get(f"/s/{link.token}/photos/{inside.pk}/preview.jpg")
    assert "Anna" not in response.headers["Content-Disposition"]
    # A link can be revoked, so browsers must not cache its pictures for a year.
    assert response.headers["Cache-Control"] == "private, max-age=3600"


def test_the_zip_is_sent_with_its_length(client: Client, link: ShareLink, inside: Image) -> None:
    response = client.get(f"/s/{link.token}/download/")
    made = whole(response)
    assert int(response.headers["Content-Length"]) == len(made)
    assert 'filename="Holiday.zip"' in response.headers["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["Anna and Ben.jpg"]
    assert "Content-Length" in client.head(f"/s/{link.token}/download/").headers


def test_the_arrows_follow_the_order_of_the_album(client: Client, owner: User) -> None:
    album = album_create(owner=owner, name="Five")
    images = image_rows(owner, 5)
    album_add_images(album=album, images=images)
    Album.objects.filter(pk=album.pk).update(sort="oldest")
    link = share_link_create(album=album)
    page = client.get(f"/s/{link.token}/photos/{images[3].pk}/").content.decode()
    assert f'rel="prev" href="/s/{link.token}/photos/{images[4].pk}/"' in page
    assert f'rel="next" href="/s/{link.token}/photos/{images[2].pk}/"' in page
    assert "2 of 5" in page
    first = client.get(f"/s/{link.token}/photos/{images[4].pk}/").content.decode()
    assert 'rel="prev"' not in first


def test_many_photos_cost_as_many_queries_as_few(
    client: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    album = album_create(owner=owner, name="Many")
    link = share_link_create(album=album, shows_names=True)
    album_add_images(album=album, images=image_rows(owner, 40)[:3])
    client.get(f"/s/{link.token}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/s/{link.token}/")
    assert len(few) <= 7
    for count in (3, 40):
        album_add_images(album=album, images=Image.objects.filter(owner=owner)[:count])
        with django_assert_num_queries(len(few)):
            page = client.get(f"/s/{link.token}/").content.decode()
        assert page.count("/thumbnail.jpg") == count
        # The link, the photos, their pictures and the people in them.
        with django_assert_num_queries(4):
            assert len(client.get(f"/s/{link.token}/slideshow/pictures.json").json()["pictures"]) == count


def test_further_pages_are_only_tiles(client: Client, owner: User) -> None:
    album = album_create(owner=owner, name="Many")
    album_add_images(album=album, images=image_rows(owner, 70))
    link = share_link_create(album=album)
    address = next_page(client.get(f"/s/{link.token}/").content.decode())
    rest = client.get(f"/s/{link.token}/{address}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in rest
    assert rest.count("/thumbnail.jpg") == 10


def test_a_token_with_unusual_characters_is_not_found(client: Client, link: ShareLink) -> None:
    for token in ("..%2f", "x" * 5000, "é"):
        assert client.get(f"/s/{token}/").status_code == 404
    for token in ("%00", "a%00b"):
        assert client.get(f"/s/{token}/").status_code == 400


def test_the_slideshow_has_links_and_returns_its_pictures(
    client: Client, link: ShareLink, inside: Image, owner: User
) -> None:
    album_add_images(album=link.album, images=image_rows(owner, 2))
    start = f"/s/{link.token}/slideshow/"
    page = client.get(f"{start}?at=2").content.decode()
    assert "3 of 3" in page
    assert 'href="?at=1"' in page
    assert 'href="?at=0"' in page, "the first picture follows the last"
    for at in ("99", "-1", "x", "9" * 30):
        assert client.get(f"{start}?at={at}").status_code == 200
    listed = client.get(f"{start}pictures.json?from=1").json()
    assert (listed["from"], len(listed["pictures"])) == (1, 2)
    assert all(f"/s/{link.token}/photos/" in picture["url"] for picture in listed["pictures"])
    Image.objects.update(binned_at=timezone.now())
    assert client.get(start).status_code == 404
