"""The page of similar photos, and its operations in the API."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image, ImageFingerprint
from albums.services.arranging.stacks import stacks_renew
from albums.services.searching.similar_photos import stacks_of
from albums.stack_tasks import stack_photos
from faces.models import Person
from tests.rows import NOON, album_of, face_row, image_rows, stored_image


def hashed(images: Sequence[Image], *hashes: int) -> list[int]:
    """Give photos these hashes; returns their ids."""
    ImageFingerprint.objects.bulk_create(
        ImageFingerprint(image=image, hash=value, detail=0, sharpness=5)
        for image, value in zip(images, hashes, strict=True)
    )
    return [image.pk for image in images]


def test_the_others_move_to_the_bin_and_the_people_on_them_are_named(signed_in: Client, owner: User) -> None:
    images = [stored_image(owner, number=number) for number in (1, 2, 3)]
    ids = hashed(images, 0, 0, 0)
    anna, ben = (Person.objects.create(owner=owner, name=name) for name in ("Anna", "Ben"))
    for image in images:
        face_row(image, person=anna)
    face_row(images[0], person=ben)
    page = signed_in.get("/photos/similar/").content.decode()
    assert "3 similar photos" in page
    assert "Anna, Ben" in page
    assert page.count("checked") == 1
    # Nothing is decided without a choice.
    for keep in ([], ids):
        signed_in.post("/photos/similar/keep/", {"image": ids, "keep": keep})
        assert Image.objects.owned_by(owner).count() == 3
    answer = signed_in.post("/photos/similar/keep/", {"image": ids, "keep": ids[1]}, follow=True)
    assert "2 photos moved to the bin. On none of the remaining photos: Ben" in answer.content.decode()
    assert list(Image.objects.owned_by(owner)) == [images[1]]
    assert "No similar photos" in signed_in.get("/photos/similar/").content.decode()


def test_different_photos_are_remembered_and_undone_on_the_page(signed_in: Client, owner: User) -> None:
    ids = hashed(image_rows(owner, 2), 0, 1)
    page = signed_in.post("/photos/similar/different/", {"image": ids}, follow=True).content.decode()
    assert "not shown as similar again" in page
    assert stacks_of(owner) == []
    undo = page[page.index("/photos/similar/different/") :].partition('"')[0]
    signed_in.post(undo)
    assert len(stacks_of(owner)) == 1


def test_the_api_lists_stacks_and_remembers_decisions(signed_in: Client, stranger: User, owner: User) -> None:
    ids = hashed(image_rows(owner, 2), 0, 1)
    image_rows(owner, 1)
    theirs = hashed(image_rows(stranger, 2), 0, 1)
    found = signed_in.get("/api/v1/images/similar/").json()
    assert sorted(photo["image"] for photo in found["results"][0]["photos"]) == sorted(ids)
    assert (found["total"], found["waiting"]) == (1, 1)
    assert [photo["best"] for photo in found["results"][0]["photos"]] == [True, False]
    address, kind = "/api/v1/images/different/", "application/json"
    assert signed_in.post(address, {"images": theirs}, content_type=kind).status_code == 409
    made = signed_in.post(address, {"images": ids}, content_type=kind).json()
    assert made["images"] == sorted(ids)
    assert signed_in.get("/api/v1/images/similar/").json()["total"] == 0
    assert signed_in.delete(f"{address}{made['id']}/").status_code == 204
    assert signed_in.delete(f"{address}{made['id']}/").status_code == 404
    assert signed_in.get("/api/v1/images/similar/").json()["total"] == 1


@pytest.fixture
def stacked(signed_in: Client, owner: User, django_capture_on_commit_callbacks: Any) -> list[Image]:
    """Three photos of a burst and one of another day; the second one is on top."""
    images = [
        *image_rows(owner, 3, apart=timedelta(seconds=5)),
        *image_rows(owner, 1, captured_at=NOON - timedelta(days=3)),
    ]
    ids = hashed(images, 0, 0, 0, 2**40 - 1)
    ImageFingerprint.objects.filter(pk=ids[1]).update(sharpness=9)
    stacks_renew(owner_id=owner.pk, image_ids=ids)
    return images


def test_lists_show_a_stack_as_one_tile_that_selects_all_of_it(
    signed_in: Client, owner: User, stacked: list[Image]
) -> None:
    a, top, c, other = (image.pk for image in stacked)
    album = album_of(owner, *stacked)
    below = f'data-id="{top}" data-stack="{c} {a}"'
    for address in ("/", f"/albums/{album.pk}/", f"/search/?album={album.pk}"):
        page = signed_in.get(address).content.decode()
        assert page.count(" data-id=") == 2, address
        assert below in page
        assert f'value="{top},{c},{a}"' in page
        assert "3 similar photos, shown as one" in page
    layout = signed_in.get("/timeline/pieces/").json()
    assert layout["total"] == 2
    for query in ("", f"?from={other}&to={top}"):
        assert sorted(signed_in.get(f"/timeline/ids/{query}").json()["ids"]) == sorted([a, top, c, other])
    assert sorted(signed_in.get("/timeline/ids/?day=2024-06-15").json()["ids"]) == sorted([a, top, c])
    # Nothing is missing where photos are counted.
    assert signed_in.get("/api/v1/timeline/").json()["photos"] == 4
    assert "4 photos" in signed_in.get(f"/albums/{album.pk}/").content.decode()
    assert len(signed_in.get("/api/v1/images/").json()["results"]) == 4


def test_the_viewer_shows_the_stack_and_changes_it_with_undo(
    signed_in: Client, stacked: list[Image], django_capture_on_commit_callbacks: Any
) -> None:
    a, top, c, _other = (image.pk for image in stacked)
    page = signed_in.get(f"/photos/{top}/").content.decode()
    assert page.count("data-step") == 3
    assert "This photo is on top." in page
    for address, tops in (
        (f"/photos/{c}/stack/top/", [c]),
        (f"/photos/{c}/stack/top/undo/", [top]),
        ("/photos/similar/different/", [a, top, c]),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            answer = signed_in.post(
                address, {"image": [a, top, c], "next": f"/photos/{c}/"}, follow=True
            ).content.decode()
        shown = signed_in.get("/").content.decode()
        assert [pk for pk in (a, top, c) if f'data-id="{pk}"' in shown] == tops
        assert ("data-step" in answer) == (len(tops) == 1) or address.endswith("different/")
    assert "data-step" not in signed_in.get(f"/photos/{c}/").content.decode()
    assert signed_in.post(f"/photos/{c}/stack/top/", follow=True).context["messages"]


def test_a_photo_leaves_its_stack_and_stacks_are_turned_off_with_undo(
    signed_in: Client, stacked: list[Image], django_capture_on_commit_callbacks: Any
) -> None:
    a, top, c, other = (image.pk for image in stacked)

    def tiles(address: str, photo: int) -> set[int]:
        with django_capture_on_commit_callbacks(execute=True):
            signed_in.post(address, {"next": f"/photos/{photo}/"})
        shown = signed_in.get("/").content.decode()
        return {pk for pk in (a, top, c, other) if f'data-id="{pk}"' in shown}

    assert {top, other} < tiles(f"/photos/{top}/stack/leave/", top) < {a, top, c, other}
    page = signed_in.get(f"/photos/{top}/").content.decode()
    assert f"/photos/{top}/stack/return/" in page.partition("You took this photo out of its stack.")[2]
    assert tiles(f"/photos/{top}/stack/return/", top) == {top, other}
    assert "You took this photo out" not in signed_in.get(f"/photos/{top}/").content.decode()
    assert tiles("/photos/similar/stacks/off/", c) == {a, top, c, other}
    assert "Stacks are turned off" in signed_in.get("/photos/similar/?taken=together").content.decode()
    assert "/photos/similar/stacks/on/" in signed_in.get("/settings/appearance/").content.decode()
    signed_in.post("/settings/appearance/", {"language": "en", "theme": "dark"})
    assert tiles(f"/photos/{a}/stack/leave/", a) == {a, top, c, other}
    assert signed_in.post("/photos/similar/stacks/maybe/").status_code == 404
    signed_in.post("/photos/similar/stacks/on/")
    stack_photos()
    assert tiles(f"/photos/{a}/stack/return/", a) == {top, other}


def test_the_api_has_the_stack_of_a_photo(
    signed_in: Client, stacked: list[Image], django_capture_on_commit_callbacks: Any
) -> None:
    a, top, c, other = (image.pk for image in stacked)
    address = f"/api/v1/images/{a}/stack/"

    def ids_of(answer: Any) -> list[int]:
        return [photo["image"] for photo in answer.json()["photos"]]

    assert ids_of(signed_in.get(address)) == [top, c, a]
    assert ids_of(signed_in.get(f"/api/v1/images/{other}/stack/")) == []
    assert signed_in.get(f"/api/v1/images/{a}/").json()["stack_top"] == top
    assert signed_in.put(f"/api/v1/images/{other}/stack/").status_code == 409
    assert signed_in.get("/api/v1/images/similar/?together=true").json()["total"] == 1
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.put(address).status_code == 200
    assert ids_of(signed_in.get(address)) == [a, c, top]
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.delete(address).status_code == 204
    assert signed_in.delete(address).status_code == 404
    assert ids_of(signed_in.get(address)) == [top, c, a]


def test_the_notice_follows_while_photos_are_compared(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 2)
    hashed(images[:1], 0)
    page = signed_in.get("/photos/similar/").content.decode()
    assert "1 photo has not been compared yet" in page
    assert 'hx-trigger="every ' in page
    part = signed_in.get("/photos/similar/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "1 photo has not been compared yet" in part
    hashed(images[1:], 0)
    done = signed_in.get("/photos/similar/", headers={"HX-Request": "true"}).content.decode()
    assert "All photos have been compared" in done
    assert "hx-trigger" not in done
    assert "compared" not in signed_in.get("/photos/similar/").content.decode()


def test_empty_favourites_and_an_empty_archive_say_what_they_are(signed_in: Client, owner: User) -> None:
    for query, words, icon in (
        ("is=favourite", "No favourites yet", "#heart"),
        ("is=archived", "The archive is empty", "#archive"),
        ("is=archived&q=lyon", "No photos match", "#archive"),
    ):
        page = signed_in.get(f"/search/?{query}").content.decode()
        assert words in page
        chips = page[page.index("search-chips") :].partition("</ul>")[0]
        assert icon in chips


def test_the_api_takes_photos_out_of_stacks_and_turns_stacks_off(
    signed_in: Client, stacked: list[Image], django_capture_on_commit_callbacks: Any
) -> None:
    stack = f"/api/v1/images/{stacked[0].pk}/stack/"
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.put(f"{stack}apart/").status_code == 204
    assert signed_in.get(stack).json() == {"photos": [], "apart": True}
    assert signed_in.put(f"{stack}apart/").status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in.delete(f"{stack}apart/").status_code == 204
    assert signed_in.delete(f"{stack}apart/").status_code == 404
    assert len(signed_in.get(stack).json()["photos"]) == 3
    kind = "application/json"
    assert signed_in.patch("/api/v1/me/", {"stacks": False}, content_type=kind).json()["stacks"] is False
    assert signed_in.get(stack).json()["photos"] == []
    assert signed_in.patch("/api/v1/me/", {"theme": "dark"}, content_type=kind).json()["stacks"] is False
    assert signed_in.patch("/api/v1/me/", {"stacks": True}, content_type=kind).json()["stacks"] is True
