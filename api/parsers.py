"""Parsers of request bodies."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 20
"""The deepest request of this API has four levels."""


class FlatJSONParser(JSONParser):
    """Parses JSON; nested too deep, it is a problem of the request."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body. Raises ParseError."""
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise _too_deep() from error
        if _deeper(parsed, MAX_DEPTH):
            raise _too_deep()
        return parsed


def _too_deep() -> ParseError:
    return ParseError(_("The JSON is nested too deep."), code="too_deep")


def _deeper(value: Any, levels: int) -> bool:
    """Return True for a value with more levels of objects and lists than these."""
    level = [value]
    for _number in range(levels + 1):
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return False
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return True
