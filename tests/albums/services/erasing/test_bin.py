"""Photos are moved to the bin, restored and erased."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import AlbumMember, Image
from albums.services.core.progress import stages
from albums.services.erasing.bin import bin_expire, images_bin, images_erase, images_restore
from albums.signals import images_binned, images_erasing, images_restored
from albums.tasks import expire_bin
from tests.rows import album_of, image_rows, stored_image

pytestmark = pytest.mark.django_db


def test_photos_moved_to_the_bin_together_are_restored_by_their_time(ada: User) -> None:
    first, second, third = image_rows(ada, 3)
    binned = images_bin(images=Image.objects.filter(pk__in=[first.pk, third.pk]), by=ada)
    assert binned.image_ids == sorted([first.pk, third.pk])
    assert list(Image.objects.owned_by(ada)) == [second]
    assert stages(ada.pk)[0].total == 1
    assert images_restore(images=Image.objects.filter(binned_at=binned.at), by=ada) == binned.image_ids
    assert Image.objects.owned_by(ada).count() == 3


def test_a_photo_already_in_the_bin_keeps_its_time(ada: User) -> None:
    images = image_rows(ada, 2)
    first = images_bin(images=Image.objects.filter(pk=images[0].pk), by=ada)
    second = images_bin(images=Image.objects.all(), by=ada)
    assert second.image_ids == [images[1].pk]
    assert Image.objects.get(pk=images[0].pk).binned_at == first.at


def test_only_the_owner_moves_to_the_bin_and_restores(ada: User, grace: User) -> None:
    image = image_rows(ada, 1)[0]
    album = album_of(ada, image, name="Shared")
    AlbumMember.objects.create(album=album, user=grace, role="editor")
    assert images_bin(images=Image.objects.visible_to(grace), by=grace).image_ids == []
    images_bin(images=Image.objects.filter(pk=image.pk), by=ada)
    assert not Image.objects.visible_to(grace).exists()
    assert not Image.objects.in_album(album).exists()
    assert images_restore(images=Image.objects.all(), by=grace) == []
    images_restore(images=Image.objects.all(), by=ada)
    # It has its former place in its albums.
    assert list(Image.objects.in_album(album)) == [image]


def test_signals_are_sent_in_the_same_transaction(ada: User) -> None:
    image = image_rows(ada, 1)[0]
    received: list[dict[str, Any]] = []

    def listen(**arguments: Any) -> None:
        received.append({name: arguments[name] for name in arguments if name not in {"signal", "sender"}})

    for signal in (images_binned, images_restored, images_erasing):
        signal.connect(listen)
    try:
        binned = images_bin(images=Image.objects.all(), by=ada)
        images_restore(images=Image.objects.all(), by=ada)
        images_restore(images=Image.objects.all(), by=ada)
        images_bin(images=Image.objects.all(), by=ada)
        images_erase(images=Image.objects.all())
    finally:
        for signal in (images_binned, images_restored, images_erasing):
            signal.disconnect(listen)
    photo = {"owner_id": ada.pk, "image_ids": [image.pk]}
    assert received == [photo, {**photo, "since": binned.at}, photo, {"image_ids": [image.pk]}]


def test_photos_outside_the_bin_are_not_erased(ada: User) -> None:
    image_rows(ada, 2)
    assert images_erase(images=Image.objects.all()) == 0
    assert Image.objects.count() == 2


def test_erasing_a_photo_deletes_its_files(ada: User, django_capture_on_commit_callbacks: Any) -> None:
    image = stored_image(ada)
    names = [str(image.original.name), *(str(made.file.name) for made in image.renditions.all())]
    storage = image.original.storage
    assert all(map(storage.exists, names))
    images_bin(images=Image.objects.all(), by=ada)
    with django_capture_on_commit_callbacks(execute=True):
        assert images_erase(images=Image.objects.all()) == 1
    assert not any(map(storage.exists, names))


def test_a_photo_is_erased_after_the_retention_period(ada: User, settings: Any) -> None:
    settings.BIN_DAYS = 30
    old, new, other = image_rows(ada, 3)
    now = timezone.now()
    Image.objects.filter(pk=old.pk).update(binned_at=now - timedelta(days=30, minutes=1))
    Image.objects.filter(pk=new.pk).update(binned_at=now - timedelta(days=29, hours=23))
    assert expire_bin() == 1
    assert set(Image.objects.values_list("pk", flat=True)) == {new.pk, other.pk}
    assert bin_expire() == 0
