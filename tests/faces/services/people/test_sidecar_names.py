"""Names that another program had in a person's photos are offered, and are erased with the person."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.models import Image, Sidecar
from faces.models import Person
from faces.services.erasing.erasure import person_erase, recognition_end
from faces.services.people.sidecar_names import SidecarName, sidecar_names
from tests.rows import face_row, stored_image

pytestmark = pytest.mark.django_db


def photo(owner: User, person: Person | None, *names: str) -> Image:
    image = stored_image(owner, number=Image.objects.count() + 1)
    if person is not None:
        face_row(image, person=person)
    if names:
        Sidecar.objects.create(image=image, program=Sidecar.Program.TAKEOUT, people=list(names))
    return image


@pytest.fixture
def person(owner: User, stranger: User) -> Person:
    """Somebody whom Google called Anna, often together with Ben, who is in many more photos."""
    found = Person.objects.create(owner=owner)
    for names in (["Anna", "Ben"], ["Anna", "Ben"], ["Anna"], ["Cleo", "Ben"], []):
        photo(owner, found, *names)
    for _number in range(6):
        photo(owner, None, "Ben")
    photo(stranger, None, "Anna")
    return found


def test_the_name_that_is_nearly_only_in_these_photos_comes_first(person: Person) -> None:
    assert sidecar_names(person) == [SidecarName("Anna", 3), SidecarName("Ben", 3)]
    assert sidecar_names(Person.objects.create(owner=person.owner)) == []


def test_a_name_that_fits_somebody_else_better_is_left_out(person: Person) -> None:
    ben = Person.objects.create(owner=person.owner)
    for sidecar in Sidecar.objects.filter(people__contains=["Ben"], image__owner=person.owner):
        face_row(sidecar.image, person=ben)
    assert sidecar_names(person) == [SidecarName("Anna", 3)]
    assert sidecar_names(ben) == [SidecarName("Ben", 9)]


def test_they_are_offered_where_the_person_is_named(person: Person, client: Client, stranger: User) -> None:
    client.force_login(person.owner)
    page = client.get(f"/people/names/?person={person.pk}").json()
    assert page["suggested"] == [{"name": "Anna", "photos": 3}, {"name": "Ben", "photos": 3}]
    answer = client.get(f"/api/v1/people/names/?person={person.pk}").json()
    assert answer["suggested"] == page["suggested"]
    client.force_login(stranger)
    assert client.get(f"/people/names/?person={person.pk}").json()["suggested"] == []


def test_an_erased_name_is_erased_there_too(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(name="ANNA")
    person_erase(person=person, by=person.owner)
    mine = Sidecar.objects.filter(image__owner=person.owner)
    assert {name for one in mine for name in one.people} == {"Ben", "Cleo"}
    assert Sidecar.objects.exclude(image__owner=person.owner).get().people == ["Anna"]
    recognition_end(owner=person.owner)
    assert not mine.exclude(people=[]).exists()
