"""The people and faces that somebody names, read again within the change that is made of them."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from faces.exceptions import FaceDismissed, NothingSelected, NotThere
from faces.models import Face, Person
from faces.services.history.history import change_widen


def own_person(person: Person, by: User) -> Person:
    """The row as it is now, noted in the change that is being made. Raises NotThere when it is not theirs."""
    mine = Person.objects.visible_to(by).filter(pk=person.pk).first()
    if mine is None:
        raise NotThere
    change_widen(people=[mine.pk])
    return mine


def person_reloaded(person: Person) -> Person:
    """A person as they are after what was done."""
    return Person.objects.get(pk=person.pk)


def own_faces(faces: Iterable[Face], by: User, *, also_dismissed: bool = False) -> list[Face]:
    """The rows as they are now, noted in the change that is being made.

    Raises NothingSelected, NotThere when one is not theirs, and FaceDismissed.
    """
    wanted = {face.pk for face in faces}
    if not wanted:
        raise NothingSelected
    mine = list(Face.objects.visible_to(by).filter(pk__in=wanted).order_by("pk"))
    if len(mine) < len(wanted):
        raise NotThere
    if not also_dismissed and (dismissed := [face.pk for face in mine if face.dismissed]):
        raise FaceDismissed(dismissed)
    change_widen(faces=wanted, people=people_of(mine))
    return mine


def people_of(faces: list[Face]) -> list[int]:
    """The ids of the people these faces are with."""
    return sorted({face.person_id for face in faces if face.person_id is not None})
