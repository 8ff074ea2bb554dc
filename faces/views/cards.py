"""People as cards: what a card shows, read for many at once. Refresh the statistics before."""

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from faces.querysets import PersonQuerySet


def for_cards(people: PersonQuerySet) -> QuerySet[Any]:
    """Annotate what a card shows: `face_count`, `photo_count`, `shown_face_id` (the cover or best face)."""
    counted: QuerySet[Any] = people.with_shown_face().annotate(
        face_count=Coalesce(F("stats__faces"), 0), photo_count=Coalesce(F("stats__photos"), 0)
    )
    return counted
