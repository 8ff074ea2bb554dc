"""A toast with an undo button, after a change of people."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from albums.http.toasts import toast
from faces.services.history.history import change_undoable


def undo_toast(request: HttpRequest, text: str, *, by: User) -> None:
    """Show a message on the next page, with an undo button if the user's newest change can be undone."""
    newest = change_undoable(by)
    mine = newest is not None and newest.by_id == by.pk
    toast(request, text, undo=reverse("faces:change_undo", args=[newest.pk]) if newest and mine else "")
