"""Changes are shown in the reader's language."""

from __future__ import annotations

import json

import pytest
from django.utils import translation

from faces.messages import Message, message, message_plural


def read_in(language: str, sentence: object) -> str:
    with translation.override(language):
        return str(sentence)


def stored(sentence: Message) -> Message:
    return Message.of_json(json.loads(json.dumps(sentence.as_json())))


def test_a_sentence_is_put_into_words_when_it_is_read() -> None:
    with translation.override("es"):
        sentence = stored(message("Changed the cover of %(name)s", name="Anna"))
    assert read_in("en", sentence) == "Changed the cover of Anna"
    assert read_in("fr", sentence) != read_in("es", sentence) != read_in("en", sentence)
    assert all("Anna" in read_in(language, sentence) for language in ("en", "fr", "es"))


def test_a_sentence_within_a_sentence_is_read_in_the_same_language() -> None:
    faces = message_plural("%(count)s face", "%(count)s faces", 3)
    sentence = stored(message("Moved %(faces)s to %(name)s", faces=faces, name=message("a new person")))
    assert read_in("en", sentence) == "Moved 3 faces to a new person"
    assert "3 visages" in read_in("fr", sentence)


@pytest.mark.parametrize(("count", "words"), [(1, "1 face"), (2, "2 faces"), (0, "0 faces")])
def test_the_number_chooses_the_form(count: int, words: str) -> None:
    assert read_in("en", stored(message_plural("%(count)s face", "%(count)s faces", count))) == words


def test_french_counts_none_as_one() -> None:
    assert read_in("fr", stored(message_plural("%(count)s face", "%(count)s faces", 0))) == "0 visage"


def test_a_name_that_looks_like_a_placeholder_is_a_name() -> None:
    assert str(stored(message("Named %(name)s", name="100 %(name)s"))) == "Named 100 %(name)s"
