"""Validators of names and texts."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_plain_text(value: str) -> None:
    """Refuse blank text, and text with control characters, of which NUL cannot be stored."""
    if not value.strip():
        raise ValidationError("Give it a name.", code="blank")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValidationError("A name is one line of plain text.", code="control_characters")


def validate_plain_lines(value: str) -> None:
    """Refuse text with control characters other than line ends; it may be empty."""
    text = value.replace("\r", "").replace("\n", "").replace("\t", "")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValidationError(_("Only plain text is allowed."), code="control_characters")
