"""People as cards, with their face counts and pictures."""

from typing import Any

from django.contrib.auth.models import User

from faces.models import Person
from faces.services.people.stats import stats_refresh


def person_cards(user: User) -> Any:
    """Return a queryset of the user's people with `face_count`, `photo_count` and `shown_face_id`."""
    stats_refresh(owner_id=user.pk)
    return Person.objects.visible_to(user).with_counts().with_shown_face()
