"""Rules for what people type."""

import unicodedata

from django.core.exceptions import ValidationError


def validate_plain_text(value: str) -> None:
    """Refuse text with control characters (a NUL cannot even be stored) or with nothing to see."""
    if not value.strip():
        raise ValidationError("Give it a name.", code="blank")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        raise ValidationError("A name is one line of plain text.", code="control_characters")
