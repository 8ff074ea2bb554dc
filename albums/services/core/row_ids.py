"""Parse the id of a row from text."""

MOST_DIGITS = 17


def row_id(text: str) -> int | None:
    """Return the id in a parameter; None if the text is not an id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
