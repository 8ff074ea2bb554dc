"""People as cards: what a card shows, read for many at once. Refresh the tallies before."""

from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from faces.models import Face
from faces.querysets import PersonQuerySet


def for_cards(people: PersonQuerySet) -> QuerySet[Any]:
    """Annotate what a card shows: `face_count`, `photo_count`, `shown_face_id` (the cover or best face)."""
    best = Face.objects.present().filter(person=OuterRef("pk")).exclude(crop="").best_first()
    # A cover in the bin stays the cover, and is not shown.
    cover = Case(When(cover__binned=False, then=F("cover_id")))
    return people.annotate(
        face_count=Coalesce(F("tally__faces"), 0),
        photo_count=Coalesce(F("tally__photos"), 0),
        shown_face_id=Coalesce(cover, Subquery(best.values("pk")[:1])),
    )
