"""What pages about faces say where face recognition is switched off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from faces.services.core.consent import recognition_enabled

PAGES = frozenset({"faces:people", "faces:waiting", "faces:review", "faces:changes", "faces:lookalike"})
"""They would only be empty, or find nothing."""


class RecognitionOffMiddleware:
    """Answers for the pages about faces where the owner wants none: it says so, and the way back.

    Must come after the authentication middleware. Other pages cost no query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """The explanation, or None to go on."""
        del view, args, kwargs
        match = request.resolver_match
        if match is None or match.view_name not in PAGES or not isinstance(request.user, User):
            return None
        if recognition_enabled(request.user.pk):
            return None
        return render(request, "faces/recognition_off.html")
