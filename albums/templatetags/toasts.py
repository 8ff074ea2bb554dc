"""Undo of messages."""

from django import template
from django.contrib.messages.storage.base import Message

from albums.http.toasts import UNDO

register = template.Library()


@register.filter
def undo_address(message: Message) -> str:
    """Return the address that undoes the change in the message, or empty."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""
