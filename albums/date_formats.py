"""Dates as texts, in the language of the page and the format of the browser's region."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation.trans_real import parse_accept_lang_header

# Regional formats that Django has. Other regions with English follow the British one.
REGIONS = frozenset(
    {
        *("en-au", "en-ca", "en-gb", "en-ie", "es-ar", "es-co", "es-mx", "es-ni", "es-pr"),
        *("fr-be", "fr-ca", "fr-ch"),
    }
)
AMERICAN = frozenset({"en-us", "en-ph"})


def format_date(value: date | datetime, name: str = "DATE_FORMAT") -> str:
    """Return a date in a format of Django's formats.py; French writes "1er juin"."""
    text = date_format(value, name)
    return f"1er{text[1:]}" if _is_french() and value.day == 1 and text.startswith("1 ") else text


def format_short_month(value: date | datetime) -> str:
    """Return the short name of a month; French ones are not ambiguous: "juin", "juil."."""
    return date_format(value, "N" if _is_french() else "M")


def _is_french() -> bool:
    return (get_language() or "").startswith("fr")


def regional_language(language: str, accept_language: str) -> str:
    """Return `language` with the region that the browser prefers for it, such as "en-gb", if any."""
    for tag, _quality in parse_accept_lang_header(accept_language):
        if tag.partition("-")[0] != language:
            continue
        if tag in REGIONS:
            return tag
        return "en-gb" if language == "en" and "-" in tag and tag not in AMERICAN else language
    return language
