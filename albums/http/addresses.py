"""Addresses of rows: a page has hundreds, which differ in a number only.

Django's `reverse` looks at all patterns for each of them. Here it is called once for each kind of address.
"""

import functools
from collections.abc import Sequence

from django.urls import get_script_prefix, get_urlconf, reverse

# Digits that stand in no address for another reason.
_PLACES = tuple(str(90_123_456_780 + number) for number in range(4))
_OTHERS = ("5", "6", "7", "8")


def address_of(view: str, *values: object, current_app: str | None = None) -> str:
    """Return the address of a view, as `reverse` does. Raises NoReverseMatch."""
    if all(isinstance(value, str) or (type(value) is int and value >= 0) for value in values):
        texts = tuple(str(value) if isinstance(value, str) else None for value in values)
        parts = _parts_around_numbers(view, texts, current_app, get_urlconf(), get_script_prefix())
        if parts is not None:
            numbers = [str(value) for value in values if type(value) is int]
            return _joined(parts, numbers)
    return reverse(view, args=values, current_app=current_app)


@functools.lru_cache(maxsize=512)
def _parts_around_numbers(
    view: str, texts: tuple[str | None, ...], current_app: str | None, urlconf: str | None, _prefix: str
) -> tuple[str, ...] | None:
    """Return the parts of an address between its numbers; None if a number is changed or moved in it."""
    count = texts.count(None)
    if count > len(_PLACES):
        return None

    def filled(numbers: Sequence[str]) -> str:
        left = iter(numbers)
        values = [int(next(left)) if text is None else text for text in texts]
        return reverse(view, urlconf=urlconf, args=values, current_app=current_app)

    parts, rest = [], filled(_PLACES)
    for place in _PLACES[:count]:
        before, _place, rest = rest.partition(place)
        parts.append(before)
    parts.append(rest)
    # Such as a year, which is always written with four digits.
    return tuple(parts) if _joined(parts, _OTHERS[:count]) == filled(_OTHERS) else None


def _joined(parts: Sequence[str], numbers: Sequence[str]) -> str:
    first, *others = parts
    return first + "".join([f"{number}{part}" for number, part in zip(numbers, others, strict=True)])
