"""Typed dates are read."""

from datetime import date

import pytest
from django.utils import translation

from albums.services.searching.dates import dates_of_value, dates_of_words
from albums.text_normalization import words_of


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("June 2019", date(2019, 6, 1), date(2019, 6, 30)),
        ("feb 2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019 june", date(2019, 6, 1), date(2019, 6, 30)),
        ("14 June 2019", date(2019, 6, 14), date(2019, 6, 14)),
        ("June 14, 2019", date(2019, 6, 14), date(2019, 6, 14)),
        ("2019-06", date(2019, 6, 1), date(2019, 6, 30)),
        ("2019-06-14", date(2019, 6, 14), date(2019, 6, 14)),
        ("2019-06-01..2019-06-14", date(2019, 6, 1), date(2019, 6, 14)),
        ("2019-06..2020-02", date(2019, 6, 1), date(2020, 2, 29)),
    ],
)
def test_a_typed_date_becomes_a_range_of_days(typed: str, first: date, last: date) -> None:
    words = words_of(typed)
    found = dates_of_words(words)
    assert found is not None
    length, dates = found
    assert (length, dates.first, dates.last) == (len(words), first, last)
    assert dates_of_value(dates.value) == dates


def test_a_month_without_a_year_means_every_year() -> None:
    found = dates_of_words(["june", "anna"])
    assert found is not None
    assert (found[0], found[1].month, found[1].value) == (1, 6, "month-6")


@pytest.mark.parametrize(
    ("language", "typed"),
    [("fr", "juin 2019"), ("fr", "June 2019"), ("es", "junio de 2019"), ("fr", "Août 2019")],
)
def test_month_names_in_the_language_of_the_page_and_in_english_are_understood(
    language: str, typed: str
) -> None:
    with translation.override(language):
        found = dates_of_words(words_of(typed))
    assert found is not None
    assert found[1].first.year == 2019
    assert found[0] == len(words_of(typed))


@pytest.mark.parametrize(
    "typed",
    ["", "anna", "20", "201", "20190", "1500", "ju", "ma", "14 june", "2019²", "of june of"],
)
def test_text_that_is_not_a_date_gives_none(typed: str) -> None:
    assert dates_of_words(words_of(typed)) is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "2019-13",
        "2019-02-30",
        "month-0",
        "month-13",
        "2020..2019",
        "0000",
        "2019-06-14T00:00",
        "9" * 40,
    ],
)
def test_a_wrong_date_in_a_url_gives_none(value: str) -> None:
    assert dates_of_value(value) is None


def test_the_longest_date_is_read_and_its_word_count_returned() -> None:
    found = dates_of_words(["june", "2019", "lyon"])
    assert found is not None
    assert found[0] == 2
