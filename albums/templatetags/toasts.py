"""What a message on a page can take back."""

from __future__ import annotations

from django import template
from django.contrib.messages.storage.base import Message

from albums.http.toasts import UNDO

register = template.Library()


@register.filter
def undo_address(message: Message) -> str:
    """The address that undoes what the message is about; empty when nothing does."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""
