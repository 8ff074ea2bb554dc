"""Requests of scripts: parts of pages for htmx, and JSON."""

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

_SENT_BY_FORMS = frozenset({"GET", "HEAD", "POST"})


class HtmxRequest(HttpRequest):
    """A request with the details that HtmxMiddleware adds; `bool(request.htmx)`: htmx has sent it."""

    htmx: HtmxDetails


def wants_json(request: HttpRequest) -> bool:
    """Return True for a script that displays the response itself."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def is_scripted(request: HttpRequest) -> bool:
    """Return True for the request of a script, which would take a page in its place for the response.

    htmx and `static/js/send.js` say so in a header; links and forms send no JSON and no other methods.
    """
    return (
        "HX-Request" in request.headers
        or request.headers.get("X-Requested-With") == "XMLHttpRequest"
        or request.content_type == "application/json"
        or request.method not in _SENT_BY_FORMS
        or wants_json(request)
    )


def script_error(status: HTTPStatus, code: str, sentence: str) -> JsonResponse:
    """Return an error for a script: a stable code, and the sentence that it shows."""
    return JsonResponse({"errors": {"__all__": [sentence]}, "code": code}, status=status)


def signed_out(code: str = "signed_out") -> JsonResponse:
    """Return the response to a script without a session, which then offers to sign in."""
    response = script_error(HTTPStatus.UNAUTHORIZED, code, _("You are signed out. Sign in again."))
    # HTTP requires a scheme; browsers show no window of their own for this one.
    response.headers["WWW-Authenticate"] = "Session"
    # Expected, and a line of the request's log: parts of pages poll.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response
