"""Short messages on the next page, with an optional undo button."""

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Show a message on the next page; `undo` is the address that undoes the change by POST.

    The form of the button also sends `next`, the page to return to.
    """
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")
