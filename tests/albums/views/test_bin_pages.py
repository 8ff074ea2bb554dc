"""Selected photos are moved to the bin; its page restores and erases them."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from albums import tasks
from albums.models import Album, Image
from albums.services.erasing.bin import images_bin
from tests.rows import image_rows, stored_image

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each task immediately."""
    monkeypatch.setattr(tasks.expire_bin, "delay", tasks.expire_bin)


def binned_images(owner: User, count: int) -> list[Image]:
    images = image_rows(owner, count)
    images_bin(images=Image.objects.filter(pk__in=[image.pk for image in images]), by=owner)
    return images


def test_selected_photos_move_to_the_bin_and_undo_restores_them(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    selected = ",".join(str(image.pk) for image in images[:2])
    body = signed_in.post("/photos/selection/bin/", {"image": selected}, headers=JSON).json()
    assert body["message"] == "2 photos moved to the bin"
    assert body["ids"] == sorted(image.pk for image in images[:2])
    assert signed_in.get("/timeline/ids/").json()["ids"] == [images[2].pk]
    again = signed_in.post(body["undo"], headers=JSON).json()
    assert again["message"] == "2 photos restored"
    assert Image.objects.owned_by(owner).count() == 3


def test_without_javascript_a_message_offers_undo(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 2)
    answer = signed_in.post("/photos/selection/bin/", {"image": [image.pk for image in images]}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    (message,) = answer.context["messages"]
    assert str(message) == "2 photos moved to the bin"
    address = message.extra_tags.removeprefix("undo:")
    back = signed_in.post(address, {"next": "/albums/"})
    assert back.headers["Location"] == "/albums/"
    assert not Image.objects.binned().exists()
    elsewhere = signed_in.post(address, {"next": "https://elsewhere.example/"})
    assert elsewhere.headers["Location"] == "/"


def test_undo_restores_only_the_photos_of_that_action(signed_in: Client, owner: User) -> None:
    first, second = image_rows(owner, 2)
    images_bin(images=Image.objects.filter(pk=first.pk), by=owner)
    body = signed_in.post("/photos/selection/bin/", {"image": second.pk}, headers=JSON).json()
    signed_in.post(body["undo"])
    assert Image.objects.get(pk=first.pk).binned_at is not None
    assert Image.objects.get(pk=second.pk).binned_at is None


@pytest.mark.parametrize("given", [{}, {"image": ""}, {"image": "x"}, {"image": "1,-2"}])
def test_an_empty_selection_only_shows_a_message(
    signed_in: Client, owner: User, given: dict[str, str]
) -> None:
    image_rows(owner, 1)
    for address in ("/photos/selection/bin/", "/bin/restore/", "/bin/erase/"):
        answer = signed_in.post(address, given, headers=JSON)
        assert (answer.status_code, answer.json()["message"]) == (400, "Select at least one photo first.")
    assert not Image.objects.binned().exists()


def test_photos_of_other_accounts_are_not_changed(signed_in: Client, owner: User, stranger: User) -> None:
    theirs = image_rows(stranger, 1)[0]
    answer = signed_in.post("/photos/selection/bin/", {"image": theirs.pk}, headers=JSON)
    assert answer.status_code == 400
    images_bin(images=Image.objects.filter(pk=theirs.pk), by=stranger)
    signed_in.post("/bin/restore/", {"image": theirs.pk})
    signed_in.post("/bin/erase/", {"image": theirs.pk, "sure": "yes"})
    signed_in.post("/bin/empty/")
    assert Image.objects.filter(pk=theirs.pk, binned_at__isnull=False).exists()
    signed_in.get("/bin/")  # shows the earlier messages, so that no other page does
    there = signed_in.get(f"/bin/{theirs.pk}/thumbnail.jpg")
    never = signed_in.get(f"/bin/{theirs.pk + 1000}/thumbnail.jpg")
    assert there.status_code == never.status_code == 404
    assert there.content == never.content


def test_the_bin_shows_its_photos_with_the_remaining_days(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old, new = binned_images(owner, 2)
    Image.objects.filter(pk=old.pk).update(binned_at=timezone.now() - timedelta(days=29, hours=1))
    with django_assert_num_queries(4):
        page = signed_in.get("/bin/").content.decode()
    assert "1 day left" in page
    assert "30 days left" in page
    assert page.index(f'data-id="{new.pk}"') < page.index(f'data-id="{old.pk}"')
    Image.objects.all().delete()
    binned_images(owner, 30)
    with django_assert_num_queries(4):
        assert signed_in.get("/bin/").content.count(b"data-id=") == 30
    Image.objects.all().delete()
    assert "The bin is empty" in signed_in.get("/bin/").content.decode()


def test_a_photo_in_the_bin_has_a_thumbnail_a_preview_to_enlarge_and_no_other_url(
    signed_in: Client, owner: User
) -> None:
    image = stored_image(owner)
    kinds = ("thumbnail", "preview")
    assert {signed_in.get(f"/bin/{image.pk}/{kind}.jpg").status_code for kind in kinds} == {404}
    images_bin(images=Image.objects.all(), by=owner)
    assert {signed_in.get(f"/bin/{image.pk}/{kind}.jpg").status_code for kind in kinds} == {200}
    assert (
        f'class="enlarge" href="/bin/{image.pk}/preview.jpg?t=0"' in signed_in.get("/bin/").content.decode()
    )
    for address in ("", "original", "thumbnail.jpg"):
        assert signed_in.get(f"/photos/{image.pk}/{address}").status_code == 404


def test_undoing_a_deletion_of_the_viewer_leads_back_to_the_photo(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    here = f"/photos/{image.pk}/?album=3"
    sent = {"image": image.pk, "next": "/albums/", "back": here}
    page = signed_in.post("/photos/selection/bin/", sent, follow=True).content.decode()
    undo = unescape(re.findall(r'action="(/bin/[^"]+/undo/[^"]*)"', page)[0])
    assert signed_in.post(undo, {"next": "/albums/"}).headers["Location"] == here
    assert list(Image.objects.owned_by(owner)) == [image]
    for address in (undo, undo.partition("?")[0] + "?back=//elsewhere.example/"):
        assert signed_in.post(address, {"next": "/albums/"}).headers["Location"] == "/albums/"


def test_selected_photos_are_restored(signed_in: Client, owner: User) -> None:
    images = binned_images(owner, 3)
    signed_in.post("/bin/restore/", {"image": [images[0].pk, images[2].pk]})
    assert set(Image.objects.owned_by(owner)) == {images[0], images[2]}


def test_erasing_requires_confirmation_and_is_permanent(
    signed_in: Client, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    images = binned_images(owner, 3)
    confirmation = signed_in.post("/bin/erase/", {"image": [images[0].pk, images[1].pk]})
    assert "2 photos will be deleted permanently" in confirmation.content.decode()
    assert Image.objects.count() == 3
    with django_capture_on_commit_callbacks(execute=True):
        answer = signed_in.post(
            "/bin/erase/", {"image": confirmation.context["ids"], "sure": "yes"}, follow=True
        )
    assert "2 photos permanently deleted" in answer.content.decode()
    assert list(Image.objects.all()) == [images[2]]


def test_emptying_requires_confirmation_and_leaves_other_photos(
    signed_in: Client, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    binned_images(owner, 3)
    other = stored_image(owner)
    assert "3 photos will be deleted permanently" in signed_in.get("/bin/empty/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post("/bin/empty/")
    assert list(Image.objects.all()) == [other]


def test_erased_photos_cannot_be_restored_even_before_the_worker_runs(signed_in: Client, owner: User) -> None:
    images = binned_images(owner, 1)
    signed_in.post("/bin/empty/")
    signed_in.post("/bin/restore/", {"image": images[0].pk})
    assert not Image.objects.owned_by(owner).exists()
    assert "The bin is empty" in signed_in.get("/bin/").content.decode()


def test_one_field_accepts_ten_thousand_photos(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 40)
    ids = ",".join(str(number) for number in range(images[0].pk, images[0].pk + 10_000))
    body = signed_in.post("/photos/selection/bin/", {"image": ids}, headers=JSON).json()
    assert len(body["ids"]) == 40


def test_photos_are_added_to_an_existing_or_new_album_by_name(signed_in: Client, owner: User) -> None:
    images = image_rows(owner, 3)
    old = Album.objects.create(owner=owner, name="Holiday")
    for name, image in (("Holiday", images[0]), (" Holiday ", images[1]), ("New", images[2])):
        body = signed_in.post(
            "/photos/selection/", {"image": str(image.pk), "new_album": name}, headers=JSON
        ).json()
        assert body["message"] == f"1 photo added to “{name.strip()}”"
    assert old.images.count() == 2
    assert Album.objects.get(name="New").images.get() == images[2]


@pytest.mark.parametrize(
    "path", ["/bin/", "/bin/empty/", "/bin/restore/", "/bin/erase/", "/bin/7/undo/", "/bin/1/thumbnail.jpg"]
)
def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/?next=")


def test_an_unknown_time_is_not_an_error(signed_in: Client) -> None:
    assert signed_in.post("/bin/99999999999999999999/undo/").status_code == 404
    assert signed_in.post("/bin/1/undo/", headers=JSON).json()["message"].startswith("No photos restored")
