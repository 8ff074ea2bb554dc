"""Decorators for views about faces."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from faces.services.core.consent import recognition_enabled


def recognition_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Replace a page by an explanation if the user has switched face recognition off."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User) and not recognition_enabled(request.user.pk):
            return render(request, "faces/recognition_off.html")
        return view(request, *args, **kwargs)

    return guarded
