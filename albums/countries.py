"""Names of countries by their ISO 3166 code, in the languages of the pages."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from albums.text_normalization import words_of


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Return the names by code in a language."""
    territories = Locale.parse(language, sep="-").territories
    # Numeric codes are regions of the world.
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}


def country_name(code: str) -> str:
    """Return the name of a country in the current language, or its code."""
    return country_names(get_language() or settings.LANGUAGE_CODE).get(code, code)


def place_label(place: str, country: str) -> str:
    """Return a town with its country."""
    name = country_name(country) if country else ""
    # Singapore is in Singapore.
    return place if name in {"", place} else f"{place}, {name}"


def countries_called(word: str) -> list[str]:
    """Return the codes of countries with a word in their name that begins so, in any language.

    word: normalized, as by `words_of`.
    """
    return [code for code, words in _words().items() if any(one.startswith(word) for one in words)]


@cache
def _words() -> Mapping[str, frozenset[str]]:
    words: dict[str, set[str]] = {}
    for language, _name in settings.LANGUAGES:
        for code, name in country_names(language).items():
            words.setdefault(code, set()).update(words_of(name))
    return {code: frozenset(several) for code, several in words.items()}
