"""Short messages that say what was done, and may offer to take it back."""

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say on the next page what was done; `undo` is the address that takes it back by POST.

    The form there also sends `next`, the page to go back to.
    """
    messages.success(request, text, extra_tags=f"{UNDO}{undo}" if undo else "")
