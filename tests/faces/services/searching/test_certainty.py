"""Figures of an account's confirmed faces."""

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from faces.models import Face, Person, Verdict
from faces.services.searching import certainty as module
from faces.services.searching.certainty import certainty, own_pairs
from tests.rows import group_of

pytestmark = pytest.mark.django_db
MODEL = "facenet_sface256"


def confirmed(owner: User, size: int, look: int) -> Person:
    person = group_of(owner, size, look=look, name=f"Look {look}")
    Verdict.objects.bulk_create(
        Verdict(face=face, person=person, kind=Verdict.Kind.IS) for face in person.faces.all()
    )
    return person


def test_confirmed_faces_are_compared_with_each_other(ada: User, grace: User) -> None:
    for look in (1, 2, 3):
        confirmed(ada, 5, look)
    confirmed(grace, 5, 4)
    group_of(ada, 3, look=5)
    own = own_pairs(ada, model=MODEL)
    assert (own.people, own.faces, own.same, own.different) == (3, 15, 30, 75)
    assert own.figures is not None
    # The drawn looks lie far apart.
    assert own.figures.accuracy == 1.0
    assert own.missed == own.passed == 0.0


def test_too_few_pairs_have_no_figures(ada: User) -> None:
    assert own_pairs(ada, model=MODEL).faces == 0
    confirmed(ada, 4, 1)
    own = own_pairs(ada, model=MODEL)
    assert (own.same, own.different, own.figures) == (6, 0, None)


def test_two_faces_in_one_photo_are_no_pair(ada: User) -> None:
    person = confirmed(ada, 3, 1)
    first, second, _third = person.faces.order_by("pk")
    Face.objects.filter(pk=second.pk).update(image=first.image_id)
    assert own_pairs(ada, model=MODEL).same == 2


def test_at_most_some_faces_of_a_person_count(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FACES_OF_PERSON", 3)
    monkeypatch.setattr(module, "FACES_SAMPLED", 5)
    for look in (1, 2):
        confirmed(ada, 4, look)
    assert own_pairs(ada, model=MODEL).faces == 5


def test_the_answer_is_cached_until_the_next_decision(
    ada: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    confirmed(ada, 3, 1)
    first = own_pairs(ada, model=MODEL)
    with django_assert_num_queries(2):
        assert own_pairs(ada, model=MODEL) == first
    confirmed(ada, 2, 2)
    assert own_pairs(ada, model=MODEL).faces == 5


def test_the_measured_figures_are_those_of_the_accounts_model(ada: User) -> None:
    found = certainty(ada)
    assert found.model == MODEL
    assert {row.model for row in found.measured} == {MODEL}
    assert [row.data for row in found.measured] == ["lfw", "orl"]
