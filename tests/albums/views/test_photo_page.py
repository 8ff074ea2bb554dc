"""The page of a photo: its content for each account, its arrows and its forms."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, AlbumImage, AlbumMember, Image
from albums.ordering import ALBUM_ORDERS, neighbours, position
from faces.models import Person
from tests.rows import NOON, album_of, face_row, image_rows, stored_image

PART = {"HX-Request": "true"}


def test_a_photo_page_has_details_faces_and_navigation(signed_in: Client, owner: User) -> None:
    newer, shown, older = (
        stored_image(owner, number=number, captured_at=NOON - timedelta(days=number)) for number in (1, 2, 3)
    )
    Image.objects.filter(pk=shown.pk).update(
        camera="Canon EOS",
        place="Lyon",
        country="FR",
        latitude=45.76,
        longitude=4.83,
        description="On the bridge",
        facts={"lens": "EF 50mm", "aperture": "f/1.8", "exposure": "1/250 s", "iso": "ISO 100"},
    )
    anna = Person.objects.create(owner=owner, name="Anna")
    unnamed = Person.objects.create(owner=owner)
    faces = [face_row(shown, person=person) for person in (anna, unnamed, None)]
    page = " ".join(signed_in.get(f"/photos/{shown.pk}/").content.decode().split())
    assert f'id="previous" href="/photos/{newer.pk}/" rel="prev"' in page
    assert f'id="next" href="/photos/{older.pk}/" rel="next"' in page
    assert f'href="/people/{anna.pk}/"' in page
    assert f'href="/faces/{faces[2].pk}/?next=%2Fphotos%2F{shown.pk}%2F"' in page
    for words in (
        *("Unnamed person", "Unassigned", "June 13, 2024", "96 \N{MULTIPLICATION SIGN} 64", "Canon EOS"),
        *("Lyon, France", "45.76000, 4.83000", "On the bridge", "EF 50mm", "f/1.8 · 1/250 s · ISO 100"),
    ):
        assert words in page
    assert '<rect x="30.000%" y="20.000%" width="40.000%" height="60.000%"' in page


def test_a_photo_with_many_faces_and_albums_costs_as_many_queries_as_one_with_few(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    image_rows(owner, 30)
    shown = stored_image(owner)
    for number in range(30):
        person = Person.objects.create(owner=owner, name=f"Person {number}")
        face_row(shown, person=person, crop=False)
        album_of(owner, shown, name=f"Album {number}")
    # One of them is for its stack.
    with django_assert_max_num_queries(13):
        page = signed_in.get(f"/photos/{shown.pk}/").content.decode()
    assert page.count("<rect ") == 30


def test_a_script_gets_a_fragment_that_is_cached_separately(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    whole, part = signed_in.get(f"/photos/{image.pk}/"), signed_in.get(f"/photos/{image.pk}/", headers=PART)
    assert b"<html" in whole.content
    assert part.content.lstrip().startswith(b'<div class="viewer-photo"')
    assert "HX-Request" in part.headers["Vary"]
    assert "no-cache" in part.headers["Cache-Control"]


def test_a_member_of_a_shared_album_sees_the_photo_but_neither_faces_nor_tools(
    signed_in: Client, owner: User, stranger: User
) -> None:
    theirs, other = stored_image(stranger, number=1), stored_image(stranger, number=2)
    face_row(theirs, person=Person.objects.create(owner=stranger, name="Secret Name"))
    album = album_of(stranger, theirs, other)
    album_of(stranger, theirs, name="Private album")
    AlbumMember.objects.create(album=album, user=owner)
    page = signed_in.get(f"/photos/{theirs.pk}/?album={album.pk}").content.decode()
    assert f"/photos/{other.pk}/?album={album.pk}" in page
    assert "Shared by" in page
    for hidden in ("Secret Name", "face-box", "draw-form", "/description/", "Private album", "holiday/"):
        assert hidden not in page
    for address in ("description", "album"):
        assert signed_in.post(f"/photos/{theirs.pk}/{address}/").status_code == 404


def test_a_photo_of_another_account_is_not_found(signed_in: Client, stranger: User) -> None:
    theirs = stored_image(stranger)
    for address in ("", "original", "thumbnail.jpg", "preview.jpg"):
        there = signed_in.get(f"/photos/{theirs.pk}/{address}")
        never = signed_in.get(f"/photos/{theirs.pk + 1000}/{address}")
        assert there.status_code == never.status_code == 404
        assert there.content == never.content
    for address in ("description", "album"):
        there = signed_in.post(f"/photos/{theirs.pk}/{address}/", {"new_album": "x"})
        assert there.status_code == 404
        assert there.content == signed_in.post(f"/photos/{theirs.pk + 1000}/{address}/").content


@pytest.mark.parametrize("sort", ["newest", "oldest", "name", "added"])
def test_neighbours_follow_the_order_of_the_album(owner: User, sort: str) -> None:
    images = [
        stored_image(owner, number=number, captured_at=captured_at)
        for number, captured_at in enumerate((NOON, NOON, None, NOON - timedelta(days=3), None))
    ]
    album = album_of(owner, *reversed(images), sort=sort)
    album_of(owner, *images, name="Another", sort="added")
    AlbumImage.objects.filter(album=album, image=images[0]).update(added_at=NOON)
    among = Image.objects.in_album(album)
    order = list(among.values_list("pk", flat=True))
    assert len(order) == len(images)
    for at, key in enumerate(order):
        assert position(among, ALBUM_ORDERS[sort], key) == at
        before, after = neighbours(among, ALBUM_ORDERS[sort], key)
        assert before == (order[at - 1] if at else None)
        assert after == (order[at + 1] if at + 1 < len(order) else None)


def test_the_arrows_stay_within_the_person_or_album(signed_in: Client, owner: User) -> None:
    images = [
        stored_image(owner, number=number, captured_at=NOON - timedelta(days=number)) for number in range(4)
    ]
    anna = Person.objects.create(owner=owner, name="Anna")
    for image in (images[0], images[3]):
        face_row(image, person=anna)
    album = album_of(owner, images[0], images[2])
    for query, label, onward in (
        ("", "Photos", images[1]),
        (f"?person={anna.pk}", "Anna", images[3]),
        (f"?album={album.pk}", "Holiday", images[2]),
    ):
        page = signed_in.get(f"/photos/{images[0].pk}/{query}").content.decode()
        assert f'href="/photos/{onward.pk}/{query}" rel="next"' in page
        assert f">{label}</span>" in page


@pytest.mark.parametrize(
    "query", ["?album=x", "?album=999999", "?person=-1", "?person=²", "?album=", "?person=0"]
)
def test_an_unknown_list_means_all_photos(signed_in: Client, owner: User, query: str) -> None:
    image = stored_image(owner)
    page = signed_in.get(f"/photos/{image.pk}/{query}")
    assert page.status_code == 200
    assert ">Photos</span>" in page.content.decode()


def test_people_of_other_accounts_are_ignored_as_a_list(
    signed_in: Client, owner: User, stranger: User
) -> None:
    image = stored_image(owner)
    theirs = Person.objects.create(owner=stranger, name="Secret")
    assert "Secret" not in signed_in.get(f"/photos/{image.pk}/?person={theirs.pk}").content.decode()


def test_the_owner_can_add_and_remove_a_description(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    here = f"/photos/{image.pk}/?album=3"
    answer = signed_in.post(
        f"/photos/{image.pk}/description/", {"description": " Two\nlines <b> ", "next": here}
    )
    assert answer.headers["Location"] == here
    image.refresh_from_db()
    assert image.description == "Two\nlines <b>"
    assert "lines &lt;b&gt;" in signed_in.get(here).content.decode()
    signed_in.post(f"/photos/{image.pk}/description/", {"description": "x" * 5001})
    image.refresh_from_db()
    assert image.description.startswith("Two")
    signed_in.post(f"/photos/{image.pk}/description/", {"description": "", "next": "//elsewhere.example/"})
    image.refresh_from_db()
    assert image.description == ""


def test_a_photo_is_added_to_an_existing_or_new_album(signed_in: Client, owner: User, stranger: User) -> None:
    image = stored_image(owner)
    album = album_of(owner)
    signed_in.post(f"/photos/{image.pk}/album/", {"album": album.pk})
    signed_in.post(f"/photos/{image.pk}/album/", {"new_album": "Winter"})
    assert set(image.albums.values_list("name", flat=True)) == {"Holiday", "Winter"}
    theirs = Album.objects.create(owner=stranger, name="Theirs")
    for wrong in ({"album": theirs.pk}, {}, {"new_album": "two\nlines"}):
        answer = signed_in.post(f"/photos/{image.pk}/album/", wrong, follow=True)
        assert b'class="viewer-message error"' in answer.content
    assert image.albums.count() == 2


def test_refused_and_unread_files_show_their_state(signed_in: Client, owner: User) -> None:
    refused = stored_image(owner, number=1, state=Image.State.REFUSED)
    Image.objects.filter(pk=refused.pk).update(detail="This is a web page.")
    assert "This is a web page." in signed_in.get(f"/photos/{refused.pk}/").content.decode()
    waiting = stored_image(owner, number=2, state=Image.State.STORED)
    assert "being processed" in signed_in.get(f"/photos/{waiting.pk}/").content.decode()


def test_a_prefetched_photo_leaves_messages_for_the_visible_page(signed_in: Client, owner: User) -> None:
    first, second = stored_image(owner), stored_image(owner, number=2)
    form = {"description": "By the sea", "next": f"/photos/{first.pk}/"}
    signed_in.post(f"/photos/{first.pk}/description/", form)
    ahead = signed_in.get(f"/photos/{second.pk}/", headers={**PART, "X-Ahead": "1"})
    assert "Description of 1 photo changed" not in ahead.content.decode()
    assert "X-Ahead" in ahead.headers["Vary"]
    assert (
        "Description of 1 photo changed"
        in signed_in.get(f"/photos/{first.pk}/", headers=PART).content.decode()
    )
