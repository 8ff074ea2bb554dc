"""Favourites and archived photos: on pages, in searches and in the API, with undo."""

import html
import re
from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image
from tests.rows import album_of, image_rows

JSON = {"Accept": "application/json"}


def marked(mark: str) -> set[int]:
    return {*Image.objects.filter(**{mark: True}).values_list("pk", flat=True)}


def in_timeline(client: Client) -> list[int]:
    ids: list[int] = client.get("/timeline/ids/").json()["ids"]
    return ids


def search_ids(client: Client, query: str) -> list[int]:
    ids: list[int] = client.get(f"/photos/ids/?search={query}").json()["ids"]
    return ids


@pytest.mark.parametrize(
    ("change", "mark"), [("favourite", "favourite"), ("archive", "archived")], ids=["favourite", "archived"]
)
def test_selected_photos_are_marked_and_the_change_is_undone(
    signed_in: Client, owner: User, stranger: User, change: str, mark: str
) -> None:
    mine, theirs = image_rows(owner, 4), image_rows(stranger, 1)
    Image.objects.filter(pk=mine[0].pk).update(**{mark: True})
    ids = [one.pk for one in (*mine[:3], *theirs)]
    answer = signed_in.post(f"/photos/selection/mark/{change}/", {"image": ids}, headers=JSON).json()
    assert sorted(answer["ids"]) == sorted([mine[1].pk, mine[2].pk])
    assert marked(mark) == {one.pk for one in mine[:3]}
    undone = signed_in.post(answer["undo"], {"proof": answer["proof"]}, headers=JSON)
    assert (undone.status_code, marked(mark)) == (200, {mine[0].pk})
    signed_in.force_login(stranger)
    assert signed_in.post(answer["undo"], {"proof": answer["proof"]}, headers=JSON).json()["ids"] == []
    assert signed_in.post(answer["undo"], {"proof": "x"}, headers=JSON).status_code == 400


def test_archived_photos_leave_the_timeline_and_stay_in_albums_and_searches(
    signed_in: Client, owner: User
) -> None:
    images = image_rows(owner, 3)
    album = album_of(owner, *images)
    signed_in.post("/photos/selection/mark/archive/", {"image": images[1].pk}, headers=JSON)
    others = [images[0].pk, images[2].pk]
    assert in_timeline(signed_in) == others
    assert signed_in.get("/timeline/pieces/").json()["total"] == 2
    assert f'data-id="{images[1].pk}"' not in signed_in.get("/").content.decode()
    assert signed_in.get(f"/photos/ids/?album={album.pk}").json()["ids"] == [one.pk for one in images]
    assert search_ids(signed_in, "q%3Drow") == [one.pk for one in images]
    assert search_ids(signed_in, "is%3Darchived") == [images[1].pk]
    page = signed_in.get(f"/photos/{images[1].pk}/").content.decode()
    assert "?is=archived" in page
    signed_in.post("/photos/selection/mark/unarchive/", {"image": images[1].pk}, headers=JSON)
    assert len(in_timeline(signed_in)) == 3


def test_an_archive_of_everything_says_so(signed_in: Client, owner: User) -> None:
    signed_in.post("/photos/selection/mark/archive/", {"image": image_rows(owner, 1)[0].pk}, headers=JSON)
    page = signed_in.get("/").content.decode()
    assert "All your photos are archived" in page
    assert "/search/?is=archived" in page


def test_favourites_are_found_and_shown_with_a_heart(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 2)
    signed_in.post("/photos/selection/mark/favourite/", {"image": images[0].pk}, headers=JSON)
    page = signed_in.get("/search/?is=favourite").content.decode()
    assert "Remove from favourites" in page
    assert (page.count('data-heart="1"'), page.count('data-heart="0"')) == (1, 0)
    assert search_ids(signed_in, "is%3Dfavourite") == [images[0].pk]
    assert search_ids(signed_in, "is%3Dunknown") == []


def test_without_a_script_the_page_before_says_what_was_done(signed_in: Client, owner: User) -> None:
    image = image_rows(owner, 1)[0]
    answer = signed_in.post("/photos/selection/mark/favourite/", {"image": image.pk}, follow=True)
    page = answer.content.decode()
    assert "1 photo added to favourites" in page
    undo = re.search(r'action="(/photos/selection/mark/undo/[^"]+)"', page)
    assert undo is not None
    signed_in.post(html.unescape(undo[1]))
    assert marked("favourite") == set()
    assert signed_in.post("/photos/selection/mark/stars/", {"image": image.pk}).status_code == 404


@pytest.mark.parametrize("body", [{"favourite": True}, {"archived": True, "favourite": True}])
def test_the_api_sets_and_filters_marks(signed_in: Client, owner: User, body: Mapping[str, bool]) -> None:
    one, other = image_rows(owner, 2)
    kind = "application/json"
    changed = signed_in.patch(f"/api/v1/images/{one.pk}/", body, content_type=kind).json()
    assert {name: changed[name] for name in body} == body
    many = signed_in.post(
        "/api/v1/images/marks/", {"images": [one.pk, other.pk], **body}, content_type=kind
    ).json()
    assert many == {"images": [other.pk], "changes": [], "jobs": []}
    for name in body:
        listed = signed_in.get(f"/api/v1/images/?{name}=true").json()["results"]
        assert {image["id"] for image in listed} == {one.pk, other.pk}
    assert signed_in.post("/api/v1/images/marks/", {"images": [one.pk]}, content_type=kind).status_code == 400
