"""Short messages on the next page, with an optional undo button."""

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"
LATEST = "latest-undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "", latest: bool = False) -> None:
    """Show a message on the next page; `undo` is the address that undoes the change by POST.

    The form of the button also sends `next`, the page to return to. latest: only the newest of such changes
    can be undone, so that the button disappears from the earlier messages.
    """
    messages.success(request, text, extra_tags=f"{LATEST if latest else UNDO}{undo}" if undo else "")
