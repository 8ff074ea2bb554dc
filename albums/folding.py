"""Words as they are compared: without capitals, accents and punctuation, the same in Python and in Postgres.

Postgres has `unaccent` for this, but that is an extension which another database may not have, and it is not
immutable, so that no index can be made of it. `translate` is in every Postgres.
"""

import unicodedata

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func

_SPACES = "_-./\\,;:!?()[]{}'\"&+#@=~|<>*%$^`«»·\u2018\u2019\u201c\u201d\u2013\u2014\u2026"
# Of text that was typed on a Mac, the accents come as characters of their own: they are dropped.
_DROPPED = "".join(map(chr, range(0x300, 0x370)))
_APART = {"ß": "s", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "þ": "t", "ð": "d"}
# Far more than anybody writes; Postgres refuses a text search document above a megabyte.
_LONGEST = 20_000

WORDS_FUNCTION = "albums_image_words"


def _plain_letters() -> dict[str, str]:
    """The letters of Latin scripts with accents, capitals too, each with its plain small letter."""
    plain = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code)
        base = unicodedata.normalize("NFD", letter)[0].lower()
        if base.isascii() and base.isalpha():
            plain[letter] = base
    for letter, base in _APART.items():
        plain[letter] = plain[letter.upper()[0]] = base
    # "ß" has no capital of one letter.
    plain.pop("S", None)
    return plain


_PLAIN = _plain_letters()
_FROM = "".join(_PLAIN) + _SPACES + _DROPPED
_TO = "".join(_PLAIN.values()) + " " * len(_SPACES)
_TABLE = str.maketrans({letter: _TO[at] if at < len(_TO) else None for at, letter in enumerate(_FROM)})


def folded(text: str) -> str:
    """`text` as it is compared: "Été à_Lyon.JPG" becomes "ete a lyon jpg"."""
    return " ".join(text.translate(_TABLE).lower().split())


def words_of(text: str) -> list[str]:
    """The words of `text`, folded."""
    return folded(text).split()


class ImageWords(Func):
    """The words of a photo, folded: of its description, file name, place and camera. An index is made of it.

    The function is in the database since migration 0003. Whoever changes the letters above must replace it
    in a new migration and build the index again.
    """

    function = WORDS_FUNCTION
    output_field = SearchVectorField()

    def __init__(self) -> None:
        super().__init__(F("description"), F("source_path"), F("place"), F("camera"))


def words_function_sql() -> str:
    """The statement that makes the function."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    joined = " || ' ' || ".join(
        f"left({column}, {_LONGEST})" for column in ("description", "source_path", "place", "camera")
    )
    return (
        f"CREATE OR REPLACE FUNCTION {WORDS_FUNCTION}"
        "(description text, source_path text, place text, camera text) RETURNS tsvector "
        "LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$ SELECT to_tsvector('pg_catalog.simple', "
        f"lower(translate({joined}, {quoted(_FROM)}, {quoted(_TO)}))) $body$"
    )
