"""Parse ids of rows, and other whole numbers, from the text of a request."""

MAX_DIGITS = 17


def whole_number(text: str | None) -> int | None:
    """Return the number in a parameter; None if the text is not a whole number, or is too long for one."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def row_id(text: str | None) -> int | None:
    """Return the id in a parameter; None if the text is not an id."""
    return whole_number(text)
