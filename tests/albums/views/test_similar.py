"""The page of similar photos, and its operations in the API."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image, ImageFingerprint
from albums.services.searching.similar_photos import stacks_of
from faces.models import Person
from tests.rows import face_row, image_rows, stored_image


def hashed(images: Sequence[Image], *hashes: int) -> list[int]:
    """Give photos these hashes; returns their ids."""
    ImageFingerprint.objects.bulk_create(
        ImageFingerprint(image=image, hash=value, sharpness=5)
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
