"""Statistics of people equal a count of their faces after every change."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from faces.models import DirtyPerson, Face, FaceEmbedding, OwnerModels, Person, PersonStats
from faces.services.core.bulk_assign import faces_move
from faces.services.history.history import change_undo
from faces.services.people.edits import faces_dismiss, person_merge
from faces.services.people.stats import stats_refresh
from tests.faces.services.conftest import World
from tests.rows import DIMENSIONS


def tally(person: Person) -> tuple[int, int]:
    stats_refresh(owner_id=person.owner_id)
    row = PersonStats.objects.get(person=person)
    return row.faces, row.photos


def as_counted(owner: User) -> bool:
    """Return whether all statistics equal a fresh count."""
    stats_refresh(owner_id=owner.pk)
    stored = list(PersonStats.objects.order_by("pk").values_list("pk", "faces", "photos"))
    PersonStats.objects.all().delete()
    stats_refresh(owner_id=owner.pk)
    return stored == list(PersonStats.objects.order_by("pk").values_list("pk", "faces", "photos"))


def test_faces_and_photos_are_counted_and_the_mean_is_that_of_the_faces(world: World) -> None:
    twice = world.photo(0, 0)
    anna = world.person(*twice, world.photo(0)[0], name="Anna")
    assert tally(anna) == (3, 2)
    vectors = [np.asarray(one.vector) for one in FaceEmbedding.objects.filter(face__person=anna)]
    mean = np.asarray(PersonStats.objects.get(person=anna).mean)
    assert mean == pytest.approx(np.mean(vectors, axis=0), abs=1e-5)


def test_somebody_without_a_face_is_counted_as_well(world: World) -> None:
    faceless = Person.objects.create(owner=world.owner, name="Nobody")
    assert tally(faceless) == (0, 0)
    assert PersonStats.objects.get(person=faceless).mean is None


CHANGES: dict[str, Callable[[Face, Person], object]] = {
    "moved by the machine": lambda face, other: faces_move({face.pk: other.pk}),
    "unassigned": lambda face, _other: faces_move({face.pk: None}),
    "dismissed": lambda face, _other: Face.objects.filter(pk=face.pk).update(dismissed=True),
    "put in the bin": lambda face, _other: Face.objects.filter(pk=face.pk).update(binned=True),
    "deleted": lambda face, _other: face.delete(),
    "deleted with its photo": lambda face, _other: face.image.delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_face_that_is(world: World, change: Callable[[Face, Person], object]) -> None:
    """A face that is moved, dismissed, binned or gone no longer counts."""
    anna = world.person(*(world.photo(0)[0] for _ in range(3)), name="Anna")
    other = world.person(world.photo(1)[0])
    assert tally(anna) == (3, 3)
    change(anna.faces.order_by("pk")[0], other)
    assert tally(anna) == (2, 2)
    assert as_counted(world.owner)


def test_a_merge_and_its_undo_are_counted(world: World) -> None:
    anna = world.person(*(world.photo(0)[0] for _ in range(3)), name="Anna")
    other = world.person(*(world.photo(0)[0] for _ in range(2)))
    assert (tally(anna), tally(other)) == ((3, 3), (2, 2))
    person_merge(into=anna, others=[other], by=world.owner)
    assert tally(anna) == (5, 5)
    assert not PersonStats.objects.filter(person_id=other.pk).exists()
    change_undo(change=world.owner.face_changes.get(), by=world.owner)
    assert (tally(anna), tally(other)) == ((3, 3), (2, 2))
    faces_dismiss(faces=list(other.faces.all()), by=world.owner)
    assert tally(other) == (0, 0)


def test_a_vector_that_is_made_again_changes_the_mean(world: World) -> None:
    anna = world.person(world.photo(0)[0])
    tally(anna)
    FaceEmbedding.objects.filter(face__person=anna).update(vector=[1.0] + [0.0] * (DIMENSIONS - 1))
    stats_refresh(owner_id=world.owner.pk)
    assert PersonStats.objects.get(person=anna).mean[0] == pytest.approx(1)


def test_another_model_has_means_of_its_own(world: World) -> None:
    anna = world.person(world.photo(0)[0])
    tally(anna)
    OwnerModels.objects.create(owner=world.owner, detector="yunet", embedder="sface128")
    assert stats_refresh(owner_id=world.owner.pk) == "sface128"
    assert PersonStats.objects.get(person=anna).mean is None
    assert tally(anna) == (1, 1)


def test_nothing_is_written_when_nothing_has_changed(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.person(world.photo(0)[0])
    stats_refresh(owner_id=world.owner.pk)
    assert not DirtyPerson.objects.exists()
    with django_assert_num_queries(2):
        stats_refresh(owner_id=world.owner.pk)


def test_the_people_of_others_are_left_to_them(world: World, stranger: User) -> None:
    theirs = World(stranger)
    eve = theirs.person(theirs.photo(0)[0])
    stats_refresh(owner_id=world.owner.pk)
    assert DirtyPerson.objects.filter(person_id=eve.pk).exists()
    assert tally(eve) == (1, 1)
