"""Albums are created, filled, renamed and deleted."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image
from albums.services.arranging.albums import album_add_images, album_change, album_create
from tests.rows import image_rows, stored_image


@pytest.fixture
def holiday(owner: User) -> Album:
    return album_create(owner=owner, name="Holiday")


def test_an_album_is_created_and_opened(signed_in: Client) -> None:
    response = signed_in.post("/albums/", {"name": "Holiday"}, follow=True)
    album = Album.objects.get()
    assert response.redirect_chain == [(f"/albums/{album.pk}/", 302)]
    assert "This album is empty" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Enter a name for the album."),
        ("   ", "Enter a name for the album."),
        ("Holiday", "already"),
        ("a\0b", ""),
    ],
)
def test_an_invalid_name_is_explained_beside_the_field_and_stays_filled_in(
    signed_in: Client, holiday: Album, name: str, message: str
) -> None:
    response = signed_in.post("/albums/", {"name": name})
    assert response.status_code == 400
    assert message in response.content.decode()
    assert Album.objects.count() == 1


def test_two_people_may_use_the_same_name(signed_in: Client, stranger: User) -> None:
    album_create(owner=stranger, name="Holiday")
    assert signed_in.post("/albums/", {"name": "Holiday"}).status_code == 302


def test_many_albums_cost_as_many_queries_as_few(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    images = image_rows(owner, 3)
    for number in range(3):
        album_add_images(album=album_create(owner=owner, name=f"Album {number}"), images=images)
    with CaptureQueriesContext(connection) as few:
        signed_in.get("/albums/")
    assert len(few) <= 8
    for number in range(3, 30):
        album_add_images(album=album_create(owner=owner, name=f"Album {number}"), images=images)
    with django_assert_num_queries(len(few)):
        page = signed_in.get("/albums/").content.decode()
    assert page.count("3 photos") == 30
    assert page.count("/thumbnail.jpg") == 30


def test_selected_photos_are_added_to_a_new_album(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    data = {"image": [images[0].pk, images[2].pk], "album": "", "new_album": "Holiday"}
    response = signed_in.post("/photos/selection/", data, follow=True)
    assert "2 photos" in response.content.decode()
    assert set(Album.objects.get().images.all()) == {images[0], images[2]}


def test_selected_photos_are_added_to_an_existing_album(
    signed_in: Client, owner: User, holiday: Album
) -> None:
    images = image_rows(owner, 2)
    signed_in.post("/photos/selection/", {"image": [images[0].pk], "album": holiday.pk})
    signed_in.post("/photos/selection/", {"image": [one.pk for one in images], "album": holiday.pk})
    assert holiday.images.count() == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"new_album": "X"}, "Select at least one photo"),
        ({"image": "1"}, "enter a name for a new one"),
        ({"image": "x", "new_album": "X"}, "Select at least one photo"),
        ({"image": "1", "album": "123456"}, "This album no longer exists"),
    ],
)
def test_an_invalid_selection_is_explained(signed_in: Client, data: dict[str, str], message: str) -> None:
    response = signed_in.post("/photos/selection/", data, follow=True)
    assert message in response.content.decode()
    assert not Album.objects.exists()


def test_photos_and_albums_of_other_accounts_are_not_found(
    signed_in: Client, owner: User, stranger: User, holiday: Album
) -> None:
    theirs = stored_image(stranger)
    album = album_create(owner=stranger, name="Secret")
    signed_in.post("/photos/selection/", {"image": [theirs.pk], "album": holiday.pk})
    assert holiday.images.count() == 0
    mine = stored_image(owner, number=2)
    signed_in.post("/photos/selection/", {"image": [mine.pk], "album": album.pk})
    assert album.images.count() == 0
    for page in ("", "edit/", "delete/", "cover/", "sharing/", "download/", "slideshow/"):
        assert signed_in.get(f"/albums/{album.pk}/{page}").status_code == 404
    assert signed_in.get(f"/albums/{album.pk}/slideshow/pictures.json").status_code == 404
    for action in ("edit", "delete", "remove", "cover", "undo", "sharing"):
        assert signed_in.post(f"/albums/{album.pk}/{action}/", {"name": "Mine"}).status_code == 404
    album.refresh_from_db()
    assert album.name == "Secret"


def test_an_album_shows_its_photos_and_the_arrows_stay_in_it(
    signed_in: Client, owner: User, holiday: Album, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    images = image_rows(owner, 5)
    album_add_images(album=holiday, images=[images[0], images[3]])
    with django_assert_max_num_queries(8):
        page = signed_in.get(f"/albums/{holiday.pk}/").content.decode()
    assert f'href="/photos/{images[0].pk}/?album={holiday.pk}"' in page
    photo = signed_in.get(f"/photos/{images[0].pk}/?album={holiday.pk}").content.decode()
    assert f'href="/photos/{images[3].pk}/?album={holiday.pk}" rel="next"' in photo


def test_the_name_description_and_order_of_an_album_can_be_changed(
    signed_in: Client, owner: User, holiday: Album
) -> None:
    data = {"name": "Summer", "description": "By the sea <b>\r\nTwice", "sort": "name"}
    assert signed_in.post(f"/albums/{holiday.pk}/edit/", data).status_code == 302
    holiday.refresh_from_db()
    assert (holiday.name, holiday.sort) == ("Summer", "name")
    assert "By the sea &lt;b&gt;" in signed_in.get(f"/albums/{holiday.pk}/").content.decode()
    album_create(owner=owner, name="Winter")
    refused = signed_in.post(f"/albums/{holiday.pk}/edit/", {**data, "name": "Winter"})
    assert refused.status_code == 400
    assert "already" in refused.content.decode()
    for wrong in ({"sort": "shape"}, {"description": "a\0b"}, {"name": "two\nlines"}):
        assert signed_in.post(f"/albums/{holiday.pk}/edit/", {**data, **wrong}).status_code == 400


def test_the_photos_come_in_the_order_of_the_album(signed_in: Client, owner: User, holiday: Album) -> None:
    images = image_rows(owner, 3)
    album_add_images(album=holiday, images=images)
    for sort, wanted in (("newest", images), ("oldest", images[::-1]), ("name", images)):
        album_change(album=holiday, name="Holiday", description="", sort=sort)
        page = signed_in.get(f"/albums/{holiday.pk}/").content.decode()
        places = [page.index(f'href="/photos/{image.pk}/') for image in wanted]
        assert places == sorted(places), sort


def test_the_cover_is_the_newest_photo_until_another_is_selected(
    signed_in: Client, owner: User, holiday: Album
) -> None:
    newest, older = image_rows(owner, 2)
    album_add_images(album=holiday, images=[newest, older])
    assert f"/photos/{newest.pk}/thumbnail.jpg" in signed_in.get("/albums/").content.decode()
    assert f'value="{older.pk}"' in signed_in.get(f"/albums/{holiday.pk}/cover/").content.decode()
    signed_in.post(f"/albums/{holiday.pk}/cover/", {"image": older.pk})
    assert f"/photos/{older.pk}/thumbnail.jpg" in signed_in.get("/albums/").content.decode()
    outside = stored_image(owner, number=9)
    assert signed_in.post(f"/albums/{holiday.pk}/cover/", {"image": outside.pk}).status_code == 404
    # Another cover replaces one that leaves the album or is in the bin.
    Image.objects.filter(pk=older.pk).update(binned_at=timezone.now())
    assert f"/photos/{newest.pk}/thumbnail.jpg" in signed_in.get("/albums/").content.decode()
    Image.objects.filter(pk=older.pk).update(binned_at=None)
    signed_in.post(f"/albums/{holiday.pk}/remove/", {"image": [older.pk]})
    assert f"/photos/{newest.pk}/thumbnail.jpg" in signed_in.get("/albums/").content.decode()


def test_deleting_an_album_requires_confirmation_and_leaves_the_photos(
    signed_in: Client, owner: User, holiday: Album
) -> None:
    album_add_images(album=holiday, images=image_rows(owner, 2))
    assert "Its photos (2) stay" in signed_in.get(f"/albums/{holiday.pk}/delete/").content.decode()
    assert Album.objects.exists()
    signed_in.post(f"/albums/{holiday.pk}/delete/")
    assert not Album.objects.exists()
    assert Image.objects.count() == 2


def test_photos_removed_from_an_album_stay_in_the_library(
    signed_in: Client, owner: User, holiday: Album
) -> None:
    images = image_rows(owner, 3)
    album_add_images(album=holiday, images=images)
    response = signed_in.post(f"/albums/{holiday.pk}/remove/", {"image": [images[1].pk]}, follow=True)
    page = response.content.decode()
    assert "1 photo removed from “Holiday”" in page
    assert holiday.images.count() == 2
    assert "Undo" not in signed_in.get(f"/albums/{holiday.pk}/").content.decode(), "it is offered once"
    proof = page.split('name="proof" value="')[1].split('"')[0]
    signed_in.post(f"/albums/{holiday.pk}/undo/", {"proof": proof})
    assert holiday.images.count() == 3
    late = signed_in.post(f"/albums/{holiday.pk}/undo/", {"proof": proof + "x"}, follow=True)
    assert "no longer be undone" in late.content.decode()
    assert Image.objects.count() == 3
    refused = signed_in.post(f"/albums/{holiday.pk}/remove/", {"image": ["x"]}, follow=True)
    assert "Select at least one photo" in refused.content.decode()


def test_photos_added_to_an_album_are_taken_out_again_by_an_undo(client: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    album = album_create(owner=owner, name="Old")
    album_add_images(album=album, images=images[:1])
    client.force_login(owner)
    sent = {"image": ",".join(str(image.pk) for image in images)}
    json = {"Accept": "application/json"}
    address = reverse("albums:selection")
    old = client.post(address, {**sent, "new_album": "Old"}, headers=json).json()
    undone = client.post(old["undo"], {"proof": old["proof"]}, headers=json).json()
    assert undone["message"] == "2 photos removed from “Old”"
    assert list(album.images.all()) == images[:1], "the photo that was there before stays"
    new = client.post(address, {**sent, "new_album": "New"}, headers=json).json()
    client.post(new["undo"], {"proof": new["proof"]}, headers=json)
    assert not Album.objects.filter(name="New").exists(), "it was created for the photos"
    # Without a script the next page has the button.
    page = client.post(address, {**sent, "new_album": "Old"}, follow=True).content.decode()
    undo = re.search(r'action="(/albums/\d+/undo/\?proof=[^"]+)"', page)
    assert undo
    client.post(html.unescape(undo[1]))
    assert album.images.count() == 1


def test_the_api_undoes_that_photos_were_added_or_removed(client: Client, owner: User) -> None:
    images = image_rows(owner, 2)
    album = album_create(owner=owner, name="Old")
    client.force_login(owner)
    sent = {"images": [image.pk for image in images]}
    counts = []
    for action in ("", "take-out/"):
        address = f"/api/v1/albums/{album.pk}/images/"
        answer = client.post(address + action, sent, content_type="application/json").json()
        before = album.images.count()
        undo = {"undo": answer["undo"]}
        undone = client.post(f"{address}undo/", undo, content_type="application/json")
        counts.append((answer["count"], undone.json()["count"], before, album.images.count()))
        client.post(address, sent, content_type="application/json")
    assert counts == [(2, 2, 2, 0), (2, 2, 0, 2)]
