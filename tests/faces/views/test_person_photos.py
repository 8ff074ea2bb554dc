"""The photos of a person and their days."""

from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from albums.models import Image
from faces.models import Person
from faces.views import person_photos
from tests.faces.coloured import face
from tests.rows import image_rows


@pytest.mark.parametrize("end", [1, 3, 1000])
def test_the_first_and_last_day_are_found_wherever_they_are_in_the_library(
    ada: User,
    grace: User,
    end: int,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(person_photos, "LIBRARY_END", end)
    images = image_rows(ada, 8, apart=timedelta(days=10))
    days = [date(2020, 1, 1 + at) for at in range(8)]
    for day, image in zip(days, images, strict=True):
        Image.objects.filter(pk=image.pk).update(captured_at=datetime.combine(day, time(12)))
    Image.objects.filter(pk=images[7].pk).update(captured_at=None)
    for image in image_rows(grace, 2):
        face(image, person=Person.objects.create(owner=grace))
    everywhere, middle, nowhere, undated = (Person.objects.create(owner=ada) for _ in range(4))
    for image in images[:7]:
        face(image, person=everywhere)
    for image in images[2:5]:
        face(image, person=middle)
    # Neither a dismissed face nor one in the bin shows the person.
    face(images[0], person=middle, dismissed=True)
    face(images[6], person=middle, binned=True)
    face(images[7], person=undated)
    with django_assert_num_queries(4):
        spans = [person_photos.photos_span(one) for one in (everywhere, middle, nowhere, undated)]
    assert spans == [(days[0], days[6]), (days[2], days[4]), (None, None), (None, None)]
    Image.objects.filter(pk=images[4].pk).update(state=Image.State.STORED)
    assert person_photos.photos_span(middle) == (days[2], days[3])
