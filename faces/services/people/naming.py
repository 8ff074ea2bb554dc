"""Name faces: assign them to the person of a name, or to a new person.

A name applies to one face alone, or to its whole unnamed group.
"""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext

from faces.exceptions import NameRefused
from faces.messages import message
from faces.models import Change, Face, Person
from faces.services.history.history import change_recorded
from faces.services.people.edits import count_of, faces_assign, faces_confirm, person_merge, person_name


def person_named(*, owner: User, name: str) -> Person | None:
    """The owner's person of that name; capitals, spaces and the form of accents make no difference."""
    return Person.objects.visible_to(owner).named().filter(name__iexact=name).first()


def faces_name(*, faces: Sequence[Face], name: str, by: User) -> Person:
    """Confirm faces as the person of this name, who is created if necessary, as one change.

    Raises NameRefused, and what `faces_assign` raises.
    """
    there = person_named(owner=by, name=name)
    if there is not None:
        return faces_assign(faces=faces, person=there, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.ASSIGN, faces=(), people=()) as change:
        made = person_name(person=faces_assign(faces=faces, person=None, by=by), name=name, by=by)
        moved = count_of(list(faces))
        change.summary = message("Moved %(faces)s to the new person %(name)s", faces=moved, name=made.name)
    return made


def face_group(face: Face) -> Person | None:
    """Return the unnamed group of a face; None if the face is alone in it."""
    group = face.person
    if group is None or group.name or not group.faces.present().exclude(pk=face.pk).exists():
        return None
    return group


def face_name(*, face: Face, name: str, by: User, alone: bool = False) -> Person:
    """Assign a face to the person of this name, as one change.

    A face in an unnamed group names the whole group, unless `alone`. Raises NameRefused; NameTaken if the
    group has several faces and another person has the name, which requires a decision (`group_merge`);
    NotThere for another user's face.
    """
    if not name.strip():
        raise NameRefused(gettext("Enter a name first."))
    group = None if alone else face.person
    if group is None or group.name:
        return faces_name(faces=[face], name=name, by=by)
    namesake = person_named(owner=by, name=name)
    if namesake is not None and face_group(face) is None:
        return group_merge(face=face, into=namesake, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.NAME, faces=(), people=()) as change:
        person = person_name(person=group, name=name, by=by)
        # The name was given to this face, and the cover may be another.
        faces_confirm(faces=[face], by=by)
        change.summary = message("Named %(name)s", name=person.name)
    return person


def group_merge(*, face: Face, into: Person, by: User) -> Person:
    """Merge the group of a face into a person, as one change; an unassigned face is assigned alone.

    Raises what `person_merge` raises.
    """
    if face.person is None:
        return faces_name(faces=[face], name=into.name, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.MERGE, faces=(), people=()) as change:
        faces_confirm(faces=[face], by=by)
        person = person_merge(into=into, others=[face.person], by=by)
        change.summary = message("Named a group %(name)s", name=person.name)
    return person
