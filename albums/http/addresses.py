"""Addresses of rows: a page has hundreds, which differ in a number only.

Django's `reverse` looks at all patterns for each of them. Here it is called once for each kind of address.
"""

import functools
from collections.abc import Sequence

from django.urls import get_script_prefix, reverse

# Digits that stand in no address for another reason.
_PLACES = tuple(90_123_456_780 + number for number in range(4))
_OTHERS = (5, 6, 7, 8)


def address_of(view: str, *values: object, current_app: str | None = None) -> str:
    """Return the address of a view, as `reverse` does. Raises NoReverseMatch."""
    texts: list[str | None] = []
    numbers: list[int] = []
    for value in values:
        if type(value) is int and value >= 0:
            texts.append(None)
            numbers.append(value)
        elif isinstance(value, str):
            texts.append(str(value))
        else:
            return reverse(view, args=values, current_app=current_app)
    form = _form(view, tuple(texts), current_app, get_script_prefix())
    if form is None:
        return reverse(view, args=values, current_app=current_app)
    return form % tuple(numbers)


@functools.lru_cache(maxsize=512)
def _form(view: str, texts: tuple[str | None, ...], current_app: str | None, _prefix: str) -> str | None:
    """Return an address with %d for its numbers; None if a number is changed or moved in it."""
    count = texts.count(None)
    if count > len(_PLACES):
        return None

    def filled(numbers: Sequence[int]) -> str:
        left = iter(numbers)
        values = [next(left) if text is None else text for text in texts]
        return reverse(view, args=values, current_app=current_app)

    form = filled(_PLACES).replace("%", "%%")
    for place in _PLACES[:count]:
        form = form.replace(str(place), "%d", 1)
    # Such as a year, which is always written with four digits.
    return form if form.count("%d") == count and form % _OTHERS[:count] == filled(_OTHERS) else None
