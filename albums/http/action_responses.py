"""Responses to actions, for pages and for scripts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse

from albums.http.htmx import wants_json
from albums.http.redirects import redirect_to_referrer


def refused(request: HttpRequest, problem: str) -> HttpResponse:
    """Show an error on the page before, or return it to a script."""
    if wants_json(request):
        return JsonResponse({"message": problem}, status=400)
    messages.error(request, problem)
    return redirect_to_referrer(request)


def done(request: HttpRequest, message: str, *, to: HttpResponse, **data: object) -> HttpResponse:
    """Show a message on the next page, or return it to a script with more data."""
    if wants_json(request):
        return JsonResponse({"message": message, **data})
    messages.success(request, message)
    return to
