"""Validators of names and texts, and the one form in which names are stored."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# They draw nothing: the fillers of Hangul, the vowels of Khmer that are not written, blank Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800")
# What ends the emoji of a flag, which is a format character too.
_TAGS = range(0xE0000, 0xE0080)


# Before anybody who was ever photographed.
EARLIEST_BIRTH = 1700


def plain_name(text: str) -> str:
    """Return a name as it is stored: composed (NFC), with single spaces, nothing invisible at its ends.

    So names that look alike are equal, whichever system wrote them. A name without anything to see is empty.
    """
    if not any(_draws(character) for character in text):
        return ""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    begin = next(at for at, character in enumerate(name) if not _invisible(character))
    end = next(at for at in range(len(name), 0, -1) if not _invisible(name[at - 1]))
    return name[begin:end]


def _draws(letter: str) -> bool:
    """True for a character that can be seen by itself: no space, control, format character or lone mark."""
    category = unicodedata.category(letter)
    return category[0] not in "CZ" and category not in {"Mn", "Me"} and letter not in _BLANK


def _invisible(letter: str) -> bool:
    blank = unicodedata.category(letter) in {"Cf", "Zs", "Zl", "Zp"} or letter in _BLANK
    return blank and ord(letter) not in _TAGS


def validate_plain_text(value: str) -> None:
    """Refuse text without a visible character, and control characters, of which NUL cannot be stored."""
    if not value.strip():
        raise ValidationError(_("Enter a name."), code="blank")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValidationError(_("A name is one line of plain text."), code="control_characters")
    if not any(_draws(character) for character in value):
        raise ValidationError(_("This name has only invisible characters."), code="invisible")


def validate_birth_date(value: date) -> None:
    """Refuse a day that is still to come, anywhere on earth, and one before anybody could be photographed."""
    if value > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise ValidationError(_("A date of birth cannot be in the future."), code="future")
    if value.year < EARLIEST_BIRTH:
        raise ValidationError(_("This date of birth is too long ago."), code="too_early")


def validate_plain_lines(value: str) -> None:
    """Refuse text with control characters other than line ends; it may be empty."""
    text = value.replace("\r", "").replace("\n", "").replace("\t", "")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValidationError(_("Only plain text is allowed."), code="control_characters")
