"""Make every kind of user decision about an album's people, and compare the decisions later."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces.models import Face, Person

SPLIT_OFF = 2
"""Number of faces that are split off from a person with at least three times as many."""

Decisions = dict[Any, Any]


@dataclass(frozen=True)
class UserDecisions:
    """The decisions of a user, read from the tables: for each kind the value by key.

    names, births, hidden, covers: by person; covers only of people who have a name or are hidden.
    verdicts: by their id. dismissed: by face. exceptions: by photo.
    """

    names: Decisions
    births: Decisions
    hidden: Decisions
    covers: Decisions
    verdicts: Decisions
    dismissed: Decisions
    exceptions: Decisions


def decisions_of(owner: User) -> UserDecisions:
    """Read the decisions of a user."""
    from django.db.models import Q

    from faces.models import Face, FaceScan, Person, Verdict

    people = Person.objects.filter(owner=owner)
    named_or_hidden = people.filter(~Q(name="") | Q(hidden=True))
    verdicts = Verdict.objects.filter(person__owner=owner).values_list(
        "pk", "face_id", "person_id", "kind", "at"
    )
    dismissed = Face.objects.filter(image__owner=owner, dismissed=True)
    exceptions = FaceScan.objects.filter(image__owner=owner, person_repeats=True)
    return UserDecisions(
        names=dict(people.named().values_list("pk", "name")),
        births=dict(people.exclude(birth_date=None).values_list("pk", "birth_date")),
        hidden=dict(people.filter(hidden=True).values_list("pk", "hidden")),
        covers=dict(named_or_hidden.values_list("pk", "cover_id")),
        verdicts={
            row[0]: row[1:] for row in verdicts.values_list("pk", "face_id", "person_id", "kind", "at")
        },
        dismissed=dict(dismissed.values_list("pk", "person_id")),
        exceptions=dict(exceptions.values_list("image_id", "person_repeats")),
    )


def decisions_lost(before: UserDecisions, after: UserDecisions) -> dict[str, int]:
    """Count the decisions of each kind that are gone or changed."""
    return {
        kind.name: sum(
            getattr(after, kind.name).get(key, "nothing") != value
            for key, value in getattr(before, kind.name).items()
        )
        for kind in fields(UserDecisions)
    }


def names_correct(before: UserDecisions, owner: User) -> int:
    """Count the names whose confirmed faces are all assigned to the person of that name."""
    from faces.models import Face

    where = {
        pk: (person_id, name or "")
        for pk, person_id, name in Face.objects.filter(image__owner=owner).values_list(
            "pk", "person_id", "person__name"
        )
    }
    confirmed: dict[int, list[int]] = {}
    for face_id, person_id, kind, _at in before.verdicts.values():
        if kind == "is":
            confirmed.setdefault(person_id, []).append(face_id)
    return sum(
        person_id in confirmed
        and all(where.get(face_id) == (person_id, name) for face_id in confirmed[person_id])
        for person_id, name in before.names.items()
    )


def decide_everything(owner: User, who: dict[int, str]) -> Counter[str]:
    """Name all groups by the truth, then make every kind of decision; count the changes by kind.

    who: the true person of each face by id.
    """
    from faces.models import Change

    _name_all(owner, who)
    for decide in (
        _split_and_merge,
        _confirm,
        _reject,
        _dismiss,
        _hide,
        _set_covers,
        _allow_repeats,
        _set_birth_date,
    ):
        decide(owner, who)
    kinds = Change.objects.filter(owner=owner).exclude(kind=Change.Kind.RUN)
    return Counter(str(Change.Kind(kind).label) for kind in kinds.values_list("kind", flat=True))


def _name_all(owner: User, who: dict[int, str]) -> None:
    """Name each group; a second group of the same person is merged into the first."""
    from faces.services.people.edits import person_merge, person_name

    named: dict[str, Person] = {}
    for person in _people(owner):
        name = _in_truth(person, who) or f"Somebody {person.pk}"
        if name in named:
            person_merge(into=named[name], others=[person], by=owner)
        else:
            named[name] = person_name(person=person, name=name, by=owner)


def _split_and_merge(owner: User, _who: dict[int, str]) -> None:
    """Split two people; one part becomes another person, the other is merged back."""
    from faces.services.people.edits import person_merge, person_name, person_split

    large = [person for person in _people(owner) if person.faces.count() >= 3 * SPLIT_OFF][:2]
    if len(large) < 2:
        sys.exit(f"The album is too small: two people with {3 * SPLIT_OFF} faces are needed.")
    parts = [
        person_split(person=person, faces=_unconfirmed(person)[:SPLIT_OFF], by=owner) for person in large
    ]
    person_name(person=parts[0], name=f"{large[0].name} as a child", by=owner)
    person_merge(into=large[1], others=[parts[1]], by=owner)


def _confirm(owner: User, who: dict[int, str]) -> None:
    from faces.services.people.edits import faces_confirm

    for person in _people(owner):
        if right := [face for face in _unconfirmed(person) if who.get(face.pk) == person.name][:2]:
            faces_confirm(faces=right, by=owner)


def _reject(owner: User, who: dict[int, str]) -> None:
    """Reject wrong assignments, one right one, and for each person a face of the previous one."""
    from faces.services.people.edits import faces_reject

    people = _people(owner)
    wrong = [
        face for person in people for face in _unconfirmed(person) if _base(person) != who.get(face.pk, "")
    ]
    faces_reject(
        faces=[*wrong, _unconfirmed(max(people, key=lambda person: person.faces.count()))[0]], by=owner
    )
    for person, other in pairwise(_people(owner)):
        faces_reject(faces=list(person.faces.order_by("-pk")[:1]), person=other, by=owner)


def _dismiss(owner: User, _who: dict[int, str]) -> None:
    """Dismiss one unassigned and one assigned face."""
    from faces.models import Face
    from faces.services.people.edits import faces_dismiss

    unassigned = list(Face.objects.visible_to(owner).unassigned().filter(verdicts=None).order_by("pk")[:1])
    faces_dismiss(faces=[*unassigned, _unconfirmed(_people(owner)[0])[-1]], by=owner)


def _hide(owner: User, _who: dict[int, str]) -> None:
    from faces.services.people.edits import person_hide

    for person in _people(owner)[-3:-1]:
        person_hide(person=person, by=owner)


def _set_covers(owner: User, who: dict[int, str]) -> None:
    """Set another cover for every other person."""
    from faces.services.people.edits import person_cover

    for person in _people(owner)[::2]:
        right = [face for face in _unconfirmed(person) if who.get(face.pk) == _base(person)]
        if right:
            person_cover(person=person, face=right[-1], by=owner)


def _allow_repeats(owner: User, _who: dict[int, str]) -> None:
    """Allow a person twice in two photos; in the first a person is, as in front of a mirror."""
    from django.db.models import Count

    from albums.models import Image
    from faces.services.grouping.repeats import photo_repeats
    from faces.services.people.edits import faces_assign

    crowded = Image.objects.filter(owner=owner).annotate(count=Count("faces")).filter(count__gt=1)
    photos = list(crowded.order_by("-pk")[:2])
    for image in photos:
        photo_repeats(image=image, allowed=True, by=owner)
    faces = list(photos[0].faces.present().order_by("pk"))
    seen = next(face for face in faces if face.person is not None)
    mirrored = next(face for face in faces if face != seen and not face.verdicts.filter(kind="is").exists())
    faces_assign(faces=[mirrored], person=seen.person, by=owner)


def _set_birth_date(owner: User, _who: dict[int, str]) -> None:
    from faces.services.people.edits import person_details

    person_details(person=_people(owner)[0], birth_date=date(1980, 2, 29), by=owner)


def _people(owner: User) -> list[Person]:
    from faces.models import Person

    return list(Person.objects.filter(owner=owner, faces__isnull=False).distinct().order_by("pk"))


def _unconfirmed(person: Person) -> list[Face]:
    """Return the faces of a person without a verdict."""
    return list(person.faces.filter(verdicts=None).order_by("pk"))


def _in_truth(person: Person, who: dict[int, str]) -> str:
    names = Counter(_names(person, who))
    return names.most_common(1)[0][0] if names else ""


def _names(person: Person, who: dict[int, str]) -> Iterator[str]:
    return (who[pk] for pk in person.faces.order_by("pk").values_list("pk", flat=True) if pk in who)


def _base(person: Person) -> str:
    """Return the true person, from the given name."""
    return person.name.removesuffix(" as a child")
