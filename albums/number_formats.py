"""Numbers as texts, with the thousands separators of the language."""

from django.contrib.humanize.templatetags.humanize import intcomma


def with_numbers(words: str, **values: object) -> str:
    """Return a translated text with its values; whole numbers are written as 1,234 or 1 234."""
    return words % {
        name: intcomma(value) if isinstance(value, int) else value for name, value in values.items()
    }
