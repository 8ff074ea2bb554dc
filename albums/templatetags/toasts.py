"""Undo of messages."""

from django import template
from django.contrib.messages.storage.base import Message

from albums.http.toasts import LATEST, UNDO

register = template.Library()


@register.filter
def undo_address(message: Message) -> str:
    """Return the address that undoes the change in the message, or empty."""
    tags = message.extra_tags or ""
    if not tags.startswith((UNDO, LATEST)):
        return ""
    return tags.partition(":")[2]


@register.filter
def undo_is_latest(message: Message) -> bool:
    """Return whether the message's change can be undone only as long as it is the newest."""
    return (message.extra_tags or "").startswith(LATEST)
