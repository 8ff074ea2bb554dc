"""Dates follow the language of the page and the region of the browser."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from albums.date_formats import format_date, format_short_month, regional_language


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        ("en", 1, "June 1, 2019"),
        ("en-gb", 1, "1 Jun 2019"),
        ("fr", 1, "1er juin 2019"),
        ("fr", 11, "11 juin 2019"),
        ("fr-ch", 1, "1er juin 2019"),
        ("es", 1, "1 de junio de 2019"),
    ],
)
def test_a_date_is_written_as_is_usual_in_the_language_and_region(language: str, day: int, text: str) -> None:
    with translation.override(language):
        assert format_date(date(2019, 6, day)) == text


@pytest.mark.parametrize(
    ("language", "names"), [("fr", ["juin", "juil."]), ("es", ["Jun", "Jul"]), ("en", ["Jun", "Jul"])]
)
def test_a_short_month_is_not_ambiguous(language: str, names: list[str]) -> None:
    with translation.override(language):
        assert [format_short_month(date(2019, month, 1)) for month in (6, 7)] == names


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Nov. 29, 2026, 9:25 a.m."),
        ("en-gb", "29 Nov 2026, 09:25"),
        ("fr", "29 novembre 2026 à 09:25"),
    ],
)
def test_a_time_follows_its_date_on_the_clock_of_the_region(language: str, written: str) -> None:
    with translation.override(language):
        text = format_date(datetime(2026, 11, 29, 9, 25, tzinfo=UTC), "DATETIME_FORMAT")
    assert text == written


@pytest.mark.parametrize(
    ("language", "header", "regional"),
    [
        ("en", "en-GB,en;q=0.9", "en-gb"),
        ("en", "en-US,en-GB;q=0.9", "en"),
        ("en", "fr-CH,en-NZ;q=0.5", "en-gb"),
        ("en", "", "en"),
        ("en", "nonsense;;;", "en"),
        ("fr", "en-GB,fr-CA;q=0.5", "fr-ca"),
        ("fr", "fr-FR", "fr"),
        ("es", "es-MX", "es-mx"),
    ],
)
def test_the_region_is_the_first_of_the_browser_for_the_language(
    language: str, header: str, regional: str
) -> None:
    assert regional_language(language, header) == regional
