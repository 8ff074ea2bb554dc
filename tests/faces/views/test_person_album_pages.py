"""The pages of smart albums."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, Image
from albums.services.arranging.albums import album_create
from albums.services.erasing.bin import images_bin
from faces.models import Face, Person, PersonAlbum
from faces.services.people.person_albums import person_album_create
from tests.rows import face_row, image_rows, people_rows


@pytest.fixture
def anna(owner: User) -> Person:
    return Person.objects.create(owner=owner, name="Anna")


@pytest.fixture
def photos(owner: User, anna: Person) -> list[Image]:
    images = image_rows(owner, 3)
    for image in images[:2]:
        face_row(image, person=anna, crop=False)
    return images


def test_an_album_of_somebody_is_made_and_says_whom_it_follows(
    signed_in: Client, anna: Person, photos: list[Image]
) -> None:
    form = " ".join(signed_in.get(f"/albums/of-people/?person={anna.pk}").content.decode().split())
    assert f'value="{anna.pk}" checked' in form
    data = {"name": "All of Anna", "people": [anna.pk], "rule": "all"}
    page = signed_in.post("/albums/of-people/", data, follow=True).content.decode()
    assert "All of Anna" in page
    assert f'href="/people/{anna.pk}/"' in page
    assert "2 photos" in page
    assert "smart album" in signed_in.get("/albums/?which=self").content.decode()


def test_a_cover_in_the_bin_is_not_shown_and_another_face_is(
    signed_in: Client, owner: User, anna: Person, photos: list[Image]
) -> None:
    cover, other = (face_row(image, person=anna, quality=1.0) for image in photos[:2])
    anna.cover = cover
    anna.save()
    pages = ("/albums/of-people/", "/search/", "/search/suggestions/?q=an")
    for page in pages:
        assert f"/faces/{cover.pk}/crop.jpg" in signed_in.get(page).content.decode()
    images_bin(images=Image.objects.filter(pk=photos[0].pk), by=owner)
    for page in pages:
        text = signed_in.get(page).content.decode()
        assert f"/faces/{cover.pk}/crop.jpg" not in text
        assert f"/faces/{other.pk}/crop.jpg" in text


def test_an_album_is_up_to_date_whenever_it_is_looked_at(
    signed_in: Client, owner: User, anna: Person, photos: list[Image]
) -> None:
    album = person_album_create(owner=owner, name="Anna", people=[anna], rule="all")
    face_row(photos[2], person=anna, crop=False)
    assert "3 photos" in signed_in.get("/albums/").content.decode()
    Face.objects.filter(image=photos[0]).update(person=None)
    assert "2 photos" in signed_in.get(f"/albums/{album.pk}/").content.decode()


def test_photos_do_not_go_in_by_hand(
    signed_in: Client, owner: User, anna: Person, photos: list[Image]
) -> None:
    album = person_album_create(owner=owner, name="Anna", people=[anna], rule="all")
    for data in ({"album": album.pk}, {"new_album": "Anna"}):
        page = signed_in.post("/photos/selection/", {"image": photos[2].pk, **data}, follow=True)
        assert "smart album" in page.content.decode() or "no longer exists" in page.content.decode()
    for data in ({"album": album.pk}, {"new_album": "Anna"}):
        signed_in.post(f"/photos/{photos[2].pk}/album/", data)
    page = signed_in.post(f"/albums/{album.pk}/remove/", {"image": photos[0].pk}, follow=True)
    assert "smart album" in page.content.decode()
    assert album.images.count() == 2
    assert "Remove from album" not in signed_in.get(f"/albums/{album.pk}/").content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": "", "rule": "all"}, "Enter a name for the album"),
        ({"name": "X", "rule": "all", "people": []}, "Select at least one person"),
        ({"name": "X", "rule": "most"}, "Select a valid choice"),
        ({"name": "Taken", "rule": "all"}, "already have an album with this name"),
    ],
)
def test_what_is_missing_is_explained(
    signed_in: Client, owner: User, anna: Person, data: dict[str, object], message: str
) -> None:
    album_create(owner=owner, name="Taken")
    response = signed_in.post("/albums/of-people/", {"people": [anna.pk], **data})
    assert response.status_code == 400
    assert message in response.content.decode()
    assert not PersonAlbum.objects.exists()


def test_the_people_are_changed_and_the_album_made_ordinary(
    signed_in: Client, owner: User, anna: Person, photos: list[Image]
) -> None:
    album = person_album_create(owner=owner, name="Anna", people=[anna], rule="all")
    ben = Person.objects.create(owner=owner, name="Ben")
    face_row(photos[2], person=ben, crop=False)
    page = " ".join(signed_in.get(f"/albums/{album.pk}/people/").content.decode().split())
    assert f'value="{anna.pk}" checked' in page
    signed_in.post(f"/albums/{album.pk}/people/", {"people": [ben.pk], "rule": "any"})
    assert set(album.images.all()) == {photos[2]}
    signed_in.post(f"/albums/{album.pk}/people/", {"do": "settle"})
    assert not PersonAlbum.objects.exists()
    assert set(album.images.all()) == {photos[2]}
    assert signed_in.get(f"/albums/{album.pk}/people/").status_code == 404


def test_people_and_albums_of_others_are_out_of_reach(
    signed_in: Client, stranger: User, anna: Person
) -> None:
    theirs = Person.objects.create(owner=stranger, name="Zoe")
    album = person_album_create(owner=stranger, name="Zoe", people=[theirs], rule="all")
    assert "Zoe" not in signed_in.get(f"/albums/of-people/?person={theirs.pk}").content.decode()
    refused = signed_in.post("/albums/of-people/", {"name": "X", "people": [theirs.pk], "rule": "all"})
    assert refused.status_code == 400
    assert signed_in.get(f"/albums/{album.pk}/people/").status_code == 404
    assert signed_in.post(f"/albums/{album.pk}/people/", {"do": "settle"}).status_code == 404
    assert Album.objects.count() == 1


def test_many_people_cost_as_many_queries_as_few(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people_rows(owner, 3)
    signed_in.get("/albums/of-people/")
    with django_assert_num_queries(3):
        signed_in.get("/albums/of-people/")
    Person.objects.bulk_create(Person(owner=owner, name=f"More {number}") for number in range(1000))
    with django_assert_num_queries(3):
        page = signed_in.get("/albums/of-people/")
    assert len(page.content) < 300_000
    assert page.content.decode().count('name="people"') == 1003


def test_without_names_it_says_what_to_do_first(signed_in: Client) -> None:
    assert "No named people yet" in signed_in.get("/albums/of-people/").content.decode()
