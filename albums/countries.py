"""Countries by their ISO 3166 code: what they are called in the languages of the pages."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from albums.text_normalization import words_of


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Code -> name in a language of the pages."""
    territories = Locale.parse(language, sep="-").territories
    # Numbers are parts of the world.
    return {code: name for code, name in territories.items() if len(code) == 2 and code.isalpha()}


def country_name(code: str) -> str:
    """The name of a country in the language of the page; the code itself where it has none."""
    return country_names(get_language() or settings.LANGUAGE_CODE).get(code, code)


def place_label(place: str, country: str) -> str:
    """A town with its country, for a person to read. Without a code the place says all there is to say."""
    name = country_name(country) if country else ""
    # Singapore is in Singapore.
    return place if name in {"", place} else f"{place}, {name}"


def countries_called(word: str) -> list[str]:
    """Codes of the countries with a word in their name that begins so, in any language of the pages.

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
