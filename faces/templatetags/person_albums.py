"""The rule of a smart album, for the album's page."""

from typing import Any

from django import template

from albums.models import Album
from faces.models import PersonAlbum

register = template.Library()


@register.inclusion_tag("faces/_person_album_rule.html")
def person_album_rule(album: Album, *, owned: bool) -> dict[str, Any]:
    """Show the rule of a smart album. Only its owner sees the names of its people."""
    kind = PersonAlbum.objects.filter(album=album).first()
    people = list(kind.people.order_by("name", "pk")) if kind is not None and owned else []
    return {"album": album, "kind": kind, "people": people, "owned": owned}
