"""Selected photos on every page with a grid: available actions, results and permissions."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from albums.models import Album, AlbumMember, Image
from albums.services.arranging.members import member_add
from faces.models import Person, PersonAlbum
from tests.rows import NOON, album_of, face_row, image_rows, next_page, stored_image

JSON = {"Accept": "application/json"}


def person_in(owner: User, *images: Image) -> Person:
    anna = Person.objects.create(owner=owner, name="Anna")
    for image in images:
        face_row(image, person=anna)
    return anna


def ids_at(client: Client, query: str) -> list[int]:
    ids: list[int] = client.get(f"/photos/ids/{query}").json()["ids"]
    return ids


def test_the_ids_of_a_list_are_complete_and_in_order(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 90)
    Image.objects.filter(pk=images[5].pk).update(binned_at=NOON)
    album = album_of(owner, *images[:70])
    anna = person_in(owner, images[0], images[5], images[80])
    assert ids_at(signed_in, f"?album={album.pk}") == [one.pk for one in images[:70] if one != images[5]]
    assert ids_at(signed_in, f"?person={anna.pk}") == [images[0].pk, images[80].pk]
    assert ids_at(signed_in, "?search=q%3Drow-77.jpg") == [images[77].pk]
    album.sort = Album.Sort.OLDEST
    album.save()
    assert ids_at(signed_in, f"?album={album.pk}")[0] == images[69].pk


def test_a_list_of_another_account_is_not_found(signed_in: Client, stranger: User) -> None:
    images = image_rows(stranger, 2)
    theirs, anna = album_of(stranger, *images), person_in(stranger, *images)
    for query in (f"?album={theirs.pk}", f"?person={anna.pk}", "?album=9999", "?search=", "", "?album=x"):
        assert signed_in.get(f"/photos/ids/{query}").status_code == 404
    assert ids_at(signed_in, "?search=q%3Drow") == []
    signed_in.logout()
    assert signed_in.get(f"/photos/ids/?album={theirs.pk}").status_code == 302


def test_the_ids_of_a_day_or_a_month_are_complete(
    signed_in: Client, owner: User, stranger: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    images = image_rows(owner, 60)
    image_rows(stranger, 3)
    Image.objects.filter(pk=images[1].pk).update(captured_at=None)
    # Session, account, the photos shown, and those below them in stacks.
    with django_assert_num_queries(4):
        day = signed_in.get("/timeline/ids/?day=2024-06-15").json()["ids"]
    assert day == [images[0].pk]
    month = signed_in.get("/timeline/ids/?month=2024-05").json()["ids"]
    assert month == [one.pk for one in images[15:46]]
    for undated in ("?day=none", "?month=none"):
        assert signed_in.get(f"/timeline/ids/{undated}").json()["ids"] == [images[1].pk]
    for wrong in ("?day=x", "?month=2024-13", "?month=2024", "?day=2024-02-30"):
        assert signed_in.get(f"/timeline/ids/{wrong}").status_code == 404


def test_every_page_with_own_photos_offers_the_same_actions(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    album, anna = album_of(owner, *images), person_in(owner, *images)
    lists = {"/": "", "/search/?q=row": "?search=q%3Drow", f"/people/{anna.pk}/": f"?person={anna.pk}"}
    for path, query in {**lists, f"/albums/{album.pk}/": f"?album={album.pk}"}.items():
        page = signed_in.get(path).content.decode()
        assert page.count('name="image"') == 3, path
        assert f"{images[0].pk}/{query}" in page, "the photo stays in the list that it was opened from"
        ids_url = f"/photos/ids/{query}" if query else "/timeline/ids/"
        assert f'data-ids-url="{ids_url}"' in page
        for act in ("/download/selection/", "/photos/selection/bin/"):
            assert f'formaction="{act}"' in page, path
        assert ("/remove/" in page) == ("album" in path)


def test_editors_can_remove_photos_but_set_no_cover_and_smart_albums_allow_no_removal(
    owner: User, stranger: User, signed_in: Client
) -> None:
    images = image_rows(owner, 2)
    album = album_of(owner, *images)
    member_add(album=album, username="eve", role=AlbumMember.Role.EDITOR)
    eve = Client()
    eve.force_login(stranger)
    page = eve.get(f"/albums/{album.pk}/").content.decode()
    assert f'formaction="/albums/{album.pk}/remove/"' in page
    assert f'formaction="/albums/{album.pk}/cover/"' not in page
    rule = PersonAlbum.objects.create(album=album)
    rule.people.add(person_in(owner, *images))
    mine = signed_in.get(f"/albums/{album.pk}/").content.decode()
    assert "/remove/" not in mine
    assert f'formaction="/albums/{album.pk}/cover/"' in mine


def test_a_script_removes_photos_from_an_album_and_undoes_it(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    album = album_of(owner, *images)
    sent = {"image": f"{images[0].pk},{images[2].pk},99999"}
    body = signed_in.post(f"/albums/{album.pk}/remove/", sent, headers=JSON).json()
    assert body["message"] == "2 photos removed from “Holiday”"
    assert set(body["ids"]) == {images[0].pk, images[2].pk}
    assert list(album.images.all()) == [images[1]]
    assert "Undo" not in signed_in.get(f"/albums/{album.pk}/").content.decode(), "the script offers undo"
    back = signed_in.post(body["undo"], {"proof": body["proof"]}, headers=JSON)
    assert back.json() == {"message": "2 photos restored"}
    assert album.images.count() == 3
    refused = signed_in.post(body["undo"], {"proof": "x"}, headers=JSON)
    assert (refused.status_code, refused.json()["message"]) == (400, "This can no longer be undone.")
    nothing = signed_in.post(f"/albums/{album.pk}/remove/", {}, headers=JSON)
    assert (nothing.status_code, nothing.json()["message"]) == (400, "Select at least one photo first.")


def test_photos_of_other_accounts_are_skipped_with_a_message(
    signed_in: Client, owner: User, stranger: User
) -> None:
    mine, theirs = stored_image(owner), stored_image(stranger, number=2)
    shared = album_of(stranger, theirs)
    member_add(album=shared, username="ada", role=AlbumMember.Role.EDITOR)
    both = {"image": f"{mine.pk},{theirs.pk}"}
    added = signed_in.post("/photos/selection/", {**both, "new_album": "New"}, headers=JSON).json()
    left = "1 photo skipped: it belongs to someone else"
    assert added["message"] == f"1 photo added to “New” {left}"
    binned = signed_in.post("/photos/selection/bin/", both, headers=JSON).json()
    assert binned["message"] == f"1 photo moved to the bin {left}"
    assert binned["ids"] == [mine.pk]
    hidden = stored_image(stranger, number=3)
    own = stored_image(owner, number=4)
    unseen = signed_in.post("/photos/selection/bin/", {"image": f"{own.pk},{hidden.pk}"}, headers=JSON)
    assert unseen.json()["message"] == "1 photo moved to the bin", "the message does not count hidden photos"


def test_one_selected_photo_becomes_the_cover_and_two_are_refused(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    album = album_of(owner, *images)
    signed_in.post(f"/albums/{album.pk}/cover/", {"image": [images[1].pk], "new_album": ""})
    album.refresh_from_db()
    assert album.cover == images[1]
    page = signed_in.post(
        f"/albums/{album.pk}/cover/", {"image": [images[0].pk, images[2].pk]}, follow=True
    ).content.decode()
    assert "Select a single photo" in page
    album.refresh_from_db()
    assert album.cover == images[1]


def test_the_next_page_has_no_gap_after_photos_of_the_page_before_went_to_the_bin(
    signed_in: Client, owner: User
) -> None:
    images = image_rows(owner, 130)
    album = album_of(owner, *images)
    address = next_page(signed_in.get(f"/albums/{album.pk}/").content.decode())
    Image.objects.filter(pk__in=[one.pk for one in [*images[:7], images[59]]]).update(binned_at=NOON)
    page = signed_in.get(f"/albums/{album.pk}/{address}").content.decode()
    assert page.index(f'data-id="{images[60].pk}"') == page.index("data-id=")


@pytest.mark.parametrize("cursor", ["x", "WzFd", "²", "-1", "bnVsbA"])
def test_an_invalid_cursor_shows_the_first_page(signed_in: Client, owner: User, cursor: str) -> None:
    images = image_rows(owner, 3)
    album = album_of(owner, *images)
    page = signed_in.get(f"/albums/{album.pk}/", {"after": cursor}).content.decode()
    assert page.index(f'data-id="{images[0].pk}"') == page.index("data-id=")


Addresses = Callable[[User, list[Image]], str]


@pytest.mark.parametrize(
    "address",
    [
        lambda owner, images: f"?album={album_of(owner, *images).pk}",
        lambda owner, images: f"?person={person_in(owner, *images).pk}",
        lambda _owner, _images: "?search=q%3Drow",
    ],
    ids=["album", "person", "search"],
)
def test_the_arrows_cost_the_same_in_a_short_list_and_in_a_long_one(
    signed_in: Client, owner: User, address: Addresses
) -> None:
    def queries(count: int) -> int:
        Image.objects.all().delete()
        Album.objects.all().delete()
        Person.objects.all().delete()
        images = image_rows(owner, count)
        query = address(owner, images)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            page = signed_in.get(f"/photos/{images[1].pk}/{query}").content.decode()
        assert f"/photos/{images[2].pk}/{query}" in page.replace("&amp;", "&")
        return len(counted)

    assert queries(3) == queries(40)


def test_photos_are_selected_for_an_album_by_everyone_who_may_add_to_it(
    signed_in: Client, owner: User, stranger: User
) -> None:
    images = image_rows(owner, 3)
    own, shared = album_of(owner, name="Own"), album_of(stranger, name="Theirs")
    AlbumMember.objects.create(album=shared, user=owner, role=AlbumMember.Role.EDITOR)
    for album in (own, shared):
        assert f'href="/?to={album.pk}"' in signed_in.get(f"/albums/{album.pk}/").content.decode()
        page = signed_in.get(f"/?to={album.pk}").content.decode()
        assert f"Choose photos for “{album.name}”" in page
        assert f'name="album" value="{album.pk}"' in page
        data = {"album": album.pk, "image": ",".join(str(image.pk) for image in images[:2])}
        answer = signed_in.post("/photos/selection/", data, follow=True)
        assert answer.redirect_chain[-1][0] == f"/albums/{album.pk}/"
        assert f"2 photos added to “{album.name}”" in answer.content.decode()
        assert album.images.count() == 2
    AlbumMember.objects.update(role=AlbumMember.Role.VIEWER)
    assert "?to=" not in signed_in.get(f"/albums/{shared.pk}/").content.decode()
    for refused in (shared.pk, 999_999, "x"):
        assert signed_in.get(f"/?to={refused}").status_code == 404
