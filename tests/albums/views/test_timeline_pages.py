"""The timeline: its page, its pieces and the ids of a selection."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, AlbumMember, Image
from tests.rows import NOON, album_of, image_rows, stored_image


def test_the_newest_days_are_in_the_page_with_a_link_to_older_ones(signed_in: Client, owner: User) -> None:
    image_rows(owner, 230)
    page = signed_in.get("/").content.decode()
    assert page.count('class="photo ratio-150"') == 100
    assert page.count('<h2 class="month"') == 4
    assert 'href="/?at=2024-03-07"' in page
    older = signed_in.get("/?at=2024-03-07").content.decode()
    assert older.count('class="photo ratio-150"') == 100
    # A full page begins with the heading of its first month, even if that month continues.
    assert "March 2024" in older
    assert signed_in.get("/?at=1990-01-01").status_code == 200
    assert "No photos before this date" in signed_in.get("/?at=1990-01-01").content.decode()


def test_the_first_page_costs_as_many_queries_with_many_photos_as_with_few(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        Album.objects.create(owner=owner, name=f"Album {number}")
    image_rows(owner, 3)
    # Session, account, photos with and without a date, those in stacks, memories, albums to add to.
    with django_assert_num_queries(7):
        signed_in.get("/")
    Image.objects.all().delete()
    image_rows(owner, 300)
    # There are memories of this day: their pictures and people are two more.
    with django_assert_num_queries(8):
        signed_in.get("/")


def test_a_piece_is_a_fragment_and_costs_as_many_queries_as_a_small_one(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image_rows(owner, 60)
    for until, count in (("2024-06-14", 2), ("2024-05-17", 30)):
        with django_assert_num_queries(5):
            answer = signed_in.get("/timeline/piece/", {"at": "2024-06-15", "until": until})
        page = answer.content.decode()
        assert page.count('class="photo ') == count
        assert "<html" not in page
    goes_on = signed_in.get("/timeline/piece/", {"at": "2024-06-14", "until": "2024-06-14"}).content.decode()
    assert "<h2" not in goes_on
    assert ">Fri, June 14</h3>" in goes_on


def test_the_outline_takes_one_query(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image_rows(owner, 230)
    Image.objects.filter(source_path="row-7.jpg").update(captured_at=None)
    with django_assert_num_queries(3):
        outline = signed_in.get("/timeline/pieces/").json()
    assert outline["total"] == 230
    assert outline["pieces"][0] == ["2024-06-15", "2024-03-07", 0, 0, 100, 150.0, 100]
    firsts = [piece[0] for piece in outline["pieces"]]
    assert firsts == ["2024-06-15", "2024-03-06", "2023-11-27", "none"]
    assert outline["months"][:2] == [["2024-06", "June 2024", 0, 0], ["2024-05", "May 2024", 0, 14]]
    assert outline["months"][-1] == ["none", "No date", 3, 0]


def test_photos_in_the_bin_or_of_other_accounts_are_not_in_the_timeline(
    signed_in: Client, owner: User, stranger: User
) -> None:
    mine, binned = stored_image(owner, number=1), stored_image(owner, number=2)
    Image.objects.filter(pk=binned.pk).update(binned_at=NOON)
    shared = stored_image(stranger, number=3)
    album = album_of(stranger, shared, name="Theirs")
    AlbumMember.objects.create(album=album, user=owner)
    assert signed_in.get("/timeline/ids/").json()["ids"] == [mine.pk]
    assert signed_in.get("/timeline/pieces/").json()["total"] == 1
    for address in ("/", "/timeline/piece/?at=2024-06-15"):
        page = signed_in.get(address).content.decode()
        assert [f'data-id="{image.pk}"' in page for image in (mine, binned, shared)] == [True, False, False]
    other = signed_in.get("/timeline/ids/", {"from": mine.pk, "to": shared.pk})
    assert other.json()["ids"] == []


def test_ids_between_two_photos(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 5)
    found = signed_in.get("/timeline/ids/", {"from": images[3].pk, "to": images[1].pk}).json()["ids"]
    assert found == [image.pk for image in images[1:4]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("?at=yesterday", 404),
        ("?at=2024-13-40", 404),
        ("?at=9999-12-31&until=0001-01-01", 200),
        ("?at=2024-06-15&skip=-1&take=x", 200),
        ("?at=2024-06-15&skip=99999999999999999999&take=99999999999999999999", 200),
        ("?at=none", 200),
    ],
)
def test_an_invalid_url_of_a_piece_is_not_an_error(
    signed_in: Client, owner: User, query: str, status: int
) -> None:
    stored_image(owner)
    assert signed_in.get(f"/timeline/piece/{query}").status_code == status


def test_a_wide_photo_offers_a_larger_rendition(signed_in: Client, owner: User) -> None:
    stored_image(owner, number=1, size=(90, 60))
    assert "srcset" not in signed_in.get("/").content.decode()
    wide = stored_image(owner, number=2, size=(300, 100), captured_at=NOON - timedelta(days=1))
    page = signed_in.get("/").content.decode()
    assert f"/photos/{wide.pk}/preview.jpg?t=0 2048w" in page


@pytest.mark.parametrize("path", ["/", "/timeline/pieces/", "/timeline/piece/?at=none", "/timeline/ids/"])
def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/?next=")


def test_the_page_is_small(signed_in: Client, owner: User) -> None:
    image_rows(owner, 300)
    assert len(signed_in.get("/").content) < 120_000


def test_the_size_of_photos_is_that_of_the_device(signed_in: Client, owner: User) -> None:
    stored_image(owner, size=(90, 60))
    for given, shown, larger in (("5", "5", True), ("2", "2", False), ("<x>", "3", False), ("", "3", False)):
        signed_in.cookies[settings.ZOOM_COOKIE_NAME] = given
        page = signed_in.get("/").content.decode()
        assert f'data-zoom="{shown}"' in page
        assert ("srcset" in page) is larger
