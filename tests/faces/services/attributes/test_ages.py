"""Ages as they are shown: computed where a birth date is known, and a search that finds the same faces."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from django.contrib.auth.models import User

from faces.models import Face, Person
from faces.services.attributes.ages import (
    OLDEST,
    estimated_age,
    face_age,
    face_gender,
    faces_aged,
    known_age,
)
from tests.faces.attributes import estimate
from tests.rows import NOON, clock, face_row, image_rows

BORN = date(1990, 6, 15)


@pytest.fixture
def face(owner: User) -> Face:
    return face_row(image_rows(owner, 1)[0], person=Person.objects.create(owner=owner), crop=False)


def read(face: Face) -> Face:
    return Face.objects.with_attributes().get(pk=face.pk)


def test_an_estimate_has_a_range_and_is_labelled(face: Face) -> None:
    assert face_age(read(face)) is None
    estimate(face, 34.4)
    age = face_age(read(face))
    assert age is not None
    assert (age.years, age.estimated) == (34, True)
    assert age.low < 34 < age.high


def test_with_a_birth_date_the_age_is_computed_and_not_estimated(face: Face) -> None:
    estimate(face, 50)
    Person.objects.update(birth_date=BORN)
    age = face_age(read(face))
    assert age is not None
    assert (age.years, age.low, age.high, age.estimated) == (34, 34, 34, False)


def test_a_photo_without_a_date_or_before_the_birth_leaves_the_estimate(face: Face) -> None:
    estimate(face, 50)
    for born, captured_at in ((BORN, None), (date(2030, 1, 1), NOON)):
        Person.objects.update(birth_date=born)
        face.image.captured_at = clock(captured_at)
        face.image.save()
        age = face_age(read(face))
        assert age is not None
        assert age.estimated


@pytest.mark.parametrize(
    ("moment", "years"),
    [
        (datetime(2024, 6, 14, 23, 59, tzinfo=UTC), 33),
        (datetime(2024, 6, 15, tzinfo=UTC), 34),
        (datetime(1990, 6, 15, 12, tzinfo=UTC), 0),
        (datetime(1990, 6, 14, 12, tzinfo=UTC), None),
    ],
)
def test_a_year_is_complete_on_the_birthday(moment: datetime, years: int | None, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    assert known_age(BORN, clock(moment)) == years


def test_ranges_hold_the_age_and_grow_with_it() -> None:
    ages = [estimated_age(years / 2) for years in range(200)]
    assert all(0 <= age.low <= age.years <= age.high <= OLDEST for age in ages)
    assert all(before.low <= after.low for before, after in pairwise(ages))


@pytest.mark.parametrize(
    ("age", "male", "shown"),
    [(34, 0.95, True), (34, 0.05, False), (34, 0.6, None), (12, 0.99, None), (17.4, 0.01, None)],
)
def test_a_gender_is_shown_for_adults_where_it_is_clear(
    face: Face, age: float, male: float, shown: bool | None
) -> None:
    estimate(face, age, male=male)
    gender = face_gender(read(face))
    assert (gender and gender.male) == shown
    if gender is not None:
        assert gender.probability == max(male, 1 - male)


def test_no_gender_is_shown_for_someone_who_was_a_child_then(face: Face) -> None:
    estimate(face, 40, male=0.99)
    Person.objects.update(birth_date=date(2014, 1, 1))
    assert face_gender(read(face)) is None


def test_a_search_finds_the_faces_of_the_ages_that_are_shown(owner: User) -> None:
    """With and without birth dates, photos around birthdays, and estimates around halves."""
    born = [None, BORN, date(2000, 2, 29)]
    moments = [None, *(NOON + timedelta(days=days) for days in (-1, 0, 1, 400, 6000))]
    estimates = [None, 0.2, 29.5, 33.49, 33.5, 88.0]
    images = image_rows(owner, len(born) * len(moments) * len(estimates))
    for image, (birth, moment, age) in zip(images, product(born, moments, estimates), strict=True):
        image.captured_at = moment
        image.save()
        face = face_row(image, person=Person.objects.create(owner=owner, birth_date=birth), crop=False)
        if age is not None:
            estimate(face, age)
    shown = {face.pk: face_age(face) for face in Face.objects.with_attributes()}
    for low, high in ((0, 12), (30, 33), (34, 34), (18, OLDEST)):
        wanted = {pk for pk, age in shown.items() if age is not None and low <= age.years <= high}
        assert wanted
        assert set(faces_aged(Face.objects.all(), [(low, high)]).values_list("pk", flat=True)) == wanted
    assert not faces_aged(Face.objects.all(), []).exists()
