"""Naming people."""

import threading

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connections

from faces.models import Person
from faces.services.people import person_name
from tests.faces.coloured import face, rows


@pytest.fixture
def person(ada: User) -> Person:
    return Person.objects.create(owner=ada)


def test_a_name_is_kept_without_needless_spaces(person: Person) -> None:
    person_name(person=person, name="  Ada \t  Lovelace\n")
    person.refresh_from_db()
    assert person.name == "Ada Lovelace"


def test_the_best_face_stands_for_a_person_from_their_first_name_on(ada: User, person: Person) -> None:
    images = rows(ada, 4)
    face(images[0], person=person, quality=0.4)
    best = face(images[1], person=person, quality=0.9)
    face(images[2], quality=0.99)
    assert person_name(person=person, name="Ruby").cover == best
    face(images[3], person=person, quality=0.95)
    assert person_name(person=person, name="Rubina").cover == best, "the name was given to this face"


def test_somebody_without_faces_can_be_named(person: Person) -> None:
    assert person_name(person=person, name="Ruby").cover is None


def test_an_empty_name_takes_the_name_away(person: Person) -> None:
    person_name(person=person, name="Ruby")
    assert person_name(person=person, name="   ").name == ""


@pytest.mark.parametrize("name", ["李小龍", "Zoë O'Neill-Šťastný", "مريم", "🙂", "a" * 200])
def test_any_name_will_do(person: Person, name: str) -> None:
    assert person_name(person=person, name=name).name == name


def test_a_name_that_is_too_long_changes_nothing(person: Person) -> None:
    person_name(person=person, name="Ruby")
    with pytest.raises(ValidationError, match="200"):
        person_name(person=person, name="a" * 201)
    person.refresh_from_db()
    assert person.name == "Ruby"


def test_two_people_may_have_one_name(ada: User, person: Person) -> None:
    other = Person.objects.create(owner=ada)
    assert person_name(person=person, name="Ruby").pk != person_name(person=other, name="Ruby").pk


def test_naming_does_not_touch_what_was_not_named(ada: User, person: Person) -> None:
    stale = Person.objects.get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(hidden=True)
    person_name(person=stale, name="Ruby")
    person.refresh_from_db()
    assert person.hidden


@pytest.mark.django_db(transaction=True)
def test_the_last_of_two_names_given_at_once_is_whole(ada: User) -> None:
    person = Person.objects.create(owner=ada)
    cover = face(rows(ada, 1)[0], person=person)

    def name(text: str) -> None:
        try:
            person_name(person=person, name=text)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=name, args=(text,)) for text in ("Ruby", "Scarlet")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    person.refresh_from_db()
    assert person.name in {"Ruby", "Scarlet"}
    assert person.cover == cover
