"""Causes for which a form is refused as forged (CSRF), with what its sender or the operator can do."""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.middleware.csrf import (
    REASON_BAD_ORIGIN,
    REASON_BAD_REFERER,
    REASON_INSECURE_REFERER,
    REASON_MALFORMED_REFERER,
    REASON_NO_CSRF_COOKIE,
    REASON_NO_REFERER,
)
from django.utils.translation import gettext as _

MOST_SHOWN = 200


def csrf_cause(request: HttpRequest, reason: str) -> tuple[str, str]:
    """Return a stable code and a sentence for a reason of Django's."""
    if reason == REASON_NO_CSRF_COOKIE:
        return "cookie_missing", _(
            "The browser did not send the cookie of this site. Allow cookies, and open the page at its usual "
            "address."
        )
    if reason.startswith(tuple(map(_beginning, (REASON_BAD_ORIGIN, REASON_BAD_REFERER)))):
        return _of_origin(request)
    if reason in {REASON_NO_REFERER, REASON_MALFORMED_REFERER, REASON_INSECURE_REFERER}:
        return _of_origin(request)
    return "form_expired", _("The form has expired: since it was loaded, somebody has signed in or out.")


def _beginning(reason: str) -> str:
    return reason.partition("%s")[0]


def _of_origin(request: HttpRequest) -> tuple[str, str]:
    origin = request.headers.get("Origin", request.headers.get("Referer", "null"))[:MOST_SHOWN]
    if origin == "null":
        return "origin_hidden", _(
            "The browser did not tell from which site the form was sent (Origin: null). A proxy or an "
            "extension may set the Referrer-Policy no-referrer, or the page was opened inside another one."
        )
    return "origin_not_trusted", _(
        "The form was sent from %(origin)s, but this server knows itself as %(own)s. If that is its address, "
        "its operator can set TROMBINE_PUBLIC_URL to it, or add it to TROMBINE_TRUSTED_ORIGINS."
    ) % {"origin": origin, "own": _own_origin(request)}


def _own_origin(request: HttpRequest) -> str:
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return str(request.scheme)
