"""Changes of people by users; automatic grouping is in `grouping`.

Each is a decision that groupings respect, is recorded in the history and can be undone. Each function raises
NotThere for what is not the user's own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from albums.validators import plain_name, validate_plain_text
from faces.exceptions import (
    FacesUnassigned,
    FactsContradict,
    NameRefused,
    NameTaken,
    NothingLeft,
    NothingSelected,
    NotOfThisPerson,
)
from faces.messages import Message, message, message_plural
from faces.models import Change, Face, Person, Verdict
from faces.services.history.history import change_recorded, change_widen
from faces.services.people.ownership import own_faces, own_person, people_of, person_reloaded
from faces.services.people.person_albums import smart_albums_follow
from faces.services.people.verdicts import cover_confirm, people_reconcile, verdicts_confirm, verdicts_reject

Kind = Change.Kind


def person_name(*, person: Person, name: str, by: User) -> Person:
    """Name a person; an empty name removes it.

    A person without a cover gets the best face as cover; the cover is confirmed, since the user named what
    they saw. Raises NameRefused; NameTaken if another person has the name.
    """
    try:
        if name := " ".join(name.split()):
            validate_plain_text(name)
            name = plain_name(name)
        Person(name=name).clean_fields(exclude=["owner", "cover"])
    except ValidationError as error:
        raise NameRefused(" ".join(error.messages)) from error
    with _change(Kind.NAME, by, message("Named %(name)s", name=name) if name else message("Removed a name")):
        mine = own_person(person, by)
        namesake = Person.objects.filter(owner=by, name__iexact=name).exclude(pk=mine.pk).first()
        if name and namesake is not None:
            raise NameTaken(name=namesake.name, namesake_id=namesake.pk)
        mine.name = name
        mine.save(update_fields=["name"])
        if name:
            cover_confirm(person=mine, by=by)
        people_reconcile(owner_id=by.pk, people=[mine.pk])
    return person_reloaded(mine)


def person_details(*, person: Person, birth_date: date | None, by: User) -> Person:
    """Set the birth date of a person."""
    with _change(Kind.DETAILS, by, message("Changed the details of %(name)s", name=called(person))):
        mine = own_person(person, by)
        mine.birth_date = birth_date
        mine.save(update_fields=["birth_date"])
        people_reconcile(owner_id=by.pk, people=[mine.pk])
    return person_reloaded(mine)


def person_merge(*, into: Person, others: Iterable[Person], by: User, contradicted: bool = False) -> Person:
    """Merge people: `into` stays, and takes the name and birth date of another if it has none.

    All covers are confirmed, and the verdicts of the others move to `into`. Raises FactsContradict if a face
    is confirmed for one of them and rejected for another; with `contradicted` the confirmation wins. Of two
    faces in one photo the automatically assigned one is unassigned.
    """
    with _change(Kind.MERGE, by) as change:
        stays = own_person(into, by)
        gone = [own_person(other, by) for other in others if other.pk != stays.pk]
        if not gone:
            raise NothingSelected
        everyone = [stays, *gone]
        change.summary = message_plural(
            "Merged %(count)s person into %(name)s",
            "Merged %(count)s people into %(name)s",
            len(gone),
            name=called(stays),
        )
        theirs = Face.objects.filter(person__in=everyone)
        change_widen(faces=theirs.values_list("pk", flat=True), people=[person.pk for person in everyone])
        for person in everyone:
            cover_confirm(person=person, by=by)
        verdicts = Verdict.objects.filter(person__in=everyone)
        are = set(verdicts.filter(kind=Verdict.Kind.IS).values_list("face_id", flat=True))
        are_not = set(verdicts.filter(kind=Verdict.Kind.IS_NOT).values_list("face_id", flat=True))
        if are & are_not and not contradicted:
            raise FactsContradict(sorted(are & are_not))
        _verdicts_carry_over(everyone, are=are)
        smart_albums_follow(into=stays, gone=gone)
        theirs.update(person=stays)
        # The first one that has it; `into` comes first.
        stays.name = next((person.name for person in everyone if person.name), "")
        stays.birth_date = next((person.birth_date for person in everyone if person.birth_date), None)
        Person.objects.filter(pk__in=[person.pk for person in gone]).delete()
        stays.save(update_fields=["name", "birth_date"])
        people_reconcile(owner_id=by.pk, people=[stays.pk])
    return person_reloaded(stays)


def person_split(*, person: Person, faces: Iterable[Face], by: User) -> Person:
    """Move some of a person's faces to a new person, and return that person.

    The faces are confirmed as the new person, and the cover of the remaining faces as the old one, so that no
    grouping joins the two again. Raises NotOfThisPerson, and NothingLeft when all were selected.
    """
    with _change(Kind.SPLIT, by) as change:
        mine = own_person(person, by)
        selected = own_faces(faces, by)
        if strangers := [face.pk for face in selected if face.person_id != mine.pk]:
            raise NotOfThisPerson(strangers)
        if not mine.faces.present().exclude(pk__in=[face.pk for face in selected]).exists():
            raise NothingLeft
        change.summary = message(
            "Moved %(faces)s of %(name)s to a new person", faces=count_of(selected), name=called(mine)
        )
        other = Person.objects.create(owner=by)
        verdicts_confirm(face_ids=[face.pk for face in selected], person=other, by=by)
        people_reconcile(owner_id=by.pk, people=[mine.pk, other.pk])
        cover_confirm(person=person_reloaded(mine), by=by)
    return person_reloaded(other)


def people_apart(*, people: Iterable[Person], by: User) -> None:
    """Record that people are different: their covers are confirmed, so that they are never joined."""
    with _change(Kind.CONFIRM, by, message("Kept people apart")):
        apart = [own_person(person, by) for person in people]
        for person in apart:
            cover_confirm(person=person, by=by)
        people_reconcile(owner_id=by.pk, people=[person.pk for person in apart])


def person_hide(*, person: Person, by: User) -> Person:
    """Hide a person from the others."""
    return _hidden(person, hidden=True, by=by)


def person_show(*, person: Person, by: User) -> Person:
    """Show a hidden person again."""
    return _hidden(person, hidden=False, by=by)


def person_cover(*, person: Person, face: Face, by: User) -> Person:
    """Choose the face that stands for a person; it is confirmed. Raises NotOfThisPerson."""
    with _change(Kind.COVER, by, message("Changed the cover of %(name)s", name=called(person))):
        mine, (selected,) = own_person(person, by), own_faces([face], by)
        if selected.person_id != mine.pk:
            raise NotOfThisPerson([selected.pk])
        mine.cover = selected
        mine.save(update_fields=["cover"])
        cover_confirm(person=mine, by=by)
        people_reconcile(owner_id=by.pk, people=[mine.pk])
    return person_reloaded(mine)


def faces_assign(*, faces: Iterable[Face], person: Person | None, by: User) -> Person:
    """Confirm faces as this person, or with None as a new one; returns the person."""
    with _change(Kind.ASSIGN, by) as change:
        selected = own_faces(faces, by)
        theirs = Person.objects.create(owner=by) if person is None else own_person(person, by)
        to = message("a new person") if person is None else called(theirs)
        change.summary = message("Moved %(faces)s to %(name)s", faces=count_of(selected), name=to)
        verdicts_confirm(face_ids=[face.pk for face in selected], person=theirs, by=by)
        people_reconcile(owner_id=by.pk, people=[theirs.pk, *people_of(selected)])
    return person_reloaded(theirs)


def faces_confirm(*, faces: Iterable[Face], by: User) -> None:
    """Confirm faces as the people they are assigned to. Raises FacesUnassigned for unassigned faces."""
    with _change(Kind.CONFIRM, by) as change:
        selected = own_faces(faces, by)
        if waiting := [face.pk for face in selected if face.person_id is None]:
            raise FacesUnassigned(waiting)
        change.summary = message("Confirmed %(faces)s", faces=count_of(selected))
        for person in Person.objects.filter(pk__in=people_of(selected)).order_by("pk"):
            theirs = [face.pk for face in selected if face.person_id == person.pk]
            verdicts_confirm(face_ids=theirs, person=person, by=by)
        people_reconcile(owner_id=by.pk, people=people_of(selected))


def faces_reject(*, faces: Iterable[Face], by: User, person: Person | None = None) -> None:
    """Reject faces for the people they are assigned to, or for `person`; they become unassigned.

    Raises FacesUnassigned for unassigned faces when no person is given.
    """
    with _change(Kind.REJECT, by) as change:
        selected = own_faces(faces, by)
        rejected = None if person is None else own_person(person, by)
        if rejected is None and (waiting := [face.pk for face in selected if face.person_id is None]):
            raise FacesUnassigned(waiting)
        change.summary = message_plural(
            "Rejected %(count)s face",
            "Rejected %(count)s faces",
            len(selected),
        )
        rejecting = (
            [rejected] if rejected else Person.objects.filter(pk__in=people_of(selected)).order_by("pk")
        )
        for one in rejecting:
            not_theirs = [face.pk for face in selected if rejected or face.person_id == one.pk]
            verdicts_reject(face_ids=not_theirs, person=one, by=by)
        people_reconcile(owner_id=by.pk, people=[*people_of(selected), *([rejected.pk] if rejected else [])])


def faces_dismiss(*, faces: Iterable[Face], by: User) -> None:
    """Dismiss faces: they are unassigned and take part in nothing from now on."""
    with _change(Kind.DISMISS, by) as change:
        selected = own_faces(faces, by, also_dismissed=True)
        change.summary = message("Removed %(faces)s", faces=count_of(selected))
        Verdict.objects.filter(face__in=selected).delete()
        Face.objects.filter(pk__in=[face.pk for face in selected]).update(dismissed=True, person=None)
        people_reconcile(owner_id=by.pk, people=people_of(selected))


def called(person: Person) -> Message | str:
    """Return the name of a person, or a message for an unnamed one."""
    return person.name or message("an unnamed person")


def count_of(faces: list[Face]) -> Message:
    """Return the number of faces as a message."""
    return message_plural("%(count)s face", "%(count)s faces", len(faces))


@contextmanager
def _change(kind: Kind, by: User, summary: Message | None = None) -> Iterator[Change]:
    """Record a change whose rows are added to its scope as they are touched."""
    with change_recorded(owner=by, by=by, kind=kind, summary=summary, faces=(), people=()) as change:
        yield change


def _hidden(person: Person, *, hidden: bool, by: User) -> Person:
    name = called(person)
    words = message("Hid %(name)s", name=name) if hidden else message("Unhid %(name)s", name=name)
    with _change(Kind.HIDE if hidden else Kind.SHOW, by, words):
        mine = own_person(person, by)
        mine.hidden = hidden
        mine.save(update_fields=["hidden"])
        if hidden:
            cover_confirm(person=mine, by=by)
        people_reconcile(owner_id=by.pk, people=[mine.pk])
    return person_reloaded(mine)


def _verdicts_carry_over(everyone: list[Person], *, are: set[int]) -> None:
    """Transfer the verdicts of several people to the first, one per face."""
    stays, *gone = everyone
    verdicts = Verdict.objects.filter(person__in=everyone)
    rejections = verdicts.filter(kind=Verdict.Kind.IS_NOT)
    rejections.filter(face_id__in=are).delete()
    rows = rejections.values_list("face_id", "pk", "person_id").order_by("-pk")
    # One per face: the first, or that of the person who stays.
    remaining = {face_id: pk for face_id, pk, _person_id in rows}
    remaining |= {face_id: pk for face_id, pk, person_id in rows if person_id == stays.pk}
    rejections.exclude(pk__in=remaining.values()).delete()
    verdicts.filter(person__in=gone).update(person=stays)
