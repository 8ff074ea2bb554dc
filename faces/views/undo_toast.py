"""A toast with an undo button, after a change of people."""

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from albums.http.toasts import toast
from faces.models import Change
from faces.services.history.history import change_undoable


def own_change_undoable(user: User) -> Change | None:
    """Return the newest change if the user has made it, and not a grouping or somebody else."""
    newest = change_undoable(user)
    return newest if newest is not None and newest.by_id == user.pk else None


def undo_toast(request: HttpRequest, text: str, *, by: User) -> None:
    """Show a message on the next page, with an undo button if the user's newest change can be undone."""
    newest = own_change_undoable(by)
    undo = reverse("faces:change_undo", args=[newest.pk]) if newest else ""
    toast(request, text, undo=undo, latest=True)
