"""albums.services.arranging.albums and the querysets of albums."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.utils import timezone

from albums.exceptions import AlbumNameTaken
from albums.models import Album, Image
from albums.services.arranging.albums import (
    album_add_images,
    album_change,
    album_create,
    album_delete,
    album_get_or_create,
    album_remove_images,
)
from albums.services.reading.renditions import image_read
from tests.rows import album_of, image_rows


def test_an_album_name_is_unique_per_owner(ada: User, grace: User) -> None:
    album = album_create(owner=ada, name=" Summer ")
    assert album.name == "Summer"
    with pytest.raises(AlbumNameTaken):
        album_create(owner=ada, name="Summer")
    assert album_create(owner=grace, name="Summer") != album
    assert album_get_or_create(owner=ada, name="Summer") == album


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "nul\0", "x" * 201])
def test_a_name_that_cannot_be_shown_is_refused(ada: User, name: str) -> None:
    album = album_create(owner=ada, name="Summer")
    for attempt in (album_create, album_get_or_create):
        with pytest.raises(ValidationError):
            attempt(owner=ada, name=name)
    with pytest.raises(ValidationError):
        album_change(album=album, name=name, description="", sort=album.sort)


def test_photos_are_added_once_and_can_be_removed(ada: User, stored: Image) -> None:
    album = album_create(owner=ada, name="Summer")
    assert len(album_add_images(album=album, images=[stored])) == 1
    assert len(album_add_images(album=album, images=[stored])) == 0
    assert album_remove_images(album=album, images=[stored]) == 1
    assert Image.objects.filter(pk=stored.pk).exists()


def test_photos_of_other_accounts_cannot_be_added(grace: User, stored: Image) -> None:
    album = album_create(owner=grace, name="Mine")
    assert len(album_add_images(album=album, images=[stored])) == 0


def test_deleting_an_album_leaves_its_photos(ada: User, stored: Image) -> None:
    album = album_create(owner=ada, name="Summer")
    album_add_images(album=album, images=[stored])
    album_delete(album=album)
    assert Image.objects.filter(pk=stored.pk).exists()


def test_other_accounts_see_neither_photos_nor_albums(ada: User, grace: User, stored: Image) -> None:
    album_create(owner=ada, name="Summer")
    assert [Image.objects.visible_to(user).count() for user in (ada, grace, AnonymousUser())] == [1, 0, 0]
    assert [Album.objects.visible_to(user).count() for user in (ada, grace, AnonymousUser())] == [1, 0, 0]


def test_albums_count_the_photos_that_are_ready(ada: User, stored: Image) -> None:
    album = album_create(owner=ada, name="Summer")
    album_add_images(album=album, images=[stored])
    assert [vars(row)["photo_count"] for row in Album.objects.with_counts()] == [0]
    image_read(image=stored)
    assert [vars(row)["photo_count"] for row in Album.objects.with_counts()] == [1]
    Image.objects.filter(pk=stored.pk).update(state=Image.State.REFUSED)
    assert [vars(row)["photo_count"] for row in Album.objects.with_counts()] == [0]


def test_albums_count_what_they_show(ada: User, grace: User) -> None:
    """The count, from the photos that are not shown, is that of the photos on the album's page."""
    shown, binned, refused, unread, elsewhere = image_rows(ada, 5)
    album, other = (
        album_of(ada, shown, binned, refused, unread, name="Summer"),
        album_of(grace, elsewhere, shown, name="Winter"),
    )
    album_create(owner=ada, name="Empty")
    Image.objects.filter(pk=binned.pk).update(binned_at=timezone.now(), state=Image.State.REFUSED)
    Image.objects.filter(pk=refused.pk).update(state=Image.State.REFUSED)
    Image.objects.filter(pk=unread.pk).update(state=Image.State.STORED)
    counts = {row.name: vars(row)["photo_count"] for row in Album.objects.with_counts()}
    assert counts == {"Summer": 1, "Winter": 2, "Empty": 0}
    assert [Image.objects.in_album(one).count() for one in (album, other)] == [1, 2]


def test_renditions_of_many_photos_take_one_more_query(stored: Image, django_assert_num_queries: Any) -> None:
    image_read(image=stored)
    with django_assert_num_queries(2):
        (image,) = Image.objects.ready().prefetch_renditions("thumbnail")
        assert [rendition.kind for rendition in image.renditions.all()] == ["thumbnail"]
