"""Going back to the page from which something was done."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, address: str) -> str:
    """The address when it is a page of ours, or nothing: it came from outside."""
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else ""


def back(request: HttpRequest, *, otherwise: str) -> HttpResponseRedirect:
    """Redirect to the address in the form's `next`, when it is one of ours, or to the page of that name."""
    return redirect(own_address(request, request.POST.get("next", "")) or resolve_url(otherwise))
