"""The reason of a refusal is in the language of the reader, not of the refusal."""

import io

import pytest
from django.utils import translation

from albums import imaging
from albums.error_messages import refusal_message
from albums.exceptions import ImageRefused, RefusalCode
from albums.models import Image, UnpackedFile, Upload

FOREIGN = (
    b"%PDF-1.7\n",
    b"%!PS-Adobe-3.0\n",
    b"PK\x03\x04",
    b"8BPS",
    b"\x00\x00\x00\x0cjP  ",
    b"\xff\x0a",
    b"IIRO",
    b"\x1aE\xdf\xa3",
    b"<svg>",
    b"<?xml version='1.0'?><a/>",
    b"RIFF\x20\0\0\0WAVEfmt ",
    b"\0\0\0\x18ftypmp42\0\0\0\0",
)


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_code_has_a_message_in_every_language(code: RefusalCode) -> None:
    messages = set()
    for language in ("en", "fr", "es"):
        with translation.override(language):
            messages.add(refusal_message(code, {}))
    assert len(messages) == 3
    assert code not in messages


@pytest.mark.parametrize("data", FOREIGN)
def test_the_message_names_the_actual_file_type(data: bytes) -> None:
    with pytest.raises(ImageRefused) as refused:
        imaging.probe(io.BytesIO(data + b"\0" * 100), limits=imaging.DEFAULT_LIMITS)
    words = refusal_message(refused.value.code, refused.value.values)
    assert words != refusal_message(RefusalCode.UNSUPPORTED, {})
    assert "supported" in words


def test_numbers_follow_the_language_of_the_reader() -> None:
    values = {"size": 1234, "most": 512}
    assert refusal_message("too_large", values) == "The file is 1,234 MB; the limit is 512 MB."
    with translation.override("es"):
        assert "1\xa0234\xa0MB" in refusal_message("too_large", values)


def test_an_older_row_without_numbers_has_a_message_without_them() -> None:
    image = Image(reason="too_large", detail="The file is 600 MB; the limit is 512 MB.")
    assert image.why == "The file is too large."


def test_an_older_row_with_a_stored_text_shows_it() -> None:
    assert UnpackedFile(reason="Cette archive est protégée.").why == "Cette archive est protégée."
    assert Upload(detail="Cette archive est vide.").why == "Cette archive est vide."


def test_a_file_that_is_not_refused_has_no_reason() -> None:
    assert (Image().why, UnpackedFile().why, Upload().why) == ("", "", "")
