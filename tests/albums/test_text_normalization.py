"""Words are the same to Python and to Postgres."""

import pytest
from django.db import connection

from albums.text_normalization import WORDS_FUNCTION, folded, words_of

TEXTS = [
    "Été à_Lyon.JPG",
    "Straße/ŒUVRE-ÆØŁ",
    "e\u0301te\u0301 Å",
    "L'été d\u2019Orléans…",
    "ΑΘΗΝΑ Москва 東京",
    "IMG_2041 (1).jpeg",
    "İstanbul ẞ",
    "S. Smith",
]


@pytest.mark.parametrize("text", TEXTS)
def test_postgres_folds_as_python_does(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {WORDS_FUNCTION}(%s, '', '', '')", [text])
        found = str(cursor.fetchone()[0])
    assert {part.split(":")[0].strip("'") for part in found.split()} == set(words_of(text))


def test_accents_capitals_and_punctuation_make_no_difference() -> None:
    assert folded("Été à_Lyon.JPG") == "ete a lyon jpg"
    assert folded("Straße") == "strase"


def test_a_very_long_description_is_no_error(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT length({WORDS_FUNCTION}(%s, '', '', ''))", [" ".join(f"w{i}" for i in range(400_000))]
        )
        assert cursor.fetchone()[0] > 1000
