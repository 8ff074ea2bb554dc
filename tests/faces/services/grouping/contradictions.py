"""Decisions that contradict each other."""

from django.contrib.auth.models import User
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from faces.models import Verdict


def contradictions(owner: User) -> list[tuple[int, int, list[int]]]:
    """Person, image and faces where several faces of a photo were confirmed as one person, without exception.

    Other contradictions cannot be stored: a face is one person at most, and not also rejected for them.
    """
    confirmed = Verdict.objects.filter(
        person__owner=owner, kind=Verdict.Kind.IS, face__dismissed=False, face__binned=False
    ).exclude(face__image__face_scan__person_repeats=True)
    twice = confirmed.values("person_id", "face__image_id").annotate(
        count=Count("pk"), ids=ArrayAgg("face_id", order_by="face_id")
    )
    rows = twice.filter(count__gt=1).order_by("person_id", "face__image_id")
    return list(rows.values_list("person_id", "face__image_id", "ids"))
