"""Limits of what a request may consist of, checked before anything of it is used.

One set of rules for the API, the pages and the administration. A request that breaks one is answered with
400, a code and a sentence (`api.errors`), and never reaches a view.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, UnreadablePostError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JSON = "application/json"
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MAX_JSON_DEPTH = 20
"""The deepest request of the API has four levels."""
MAX_JSON_PARTS = 100_000
"""Texts, commas and brackets; the longest request of the API has ten thousand ids."""
MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
"""The bounds of the database's largest integer type."""
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})
OUTSIDE_PREFIX = _(
    "Everything of this server is below %(prefix)s/, as set by TROMBINE_PUBLIC_URL. A proxy must pass the "
    "path on unchanged."
)
HEALTH_CHECKS = frozenset({"/healthz", "/readyz", "/metrics"})

# Quantifiers are possessive: a long string must not be tried again from each of its ends.
_PARTS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
_PAGE_HEADER = "HTTP_HX_CURRENT_URL"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class MalformedRequest(BadRequest):
    """A request that breaks a rule. `code` is stable, the text is a sentence for users."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(message)
        self.code = code


TOO_DEEP = ("too_deep", _("The JSON is nested too deep."))
TOO_LONG = ("too_many_values", _("The JSON has too many values."))
NUMBER = ("number_out_of_range", _("The JSON contains a number that is too large, or none at all."))
CHARACTERS = (
    "invalid_characters",
    _("The request contains characters that cannot be stored: NUL, or half of a surrogate pair."),
)
CHARSET = ("unsupported_charset", _("The text of a request must be encoded in UTF-8."))
CONTENT_TYPE = ("invalid_content_type", _("The content type of the request is invalid."))
INTERRUPTED = ("interrupted", _("The request ended before all of it was received. Send it again."))


def request_check(request: HttpRequest) -> None:
    """Check address, query, cookies and a JSON body. Raises MalformedRequest.

    Forms are checked by `form_check`, once their view is known: reading them here would take in whole files.
    """
    _check_prefix(request)
    _check_content_type(request)
    _check_texts([request.path_info])
    _check_texts(_texts_of(request.GET))
    _ignore_unreadable(request)
    if request.content_type == JSON or (request.content_type or "").endswith("+json"):
        try:
            body = request.body
        except UnreadablePostError as error:
            raise MalformedRequest(*INTERRUPTED) from error
        json_check(body)


def form_check(request: HttpRequest) -> None:
    """Check the fields of a form. Raises MalformedRequest."""
    if request.method == "POST" and request.content_type in FORMS:
        _check_texts(_texts_of(request.POST))


def path_numbers_check(numbers: Mapping[str, Any]) -> None:
    """Check the numbers of an address. Raises Http404 for one that no row can have."""
    if any(isinstance(value, int) and value > MAX_INTEGER for value in numbers.values()):
        raise Http404


def json_check(body: bytes) -> None:
    """Check a JSON text: first its depth and length, then, parsed, its numbers and characters.

    Raises MalformedRequest. Text that is no JSON is left to its reader, who knows what should be there.
    """
    _check_shape(body)
    try:
        value = json.loads(
            body.decode(), parse_int=_integer, parse_float=_finite_number, parse_constant=_refuse_number
        )
    except (json.JSONDecodeError, UnicodeDecodeError):
        return
    # Neither NUL nor half a pair can stand in JSON but as an escape.
    if b"\\u" in body:
        _check_texts(_texts_in(value))


def _check_prefix(request: HttpRequest) -> None:
    prefix: str = settings.PATH_PREFIX
    if prefix and not request.path.startswith(f"{prefix}/") and request.path_info not in HEALTH_CHECKS:
        raise MalformedRequest("outside_prefix", OUTSIDE_PREFIX % {"prefix": prefix})


def _check_content_type(request: HttpRequest) -> None:
    if "*" in (request.content_type or ""):
        raise MalformedRequest(*CONTENT_TYPE)
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in CHARSETS:
        # Of Python's, some are no encodings of text, and others give halves of surrogate pairs.
        request.encoding = settings.DEFAULT_CHARSET
        raise MalformedRequest(*CHARSET)


def _ignore_unreadable(request: HttpRequest) -> None:
    """Forget what cannot be read of headers that the user does not write, as if it were not there.

    A cookie may be of another program on this host. The page of a request by htmx is only where to return.
    """
    for name in [name for name, value in request.COOKIES.items() if _UNSTORABLE.search(name + value)]:
        del request.COOKIES[name]
    try:
        urlsplit(unquote(request.META.get(_PAGE_HEADER, "")))
    except ValueError:
        del request.META[_PAGE_HEADER]
        # They were read before, and are taken anew from META.
        vars(request).pop("headers", None)


def _check_shape(body: bytes) -> None:
    depth = 0
    for number, part in enumerate(_PARTS.finditer(body)):
        if number >= MAX_JSON_PARTS:
            raise MalformedRequest(*TOO_LONG)
        match part[0]:
            case b"[" | b"{":
                depth += 1
                if depth > MAX_JSON_DEPTH:
                    raise MalformedRequest(*TOO_DEEP)
            case b"]" | b"}":
                depth -= 1


def _integer(text: str) -> int:
    # Python itself refuses to convert thousands of digits.
    if len(text) > len(str(MIN_INTEGER)) or not MIN_INTEGER <= int(text) <= MAX_INTEGER:
        _refuse_number(text)
    return int(text)


def _finite_number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse_number(text)
    return number


def _refuse_number(_text: str) -> NoReturn:
    raise MalformedRequest(*NUMBER)


def _texts_of(query: Any) -> Iterable[str]:
    for name, values in query.lists():
        yield name
        yield from values


def _texts_in(value: Any) -> Iterable[str]:
    left = [value]
    while left:
        match left.pop():
            case str(text):
                yield text
            case dict(members):
                yield from members
                left += members.values()
            case list(items):
                left += items


def _check_texts(texts: Iterable[str]) -> None:
    if any(_UNSTORABLE.search(text) for text in texts):
        raise MalformedRequest(*CHARACTERS)
