"""Rows about faces: what the database refuses, what goes with what, and who sees it."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, connection, transaction

from faces.models import ClusteringRun, Face, FaceEmbedding, FaceScan, Person
from faces.services.people.stats import stats_refresh
from faces.vision.profiles import PROFILES
from faces.vision.types import Box
from tests.faces.coloured import face, seeded
from tests.rows import MODEL, embedding_row, image_row, image_rows


@pytest.mark.parametrize("box", [Box(0.1, 0.1, 0, 0.2), Box(0.1, 0.1, 0.2, -0.1)])
def test_a_box_without_an_area_is_refused(ada: User, box: Box) -> None:
    with transaction.atomic(), pytest.raises(IntegrityError, match="face_box_has_an_area"):
        face(image_row(ada), box=box)


def test_an_image_has_one_scan(ada: User) -> None:
    image = image_row(ada)
    FaceScan.objects.create(image=image)
    with transaction.atomic(), pytest.raises(IntegrityError):
        FaceScan.objects.create(image=image)


def test_a_face_has_one_embedding_of_each_model(ada: User) -> None:
    row = face(image_row(ada))
    embedding_row(row, seeded("red", dimensions=128), model="sface128")
    with transaction.atomic(), pytest.raises(IntegrityError, match="embedding_once_per_model"):
        embedding_row(row, seeded("red"))


@pytest.mark.parametrize("model", PROFILES)
def test_each_model_has_an_index_in_which_an_owners_vectors_are_side_by_side(db: None, model: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"embedding_of_owner_{model}"]
        )
        (definition,) = cursor.fetchone()
    assert "(owner_id) INCLUDE (face_id, vector)" in definition
    assert model in definition.partition("WHERE")[2]


@pytest.mark.parametrize("model", PROFILES)
def test_each_model_has_an_index_of_its_own(db: None, model: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"embedding_near_{model}"])
        (definition,) = cursor.fetchone()
    assert "hnsw" in definition
    assert "vector_cosine_ops" in definition
    assert model in definition.partition("WHERE")[2]


def test_faces_of_a_person_who_goes_are_waiting(ada: User) -> None:
    person = Person.objects.create(owner=ada)
    row = face(image_row(ada), person=person)
    person.delete()
    assert list(Face.objects.unassigned()) == [row]


def test_a_person_stays_when_their_cover_goes(ada: User) -> None:
    row = face(image_row(ada))
    person = Person.objects.create(owner=ada, name="Ruby", cover=row)
    row.delete()
    person.refresh_from_db()
    assert person.cover is None


def test_everything_of_an_owner_goes_with_them(ada: User, grace: User) -> None:
    for owner in (ada, grace):
        image = image_row(owner)
        FaceScan.objects.create(image=image, state="done")
        face(image, person=Person.objects.create(owner=owner))
        ClusteringRun.objects.create(owner=owner, embedder=MODEL)
    ada.delete()
    for model in (Face, FaceEmbedding, FaceScan, Person, ClusteringRun):
        assert model._default_manager.count() == 1


def test_everybody_sees_their_own_and_a_visitor_nothing(ada: User, grace: User) -> None:
    for owner in (ada, grace):
        image = image_row(owner)
        FaceScan.objects.create(image=image)
        face(image, person=Person.objects.create(owner=owner))
    for owner in (ada, grace):
        assert Face.objects.visible_to(owner).get().image.owner == owner
        assert FaceScan.objects.visible_to(owner).get().image.owner == owner
        assert Person.objects.visible_to(owner).get().owner == owner
        assert FaceEmbedding.objects.of_owner(owner.pk, model=MODEL).get().owner == owner
    anonymous = AnonymousUser()
    assert not FaceEmbedding.objects.of_owner(anonymous.pk, model=MODEL).exists()
    assert not Face.objects.visible_to(anonymous).exists()
    assert not FaceScan.objects.visible_to(anonymous).exists()
    assert not Person.objects.visible_to(anonymous).exists()


def test_people_are_counted_by_faces_and_by_photos(ada: User) -> None:
    first, second = image_rows(ada, 2)
    person, empty = Person.objects.create(owner=ada), Person.objects.create(owner=ada, name="Away")
    for image in (first, first, second):
        face(image, person=person)
    stats_refresh(owner_id=ada.pk)
    counted = {row.pk: (row.face_count, row.photo_count) for row in Person.objects.with_counts()}
    assert counted == {person.pk: (3, 2), empty.pk: (0, 0)}


def test_named_people_and_groups_with_a_face_are_worth_showing(ada: User) -> None:
    named, group, _empty = (Person.objects.create(owner=ada, name=name) for name in ("Ruby", "", ""))
    for image in image_rows(ada, 3):
        face(image, person=group)
    stats_refresh(owner_id=ada.pk)
    assert set(Person.objects.worth_showing()) == {named, group}
    assert list(Person.objects.named()) == [named]


def test_the_best_face_comes_first_and_equals_by_age(ada: User) -> None:
    images = image_rows(ada, 3)
    made = [face(image, quality=quality) for image, quality in zip(images, (0.5, 0.9, 0.5), strict=True)]
    assert list(Face.objects.best_first()) == [made[1], made[0], made[2]]


def test_rows_go_by_their_numbers_in_logs_and_never_by_a_name(ada: User) -> None:
    row = face(image_row(ada))
    unnamed = Person.objects.create(owner=ada)
    assert "Ruby" not in str(Person.objects.create(owner=ada, name="Ruby"))
    assert str(unnamed) == f"person {unnamed.pk}"
    assert str(row) == f"face {row.pk} in image {row.image_id}"
    assert "pending" in str(FaceScan.objects.create(image=row.image))
    assert str(row.embeddings.get()) == f"{MODEL} of face {row.pk}"
    assert "done" in str(ClusteringRun.objects.create(owner=ada, embedder=MODEL))
