"""The list of all keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from albums.http.decorators import page_view
from albums.http.htmx import is_scripted
from albums.keyboard import SHORTCUTS


@page_view
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys as a page, and to scripts as a fragment for a dialog."""
    template = "_keys.html" if is_scripted(request) else "keys.html"
    return render(request, template, {"groups": SHORTCUTS})
