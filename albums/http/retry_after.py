"""The response to somebody who has to wait."""

from http import HTTPStatus

from django.http import HttpResponse


def retry_later(response: HttpResponse, seconds: int | None) -> HttpResponse:
    """Make a response say that another attempt is welcome in so many seconds; None: leave it as it is."""
    if seconds is not None:
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response.headers["Retry-After"] = str(seconds)
    return response
