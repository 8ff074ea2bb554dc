"""The end of an account: nothing that refers to its photos is forgotten."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import CASCADE

from albums.models import ChangedPhoto, DifferentPhotos, Image, ImageFingerprint, PhotoChange, SelectedFile
from albums.services.accounts import account_deletion
from tests.rows import stored_image


@pytest.mark.django_db
def test_an_account_with_rows_of_every_kind_ends(ada: User, grace: User) -> None:
    image, other = stored_image(ada), stored_image(grace, number=2)
    for one in (image, other):
        change = PhotoChange.objects.create(owner=one.owner, kind="date", photos=1)
        ChangedPhoto.objects.create(change=change, image=one)
        ImageFingerprint.objects.update_or_create(image=one, defaults={"hash": 1})
        DifferentPhotos.objects.create(owner=one.owner, image_ids=[one.pk])
        SelectedFile.objects.create(owner=one.owner, name="a.jpg", size_bytes=1)
    account_deletion.account_delete(user=ada)
    connection.check_constraints()
    for model in (Image, PhotoChange, ChangedPhoto, ImageFingerprint, DifferentPhotos, SelectedFile):
        assert model._default_manager.count() == 1, model


def test_every_table_of_albums_that_refers_to_photos_is_emptied_before_them() -> None:
    tables = [table for _kind, table, _condition in account_deletion._ROWS]
    before = tables[: tables.index("albums_image")]
    for relation in Image._meta.related_objects:
        model = relation.related_model
        if relation.on_delete is CASCADE and model._meta.app_label == "albums":
            assert model._meta.db_table in before, model
