"""Words as they are compared in searches and completion: without case, accents and punctuation.

Python and Postgres give the same words. Postgres' `unaccent` is an extension that a server may lack, and it
is not immutable, so that no column can be generated with it.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func

# Combining accents, and the vowel points of Hebrew and Arabic, after NFKD.
_MARKS = "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+"
# ASCII and Latin-1 without letters and digits, general punctuation, and that of Chinese and Japanese.
_SEPARATORS = "[\u0001-/:-@\\[-`{-\u00bf\u00d7\u00f7\u1680\u2000-\u206f\u2e00-\u2e7f\u3000-\u303f]+"
# Lower-case characters that NFKD leaves as they are.
_CHARACTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "\u0131": "i", "ς": "\u03c3"}
_LIGATURES = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_TABLE = str.maketrans(_CHARACTERS | _LIGATURES)
# Postgres refuses a text search document above a megabyte, and a word above two kilobytes.
_MAX_COLUMN_LENGTH = 20_000
_MAX_WORD_LENGTH = 200

WORDS_FUNCTION = "albums_image_words"


# The names of an account are compared several times in one search: a thousand took 40 ms.
_REMEMBERED, _LONGEST_REMEMBERED = 8192, 100


def normalized(text: str) -> str:
    """Return the text as it is compared: "Été à_Lyon.JPG" becomes "ete a lyon jpg"."""
    return _short(text) if len(text) <= _LONGEST_REMEMBERED else _normalized(text)


def _normalized(text: str) -> str:
    text = re.sub(_MARKS, "", unicodedata.normalize("NFKD", text)).lower().translate(_TABLE)
    return re.sub(_SEPARATORS, " ", text.replace("\0", " ")).strip(" ")


_short = lru_cache(_REMEMBERED)(_normalized)


def words_of(text: str) -> list[str]:
    """Return the normalized words of a text."""
    return [word[:_MAX_WORD_LENGTH] for word in normalized(text).split(" ") if word]


class ImageWords(Func):
    """The normalized words of a photo: of its description, file name, place and camera.

    They are stored in a column, since an index of the expression is not enough: for a frequent word Postgres
    would normalize all texts again rather than read much of the index. A change of the normalization needs a
    migration that replaces the function in the database and creates the column again.
    """

    function = WORDS_FUNCTION
    output_field = SearchVectorField()

    def __init__(self) -> None:
        super().__init__(F("description"), F("source_path"), F("place"), F("camera"))


class WordsQuery(SearchQuery):
    """A query for rows in which each of these normalized words begins a word."""

    # Not to_tsquery, whose parser splits words in its own way.
    template = "(%(expressions)s)::tsquery"

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(" & ".join(f"'{word}':*" for word in words), search_type="raw")


def words_function_sql() -> str:
    """Return the statement that creates the function of `ImageWords`."""
    columns = ("description", "source_path", "place", "camera")
    sql = (
        "normalize("
        + " || ' ' || ".join(f"left({name}, {_MAX_COLUMN_LENGTH})" for name in columns)
        + ", NFKD)"
    )
    sql = f"lower(regexp_replace({sql}, '{_MARKS}', '', 'g'))"
    sql = f"translate({sql}, '{''.join(_CHARACTERS)}', '{''.join(_CHARACTERS.values())}')"
    for character, replacement in _LIGATURES.items():
        sql = f"replace({sql}, '{character}', '{replacement}')"
    sql = f"regexp_replace({sql}, '{_SEPARATORS}', ' ', 'g')"
    sql = f"regexp_replace({sql}, '([^ ]{{{_MAX_WORD_LENGTH}}})[^ ]+', '\\1', 'g')"
    return (
        f"CREATE OR REPLACE FUNCTION {WORDS_FUNCTION}({', '.join(f'{name} text' for name in columns)}) "
        "RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        f"$body$ SELECT array_to_tsvector(array_remove(string_to_array({sql}, ' '), '')) $body$"
    )
