"""Numbers in texts for people."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from albums.number_formats import with_numbers

PLAIN = re.compile(r"%\((count|total|done|files|photos|faces|people|received|refused)\)d")
# Never as many as a thousand: seconds, minutes, characters, sessions, years.
SMALL = {"error_messages.py", "tags.py", "settings.py", "age_search.py"}


@pytest.mark.parametrize(
    ("language", "text"), [("en", "11,638 of Ada"), ("fr", "11\xa0638 of Ada"), ("es", "11\xa0638 of Ada")]
)
def test_whole_numbers_have_the_separators_of_the_language(language: str, text: str) -> None:
    with override(language):
        assert with_numbers("%(count)s of %(name)s", count=11638, name="Ada") == text
        assert with_numbers("%(count)s", count=7) == "7"


def test_no_text_has_a_count_without_separators() -> None:
    files = [file for app in ("albums", "faces", "api") for file in (settings.BASE_DIR / app).rglob("*.py")]
    plain = [Path(file).name for file in files if PLAIN.search(file.read_text())]
    assert set(plain) <= SMALL
