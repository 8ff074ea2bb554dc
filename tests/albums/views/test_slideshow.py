"""The slideshow: the texts of its pictures for each kind of visitor."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from albums.models import Album, AlbumImage, AlbumMember
from albums.services.arranging.share_links import share_link_create
from faces.models import Person
from tests.rows import album_of, face_row, image_rows


@pytest.fixture
def album(owner: User) -> Album:
    images = image_rows(owner, 30)
    anna, ben = (Person.objects.create(owner=owner, name=name) for name in ("Anna", "Ben"))
    hidden = Person.objects.create(owner=owner, name="Zoe", hidden=True)
    for person in (anna, ben, hidden):
        face_row(images[0], person=person)
    return album_of(owner, *images)


def test_the_alternative_text_names_the_people_in_a_picture(signed_in: Client, album: Album) -> None:
    page = signed_in.get(f"/albums/{album.pk}/slideshow/").content.decode()
    assert 'alt="Anna, Ben, Photo of June 15, 2024"' in page
    slides = signed_in.get(f"/albums/{album.pk}/slideshow/pictures.json").json()["pictures"]
    assert [one["alt"] for one in slides[:2]] == [
        "Anna, Ben, Photo of June 15, 2024",
        "Photo of June 14, 2024",
    ]


def test_other_accounts_see_no_names_unless_the_link_shows_them(
    client: Client, stranger: User, album: Album
) -> None:
    AlbumMember.objects.create(album=album, user=stranger)
    client.force_login(stranger)
    assert "Anna" not in client.get(f"/albums/{album.pk}/slideshow/pictures.json").content.decode()
    client.logout()
    for shows in (False, True):
        link = share_link_create(album=album, shows_names=shows)
        for path in ("slideshow/", "slideshow/pictures.json"):
            page = client.get(f"/s/{link.token}/{path}").content.decode()
            assert ("Anna, Ben, Photo of" in page) == shows
            assert "Zoe" not in page


def test_names_cost_the_same_for_many_pictures(signed_in: Client, album: Album) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            signed_in.get(f"/albums/{album.pk}/slideshow/pictures.json")
        return len(counted)

    many = queries()
    AlbumImage.objects.filter(pk__in=AlbumImage.objects.order_by("-pk").values("pk")[:27]).delete()
    assert queries() == many
