"""Errors of edits as messages on the next page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from faces.exceptions import PeopleError


@contextmanager
def people_errors_shown(request: HttpRequest) -> Iterator[None]:
    """Show the message of a `PeopleError` on the next page."""
    try:
        yield
    except PeopleError as error:
        messages.error(request, str(error))
