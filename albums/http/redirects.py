"""Redirects to the page that a request was sent from, never to another site."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def local_address(request: HttpRequest, address: str) -> str:
    """Return the address if it is a page of this site, otherwise an empty string."""
    local = address.startswith(("/", "http://", "https://")) and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if local else ""


def redirect_back(request: HttpRequest, *, otherwise: str) -> HttpResponseRedirect:
    """Redirect to the form's `next` if it is a page of this site, otherwise to the named page."""
    return redirect(local_address(request, request.POST.get("next", "")) or resolve_url(otherwise))


def redirect_to_referrer(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect to the form's `next`, the page before, or all photos."""
    referrer = local_address(request, request.headers.get("Referer", ""))
    return redirect_back(request, otherwise=referrer or "albums:photos")
