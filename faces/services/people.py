"""What a person says about people; what the machine thinks of them is in `clustering`."""

from __future__ import annotations

from django.db import transaction

from faces.models import Person


def person_name(*, person: Person, name: str) -> Person:
    """Give a person a name.

    The face that stands for them, if none does yet, is the best one: it is what the name was given to, and so
    the one fact that a grouping must keep.
    """
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person.pk)
        person.name = " ".join(name.split())
        if person.cover_id is None:
            person.cover = person.faces.best_first().first()
        person.full_clean(exclude=["owner", "cover"])
        person.save(update_fields=["name", "cover"])
    return person
