"""Saying by name whose faces these are: the person who is called so, or a new one."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from faces.models import Change, Face, Person
from faces.sentences import said
from faces.services.journal import change_recorded
from faces.services.people import count_of, faces_assign, person_name


def person_called(*, owner: User, name: str) -> Person | None:
    """The owner's person of that name; capitals and spaces make no difference."""
    return Person.objects.visible_to(owner).named().filter(name__iexact=" ".join(name.split())).first()


def faces_name(*, faces: Sequence[Face], name: str, by: User) -> Person:
    """Say that faces are the person of that name, who is made when there is none. One change.

    Raises NameRefused, and what `faces_assign` raises.
    """
    there = person_called(owner=by, name=name)
    if there is not None:
        return faces_assign(faces=faces, person=there, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.ASSIGN, faces=(), people=()) as change:
        made = person_name(person=faces_assign(faces=faces, person=None, by=by), name=name, by=by)
        moved = count_of(list(faces))
        change.summary = said("Moved %(faces)s to %(name)s, who is new", faces=moved, name=made.name)
    return made
