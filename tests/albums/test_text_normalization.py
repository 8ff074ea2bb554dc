"""Words are the same to Python and to Postgres."""

import unicodedata

import pytest
from django.db import connection

from albums.text_normalization import WORDS_FUNCTION, normalized, words_of

TEXTS = [
    "Été à_Lyon.JPG",
    "Straße/ŒUVRE-ÆØŁ",
    "e\u0301te\u0301 Å",
    "L'été d\u2019Orléans…",
    "ΑΘΗΝΑ ΣΟΦΟΣ Москва 東京タワー、夏",
    "IMG_2041 (1).jpeg",
    "İstanbul ẞ",
    "S. Smith",
    "½ ﬁn \uff21\uff42\uff43 🎉 party🎉 שָׁלוֹם مَرْحَبًا",
    "x" * 3000 + " after",
]


def words_in_postgres(text: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tsvector_to_array({WORDS_FUNCTION}(%s, '', '', ''))", [text])
        return set(cursor.fetchone()[0])


@pytest.mark.parametrize("text", TEXTS)
def test_postgres_normalizes_as_python_does(db: None, text: str) -> None:
    assert words_in_postgres(text) == set(words_of(text))


def test_every_character_is_normalized_alike(db: None) -> None:
    """Only for Unicode 3.2, since newer versions can differ between Python and Postgres."""
    known = [
        chr(code)
        for code in range(1, 0x30000)
        if unicodedata.ucd_3_2_0.category(chr(code)) not in {"Cn", "Co", "Cs"}
    ]
    for start in range(0, len(known), 2000):
        text = " ".join(f"a{character}b" for character in known[start : start + 2000])
        assert words_in_postgres(text) == set(words_of(text))


def test_accents_capitals_and_punctuation_make_no_difference() -> None:
    assert normalized("Été à_Lyon.JPG") == "ete a lyon jpg"
    assert normalized("Straße") == normalized("STRASSE") == "strasse"
    assert normalized("Ægir Þór") == "aegir thor"


def test_a_very_long_description_is_no_error(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT length({WORDS_FUNCTION}(%s, '', '', ''))", [" ".join(f"w{i}" for i in range(400_000))]
        )
        assert cursor.fetchone()[0] > 1000
