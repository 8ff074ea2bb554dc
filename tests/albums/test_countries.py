"""Country names are translated, and found in any language."""

import pytest
from django.utils import translation

from albums.countries import countries_called, country_name, place_label
from albums.services.reading.town_index import town_index
from albums.text_normalization import words_of


@pytest.mark.parametrize(
    ("language", "label"),
    [("en", "Bern, Switzerland"), ("fr", "Bern, Suisse"), ("es", "Bern, Suiza"), ("fr-ca", "Bern, Suisse")],
)
def test_a_town_keeps_its_name_and_its_country_is_translated(language: str, label: str) -> None:
    with translation.override(language):
        assert place_label("Bern", "CH") == label


def test_a_town_that_is_its_country_is_not_named_twice() -> None:
    assert place_label("Singapore", "SG") == "Singapore"


def test_a_place_without_a_code_is_shown_unchanged() -> None:
    assert place_label("Lyon, France", "") == "Lyon, France"
    assert place_label("", "") == ""


def test_a_code_without_a_name_is_shown_unchanged() -> None:
    assert country_name("QQ") == "QQ"


@pytest.mark.parametrize(
    ("words", "code"),
    [("Suisse", "CH"), ("suiz", "CH"), ("Royaume-Uni", "GB"), ("États", "US"), ("espana", "ES")],
)
def test_a_country_is_found_by_its_name_in_any_language(words: str, code: str) -> None:
    found = [set(countries_called(word)) for word in words_of(words)]
    assert code in set.intersection(*found)


def test_every_country_of_the_towns_has_a_name() -> None:
    towns = town_index()
    assert towns is not None
    countries = {town.country for town in towns.largest(-180, -90, 180, 90, most=1_000_000)}
    assert len(countries) > 200
    assert {code for code in countries if country_name(code) == code} == set()
