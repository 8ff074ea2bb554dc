"""Completions of a typed text: towns, the owner's tags, and their descriptions."""

from collections.abc import Callable, Mapping

from django.contrib.auth.models import User
from django.db.models import Count

from albums.models import Image
from albums.services.arranging.tags import tag_counts
from albums.services.editing.town_names import towns_called
from albums.text_normalization import normalized

MOST = 8


def towns(_user: User, text: str) -> list[str]:
    """Return towns, the largest first."""
    return [town.label for town in towns_called(text, most=MOST)]


def tags(user: User, text: str) -> list[str]:
    """Return the user's tags with a word that begins so, the most frequent first."""
    return _with(tag_counts(user), text)


def descriptions(user: User, text: str) -> list[str]:
    """Return the user's descriptions of one line, the most frequent first."""
    if not normalized(text):
        return []
    rows = Image.objects.owned_by(user).filter(description__icontains=text.strip()).order_by()
    counted = rows.values("description").annotate(photos=Count("*")).order_by("-photos", "description")
    return [text for text in counted.values_list("description", flat=True)[:MOST] if "\n" not in text]


COMPLETIONS: Mapping[str, Callable[[User, str], list[str]]] = {
    "towns": towns,
    "tags": tags,
    "descriptions": descriptions,
}


def _with(texts: Mapping[str, int], beginning: str) -> list[str]:
    wanted = normalized(beginning)
    return [text for text in texts if f" {wanted}" in f" {normalized(text)}"][:MOST]
