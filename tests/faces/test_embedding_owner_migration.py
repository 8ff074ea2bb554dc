"""Vectors that were there before they had an owner get that of their photo, and can be searched as before."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from faces.models import FaceEmbedding
from tests.faces.coloured import face
from tests.rows import image_rows

BEFORE, AFTER = ("faces", "0004_reindexing"), ("faces", "0005_embedding_owner")


def migrate(target: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate([target])


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'faces_faceembedding'")
        return {definition for (definition,) in cursor.fetchall()}


@pytest.mark.django_db
def test_vectors_get_the_owner_of_their_photo() -> None:
    owners = [User.objects.create_user(name) for name in ("ada", "grace")]
    made = [face(image) for owner in owners for image in image_rows(owner, 2)]
    before = indexes()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    migrate(BEFORE)
    assert indexes() < before
    migrate(AFTER)
    # Later embedders have indexes of their own.
    assert indexes() == {index for index in before if "sface256" not in index}
    stored = FaceEmbedding.objects.order_by("face_id").values_list("face_id", "owner_id")
    assert list(stored) == [(row.pk, row.image.owner_id) for row in made]
