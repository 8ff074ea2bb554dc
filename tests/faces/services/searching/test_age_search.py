"""Searching photos by age: chips, typed words, suggestions, and whose photos are found."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.utils import translation

from albums.models import Image
from albums.services.searching.search import (
    Search,
    search_chips,
    search_images,
    search_of,
    search_suggestions,
)
from faces.models import Person
from faces.services.searching.age_search import AgePart, ages_of_value
from tests.faces.attributes import estimate, switch_on
from tests.rows import face_row, image_rows


@pytest.fixture
def photos(owner: User, stranger: User) -> list[Image]:
    """Photos of faces that are 8, 15, 34, 45 and 67 by their estimates; a stranger has one of 34."""
    switch_on(owner)
    images = image_rows(owner, 5)
    for image, age in zip(images, (8, 15, 34, 45, 67), strict=True):
        estimate(face_row(image, crop=False), age)
    estimate(face_row(image_rows(stranger, 1)[0], crop=False), 34)
    return images


def found(user: User, text: str = "", *ages: str) -> list[int]:
    search = search_of({"q": [text], "age": ages})
    return sorted(search_images(search, user, search_chips(search, user)).values_list("pk", flat=True))


def suggested(user: User, text: str) -> list[str]:
    groups = search_suggestions(Search(text), user)
    return [choice.value for group in groups if group.part.name == "age" for choice in group.choices]


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("children", (0, 12)),
        ("adults", (18, 130)),
        ("34", (34, 34)),
        ("30-40", (30, 40)),
        ("60-", (60, 130)),
        ("0-3", (0, 3)),
        ("40-30", None),
        ("999", None),
        ("-3", None),
        ("babies", None),
        ("", None),
    ],
)
def test_values_of_an_address(value: str, span: tuple[int, int] | None) -> None:
    ages = ages_of_value(value)
    assert (ages and (ages.low, ages.high)) == span


@pytest.mark.parametrize(
    ("ages", "places"),
    [
        (["children"], [0]),
        (["teenagers"], [1]),
        (["adults"], [2, 3, 4]),
        (["30-40"], [2]),
        (["34"], [2]),
        (["60-"], [4]),
        (["children", "60-"], [0, 4]),
        (["nonsense"], []),
    ],
)
def test_chips_find_the_owners_photos(
    owner: User, photos: list[Image], ages: list[str], places: list[int]
) -> None:
    assert found(owner, "", *ages) == sorted(photos[place].pk for place in places)


@pytest.mark.parametrize(
    ("text", "language", "places"),
    [
        ("adults", "en", [2, 3, 4]),
        ("30 to 40", "en", [2]),
        ("30-50", "en", [2, 3]),
        ("30 à 50", "fr", [2, 3]),
        ("children", "en", [0]),
        ("34", "en", []),
    ],
)
def test_typed_words_are_understood(
    owner: User, photos: list[Image], text: str, language: str, places: list[int]
) -> None:
    with translation.override(language):
        assert found(owner, text) == sorted(photos[place].pk for place in places)


def test_a_dismissed_or_binned_face_is_not_found(owner: User, photos: list[Image]) -> None:
    photos[2].faces.update(dismissed=True)
    photos[3].faces.update(binned=True)
    assert found(owner, "", "adults") == [photos[4].pk]


def test_words_are_completed(owner: User, photos: list[Image]) -> None:
    assert suggested(owner, "adu") == ["adults"]
    assert suggested(owner, "30") == ["30", "30-39"]
    assert suggested(owner, "30 to 40") == ["30-40"]
    assert suggested(owner, "") == ["children", "teenagers", "adults"]


def test_labels_are_readable(owner: User) -> None:
    labels = [choice.label for choice in AgePart().choices_of(owner, ["adults", "34", "30-40", "60-", "x"])]
    assert labels == ["Adults", "34 years old", "30 to 40 years old", "60 and older", "x"]


def test_nothing_is_suggested_where_no_age_is_known(stranger: User, owner: User) -> None:
    for user in (owner, stranger, AnonymousUser()):
        assert AgePart().suggester(user)(["adults"]) == []
        assert list(AgePart().meanings(user, ["adults"])) == []


def test_a_birth_date_is_enough(owner: User) -> None:
    anna = Person.objects.create(owner=owner, name="Anna", birth_date=date(2016, 1, 1))
    image = image_rows(owner, 1)[0]
    face_row(image, person=anna, crop=False)
    assert suggested(owner, "chil") == ["children"]
    assert found(owner, "anna children") == [image.pk]
    assert found(owner, "anna adults") == []
