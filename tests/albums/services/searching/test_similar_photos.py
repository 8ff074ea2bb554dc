"""Stacks of similar photos: found, the best proposed, and those that are different."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from albums import stack_tasks
from albums.models import Image, ImageFingerprint
from albums.services.arranging.near_photos import stack_photos
from albums.services.erasing.bin import images_bin
from albums.services.reading.fingerprints import images_hash
from albums.services.reading.renditions import image_read
from albums.services.reading.turning import image_set_turns
from albums.services.searching.similar_photos import different_photos_add, stacks_of
from tests.rows import NOON, face_row, image_rows, stored_image

pytestmark = pytest.mark.django_db
FAR = 2**40 - 1


def hashed(images: Sequence[Image], *hashes: int, sharpness: float = 5) -> list[int]:
    """Give photos these hashes; returns their ids."""
    ImageFingerprint.objects.bulk_create(
        ImageFingerprint(image=image, hash=value, sharpness=sharpness)
        for image, value in zip(images, hashes, strict=True)
    )
    return [image.pk for image in images]


def test_near_photos_are_a_stack_whatever_the_time_between_them(owner: User, stranger: User) -> None:
    burst = image_rows(owner, 2, apart=timedelta(seconds=20))
    years_later = image_rows(owner, 1, captured_at=NOON - timedelta(days=900))
    other = image_rows(owner, 1)
    ids = hashed([*burst, *years_later, *other], 0, 0b11, 0, FAR)
    hashed(image_rows(stranger, 1), 0)
    assert [sorted(stack) for stack in stacks_of(owner)] == [sorted(ids[:3])]
    images_bin(images=Image.objects.filter(pk=ids[0]), by=owner)
    assert [sorted(stack) for stack in stacks_of(owner)] == [sorted(ids[1:3])]


def test_different_photos_are_never_in_a_stack_again(owner: User, stranger: User) -> None:
    ids = hashed(image_rows(owner, 3), 0, 0, 0)
    assert different_photos_add(image_ids=ids, by=stranger) is None
    assert different_photos_add(image_ids=ids[:2], by=owner)
    # The third is near both, and in a stack with one of them.
    (stack,) = stacks_of(owner)
    assert ids[2] in stack
    assert len(stack) == 2
    assert different_photos_add(image_ids=ids, by=owner)
    assert stacks_of(owner) == []


def test_the_best_is_a_favourite_or_sharp_large_and_with_clear_faces(owner: User) -> None:
    blurred, small, good = image_rows(owner, 3, shapes=((900, 600), (90, 60), (900, 600)))
    hashed([blurred], 0, sharpness=1)
    hashed([small, good], 0, 0, sharpness=9)
    face_row(good, quality=0.9)
    face_row(blurred, quality=0.2)
    (photos,) = stack_photos(owner.pk, stacks_of(owner))
    assert [photo.image.pk for photo in photos] == [good.pk, small.pk, blurred.pk] or photos[0].image == good
    assert [photo.best for photo in photos] == [True, False, False]
    Image.objects.filter(pk=small.pk).update(favourite=True)
    assert stack_photos(owner.pk, stacks_of(owner))[0][0].image == small


def test_a_photo_is_hashed_when_it_is_read_and_again_when_it_is_turned(owner: User) -> None:
    image = stored_image(owner, size=(320, 240))
    assert image_read(image=image)
    upright = ImageFingerprint.objects.get(image=image).hash
    image_set_turns(image=image, turns=1)
    assert ImageFingerprint.objects.get(image=image).hash != upright


def test_photos_of_an_older_version_are_hashed_once(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    images = [stored_image(owner, number=number, size=(320, 240)) for number in (1, 2)]
    without_files = image_rows(owner, 1)
    assert images_hash(count=2) == 2
    sent: list[int] = []
    monkeypatch.setattr(stack_tasks, "HASHED_AT_ONCE", 1)
    monkeypatch.setattr(stack_tasks, "send", lambda _task: sent.append(1))
    stack_tasks.hash_photos()
    stack_tasks.hash_photos()
    assert len(sent) == 1
    assert ImageFingerprint.objects.get(image=without_files[0]).hash is None
    call_command("hash_photos", "--json")
    assert ImageFingerprint.objects.exclude(hash=None).count() == len(images)


def test_photos_of_one_composition_with_another_detail_are_different(owner: User) -> None:
    copies, portrait = image_rows(owner, 2), image_rows(owner, 1, captured_at=None)
    ids = hashed([*copies, *portrait], 0, 1, 0)
    for pk, detail in zip(ids, (0, 0b1111, 2**30 - 1), strict=True):
        ImageFingerprint.objects.filter(pk=pk).update(detail=detail)
    assert [sorted(stack) for stack in stacks_of(owner)] == [sorted(ids[:2])]
    # Until the detail of all is known, the coarse hash alone decides.
    ImageFingerprint.objects.filter(pk=ids[0]).update(detail=None)
    assert [sorted(stack) for stack in stacks_of(owner)] == [sorted(ids)]
