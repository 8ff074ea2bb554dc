"""One account has the same numbers on every page, in the API and in the administration."""

import re

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from albums.models import Image, UnpackedFile
from albums.services.accounts.account_deletion import account_delete
from albums.services.core.photo_counts import PhotoCounts, photo_counts
from tests.rows import image_row, image_rows, upload_row

MIXED = PhotoCounts(photos=5, unread=2, refused=3, binned=4)


def mixed_account(owner: User) -> None:
    """Photos, unread and refused files (one that is not stored), a bin, and a file sent twice."""
    photos = image_rows(owner, 5)
    image_rows(owner, 2, state=Image.State.STORED, source_path="unread.jpg")
    image_rows(owner, 2, state=Image.State.REFUSED, source_path="refused.txt", reason="not_a_picture")
    image_row(owner, state=Image.State.REFUSED, original="", source_path="empty.jpg", reason="empty")
    image_rows(owner, 3, binned_at=timezone.now(), source_path="binned.jpg")
    image_row(owner, state=Image.State.REFUSED, binned_at=timezone.now(), source_path="binned.txt")
    zip_file = upload_row(owner, name="again.zip", state="unpacked")
    UnpackedFile.objects.create(
        upload=zip_file, position=0, name="again.jpg", status="already_there", image=photos[0]
    )


def test_every_page_has_the_same_counts(signed_in: Client, owner: User, stranger: User) -> None:
    mixed_account(owner)
    image_rows(stranger, 9)
    User.objects.filter(pk=stranger.pk).update(is_superuser=True)
    assert photo_counts(Image.objects.filter(owner=owner)) == MIXED

    def text(address: str) -> str:
        page = signed_in.get(address).content.decode()
        return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())

    assert signed_in.get("/timeline/pieces/").json()["total"] == 5
    stages = signed_in.get("/progress/", headers={"Accept": "application/json"}).json()["stages"]
    read, scan = stages[:2]
    assert (read["done"], read["total"], read["failed"], read["refused"]) == (5, 7, 0, 3)
    assert scan["total"] == 5
    for address in ("/progress/", "/settings/jobs/"):
        assert "Processed: 5 of 7" in text(address)
        assert "3 files not added" in text(address)
    storage = text("/settings/storage/")
    for line in ("Original photos 5", "Files being processed 2", "Photos in the bin 4", "Files not added 3"):
        assert line in storage
    deletion = text("/settings/delete/")
    assert "5 photos, with their originals" in deletion
    assert "2 files being processed, 4 photos in the bin, 3 files not added" in deletion

    mine = signed_in.get("/api/v1/me/").json()
    assert {kind: mine[kind] for kind in PhotoCounts.__dataclass_fields__} == {
        "photos": 5,
        "unread": 2,
        "refused": 3,
        "binned": 4,
    }
    assert signed_in.get("/api/v1/timeline/").json()["photos"] == 5
    assert len(signed_in.get("/api/v1/images/").json()["results"]) == 5
    uses = {use["kind"]: use["count"] for use in signed_in.get("/api/v1/me/storage/").json()["originals"]}
    assert uses == {"photos": 5, "unread": 2, "binned": 4, "refused": 3, "coming": 0}


def test_the_receipt_of_a_deleted_account_has_them_too(owner: User, stranger: User) -> None:
    stranger.is_superuser = True
    stranger.save()
    mixed_account(owner)
    counts = account_delete(user=owner).counts
    assert {kind: counts[kind] for kind in PhotoCounts.__dataclass_fields__} == {
        "photos": 5,
        "unread": 2,
        "refused": 3,
        "binned": 4,
    }
