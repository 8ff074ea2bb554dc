"""Saying what was done to people, with the button that takes it back."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from albums.views.toasts import toast
from faces.services.history.history import change_undoable


def toast_undoable(request: HttpRequest, text: str, *, by: User) -> None:
    """Say on the next page what was just done, and offer to undo it while nothing newer stands above it."""
    newest = change_undoable(by)
    mine = newest is not None and newest.by_id == by.pk
    toast(request, text, undo=reverse("faces:change_undo", args=[newest.pk]) if newest and mine else "")
