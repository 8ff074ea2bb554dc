"""The age of a person over time."""

from datetime import date, timedelta

from django.contrib.auth.models import User

from faces.models import Face, Person
from faces.services.attributes import timeline
from faces.services.attributes.timeline import age_timeline
from tests.faces.attributes import estimate
from tests.rows import NOON, face_row, image_rows


def aged(owner: User, *ages: float, every: timedelta = timedelta(days=365)) -> Person:
    """A person in photos before `NOON`, the newest first, with estimates."""
    person = Person.objects.create(owner=owner, name="Anna")
    for image, age in zip(image_rows(owner, len(ages), apart=every), ages, strict=True):
        estimate(face_row(image, person=person, crop=False), age)
    return person


def test_estimates_are_in_the_order_of_their_dates_and_give_a_year_of_birth(owner: User) -> None:
    found = age_timeline(aged(owner, 40, 41, 38, 37), count=4)
    assert found is not None
    assert [point.age for point in found.points] == [37, 38, 41, 40]
    assert found.estimated
    assert found.spread
    assert found.born is not None
    assert found.born.year == 1984
    assert found.points[-1].on == NOON.date()


def test_with_a_birth_date_nothing_is_estimated(owner: User) -> None:
    person = aged(owner, 40, 41, 38)
    person.birth_date = date(2023, 6, 1)
    found = age_timeline(person, count=3)
    assert found is not None
    assert not found.estimated
    assert found.born == person.birth_date
    # One photo was taken before the birth.
    assert [round(point.age) for point in found.points] == [0, 1]


def test_few_estimates_give_no_year_and_no_chart(owner: User) -> None:
    found = age_timeline(aged(owner, 40, 30, every=timedelta(days=1)), count=2)
    assert found is not None
    assert found.born is None
    assert not found.spread


def test_without_dates_or_estimates_there_is_none(owner: User) -> None:
    person = aged(owner, 40)
    face_row(image_rows(User.objects.create_user("b"), 1)[0], person=person, crop=False)
    Face.objects.get(attributes__isnull=False).attributes.delete()
    assert age_timeline(person, count=2) is None


def test_of_many_faces_some_are_taken(owner: User) -> None:
    person = aged(owner, *range(20, 60), every=timedelta(days=30))
    most = timeline.MOST_POINTS
    found = age_timeline(person, count=4 * most)
    assert found is not None
    assert len(found.points) == 10
