"""The page "Who do I look like?" of a share link."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from albums.models import Album, Image, ShareLink
from faces.services.searching import galleries
from tests.faces.coloured import ColourDetector, drawn
from tests.faces.galleries import Gallery, gallery_create
from tests.rows import whole


@pytest.fixture
def gallery(owner: User) -> Gallery:
    return gallery_create(owner)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def page_of(gallery: Gallery) -> str:
    return f"/s/{gallery.link.token}/lookalike/"


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("me.png", drawn(red=(150, 60, 200)))


def test_a_visitor_asks_and_sees_only_the_gallery(
    client: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    assert page_of(gallery) in client.get(f"/s/{gallery.link.token}/").content.decode()
    before = Image.objects.count()
    response = client.post(page_of(gallery), {"picture": picture()})
    page = response.content.decode()
    assert page.index("You") < page.index("Rose") < page.index("The next most similar")
    assert {"Gael", "Bela"} <= {name for name in ("Gael", "Bela", "Secret") if name in page}
    assert "Secret" not in page
    assert f"/s/{gallery.link.token}/faces/{gallery.faces['red'].pk}.jpg" in page
    assert f"/s/{gallery.link.token}/photos/{gallery.faces['red'].image_id}/" in page
    assert 'href="/people/' not in page
    assert Image.objects.count() == before
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_names_are_shown_only_if_the_link_shows_them(
    client: Client, gallery: Gallery, detector: ColourDetector
) -> None:
    ShareLink.objects.update(shows_names=False)
    page = client.post(page_of(gallery), {"picture": picture()}).content.decode()
    assert "Name not shown" in page
    assert "Rose" not in page


def test_crops_of_the_gallery_are_shown_and_no_others(client: Client, gallery: Gallery) -> None:
    address = f"/s/{gallery.link.token}/faces"
    assert whole(client.get(f"{address}/{gallery.faces['red'].pk}.jpg")).startswith(b"\xff\xd8")
    assert client.get(f"{address}/{gallery.outside.pk}.jpg").status_code == 404


def test_a_link_that_does_not_allow_it_has_no_such_page(client: Client, gallery: Gallery) -> None:
    crop = f"/s/{gallery.link.token}/faces/{gallery.faces['red'].pk}.jpg"
    ShareLink.objects.update(lookalike=False)
    assert client.get(page_of(gallery)).status_code == client.get(crop).status_code == 404
    assert page_of(gallery) not in client.get(f"/s/{gallery.link.token}/").content.decode()
    ShareLink.objects.update(lookalike=True)
    Album.objects.update(gallery=False)
    assert client.get(page_of(gallery)).status_code == client.get(crop).status_code == 404
    Album.objects.update(gallery=True)
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.get(page_of(gallery)).status_code == client.get(crop).status_code == 410
    assert client.get("/s/never-was/lookalike/").status_code == 404


def test_a_locked_link_asks_for_its_password_first(client: Client, gallery: Gallery) -> None:
    ShareLink.objects.update(password="set")
    response = client.get(page_of(gallery))
    assert (response.status_code, response.headers["Location"]) == (302, f"/s/{gallery.link.token}/")


def test_too_many_searches_are_refused_for_a_while(
    client: Client, gallery: Gallery, detector: ColourDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(galleries, "PER_ADDRESS", replace(galleries.PER_ADDRESS, most=1))
    assert client.post(page_of(gallery), {"picture": picture()}).status_code == 200
    response = client.post(page_of(gallery), {"picture": picture()})
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    assert "Too many searches" in response.content.decode()


def test_the_owner_allows_it_on_the_sharing_page_of_a_gallery(
    signed_in: Client, gallery: Gallery, owner: User
) -> None:
    plain = Album.objects.create(owner=owner, name="Plain")
    assert "Who do I look like?" in signed_in.get(f"/albums/{gallery.album.pk}/sharing/").content.decode()
    assert "link-lookalike" not in signed_in.get(f"/albums/{plain.pk}/sharing/").content.decode()
    signed_in.post(
        f"/albums/{gallery.album.pk}/sharing/", {"what": "link", "link-lookalike": "on", "link-last_day": ""}
    )
    assert ShareLink.objects.latest("pk").lookalike
    signed_in.post(f"/albums/{plain.pk}/sharing/", {"what": "link", "link-lookalike": "on"})
    assert not ShareLink.objects.latest("pk").lookalike
