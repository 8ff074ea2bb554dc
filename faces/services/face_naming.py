"""Saying who one face is, when a name may be meant for it alone or for the group that it is in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext

from faces.exceptions import NameRefused
from faces.models import Change, Face, Person
from faces.sentences import said
from faces.services.journal import change_recorded
from faces.services.naming import faces_name, person_called
from faces.services.people import faces_confirm, person_merge, person_name


def face_group(face: Face) -> Person | None:
    """The group without a name that a face is in, with other faces; None for one that is by itself."""
    group = face.person
    if group is None or group.name or not group.faces.present().exclude(pk=face.pk).exists():
        return None
    return group


def face_name(*, face: Face, name: str, by: User, alone: bool = False) -> Person:
    """Say that a face is the person of this name. One change.

    The name is for the whole group when the face is in one without a name, unless `alone` is said. Raises
    NameRefused, and NameTaken when the group is many faces and somebody else has the name: then it must be
    said whether they are the same person (`group_merge`). Raises NotThere for another user's face.
    """
    if not name.strip():
        raise NameRefused(gettext("Write a name first."))
    group = None if alone else face.person
    if group is None or group.name:
        return faces_name(faces=[face], name=name, by=by)
    namesake = person_called(owner=by, name=name)
    if namesake is not None and face_group(face) is None:
        return group_merge(face=face, into=namesake, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.NAME, faces=(), people=()) as change:
        person = person_name(person=group, name=name, by=by)
        # The name was given to this face, and the cover may be another.
        faces_confirm(faces=[face], by=by)
        change.summary = said("Named %(name)s", name=person.name)
    return person


def group_merge(*, face: Face, into: Person, by: User) -> Person:
    """Say that the whole group of a face is somebody who has a name already. One change.

    Raises what `person_merge` raises; for a face with nobody it alone is said to be them.
    """
    if face.person is None:
        return faces_name(faces=[face], name=into.name, by=by)
    with change_recorded(owner=by, by=by, kind=Change.Kind.MERGE, faces=(), people=()) as change:
        faces_confirm(faces=[face], by=by)
        person = person_merge(into=into, others=[face.person], by=by)
        change.summary = said("Said that a group is %(name)s", name=person.name)
    return person
