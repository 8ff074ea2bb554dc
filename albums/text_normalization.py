"""Words as they are compared: without capitals, accents and punctuation, the same in Python and in Postgres.

Postgres has `unaccent` for this, but that is an extension which another database may not have, and it is not
immutable, so that no column can be generated with it. `normalize` is in every Postgres.
"""

import re
import unicodedata

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func

_SPACES = "_-./\\,;:!?()[]{}'\"&+#@=~|<>*%$^`«»·\u2018\u2019\u201c\u201d\u2013\u2014\u2026"
# Letters that are not a plain letter with an accent, which comes off by itself.
_APART = {
    "ß": "s",
    "ẞ": "s",
    "æ": "a",
    "œ": "o",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "\u0131": "i",
    "þ": "t",
    "ð": "d",
}
_FROM = "".join(_APART) + "".join(letter.upper()[0] for letter in "æœøłđþð") + _SPACES
_TO = "".join(_APART.values()) + "aooldtd" + " " * len(_SPACES)
_TABLE = str.maketrans(_FROM, _TO)
# The accents, once the letters are taken apart.
_ACCENTS = re.compile("[\u0300-\u036f]+")
# Far more than anybody writes; Postgres refuses a text search document above a megabyte.
_LONGEST = 20_000

WORDS_FUNCTION = "albums_image_words"


def folded(text: str) -> str:
    """`text` as it is compared: "Été à_Lyon.JPG" becomes "ete a lyon jpg"."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return " ".join(bare.translate(_TABLE).lower().split())


def words_of(text: str) -> list[str]:
    """The words of `text`, folded."""
    return folded(text).split()


class ImageWords(Func):
    """The words of a photo, folded: of its description, file name, place and camera.

    Kept in a column, for an index of an expression is not enough: of a word that many photos have, Postgres
    would rather fold all texts again than read so much of the index.

    The function is in the database since migration 0003. Whoever changes the letters above must replace it
    in a new migration and make the column again.
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
        f"lower(translate(regexp_replace(normalize({joined}, NFD), '[\u0300-\u036f]+', '', 'g'), "
        f"{quoted(_FROM)}, {quoted(_TO)}))) $body$"
    )
