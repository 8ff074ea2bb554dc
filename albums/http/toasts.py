"""Short messages on the next page, with an optional undo button."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest

LONGEST_ADDRESS = 2000
UNDO = "undo:"
LATEST = "latest-undo:"


def toast(request: HttpRequest, text: str, *, undo: str = "", latest: bool = False) -> None:
    """Show a message on the next page; `undo` is the address that undoes the change by POST.

    The form of the button also sends `next`, the page to return to. latest: only the newest of such changes
    can be undone, so that the button disappears from the earlier messages.
    """
    messages.success(request, text, extra_tags=f"{LATEST if latest else UNDO}{undo}" if undo else "")


def undo_address(address: str, proof: str) -> str:
    """Return the address of an undo with its proof; empty if it is too long for some browsers."""
    whole = f"{address}?{urlencode({'proof': proof})}"
    return whole if len(whole) <= LONGEST_ADDRESS else ""
