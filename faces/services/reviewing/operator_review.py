"""Operators review groups of other owners: decisions with a grant, which the owner can undo.

Without the grant they see shapes and numbers, and can only send a question to the owner's review queue.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import transaction

from albums.services.accounts.operators import pictures_granted
from faces.exceptions import NotThere, PeopleError
from faces.models import Change, Face, OperatorQuestion, Person, Verdict
from faces.services.history.history import change_recorded, change_undo, change_undoable
from faces.services.people.edits import faces_confirm, person_merge, person_split
from faces.services.people.index import PeopleIndex, people_index, similar_people
from faces.services.reviewing.cluster_quality import CutOfGroup, Sheet, cut_of, faces_to_split, group_sheet
from faces.services.reviewing.kinds import Kind

JOINS_SHOWN = 6


class NotGranted(PeopleError):
    """The owner has not granted operators access to pictures, so operators cannot decide about them."""

    code = "not_granted"
    default_message = (
        "The owner of this group has not granted access to pictures and names. Send them the question."
    )


class CutGone(PeopleError):
    """The group has changed and can no longer be cut there."""

    code = "cut_gone"
    default_message = "The group has changed and can no longer be cut there. Review it again."


def group_confirm(*, person: Person, by: User) -> Change | None:
    """Confirm all faces of a group as one person; None when they are all confirmed already."""
    confirmed = Verdict.objects.filter(person=person, kind=Verdict.Kind.IS).values("face")
    faces = person.faces.present().exclude(pk__in=confirmed)
    with _on_behalf(person, by, Change.Kind.CONFIRM) as (owner, change):
        if faces.exists():
            faces_confirm(faces=faces, by=owner)
    return change if change.pk else None


def group_split(*, person: Person, cut: str, by: User) -> Person:
    """Cut a group in two; return the new person. Raises CutGone if the tree has no such cut any more."""
    with _on_behalf(person, by, Change.Kind.SPLIT) as (owner, _change):
        sheet, found = _cut(person, cut)
        leaving = Face.objects.filter(pk__in=faces_to_split(person, sheet, found))
        return person_split(person=person, faces=leaving, by=owner)


def groups_merge(*, into: Person, other: Person, by: User) -> Change:
    """Merge two groups of one owner."""
    if other.owner_id != into.owner_id:
        raise NotThere
    with _on_behalf(into, by, Change.Kind.MERGE) as (owner, change):
        person_merge(into=into, others=[other], by=owner)
    return change


def may_undo(*, change: Change, operator: User) -> bool:
    """Return whether an operator may undo this change: never a decision of the owner.

    With the owner's grant: their own changes and automatic ones; on their own account: all.
    """
    if not pictures_granted(owner_id=change.owner_id, operator=operator):
        return False
    return change.owner_id == operator.pk or change.by_id in {None, operator.pk}


def operator_undo(*, owner: User, by: User) -> Change:
    """Undo the newest change of an owner's people. Raises NotGranted; NotThere if not allowed."""
    if not pictures_granted(owner_id=owner.pk, operator=by):
        raise NotGranted
    newest = change_undoable(owner)
    if newest is None or not may_undo(change=newest, operator=by):
        raise NotThere
    return change_undo(change=newest, by=owner)


def undoable_by(*, owner: User, operator: User) -> Change | None:
    """Return the newest change of an owner's people, if this operator made it and may undo it."""
    newest = change_undoable(owner)
    if newest is None or newest.by_id != operator.pk or not may_undo(change=newest, operator=operator):
        return None
    return newest


@transaction.atomic
def cut_question_send(*, person: Person, cut: str, by: User) -> OperatorQuestion:
    """Send the owner a question: are the two sides of a cut one person? Raises CutGone as `group_split`."""
    _sheet, found = _cut(person, cut)
    one, other = (side[0] for side in found.sides)
    sent, _created = OperatorQuestion.objects.update_or_create(
        owner_id=person.owner_id,
        key=f"{Kind.MIXED}:{person.pk}:{one}:{other}",
        defaults={
            "by": by,
            "about": person.pk,
            "sides": found.sides,
            "settles": len(found.face_ids),
            "probability": found.probability,
        },
    )
    return sent


def merge_question_send(*, person: Person, other: Person, by: User) -> OperatorQuestion:
    """Send the owner the question if two of their groups are one person."""
    if other.owner_id != person.owner_id:
        raise NotThere
    known = people_index(person.owner)
    likely = next((share for group, share in merge_candidates(known, person) if group == other.pk), None)
    if likely is None:
        raise NotThere
    first, second = sorted((person.pk, other.pk))
    fewer = min(known.groups[pk].faces for pk in (first, second))
    sent, _created = OperatorQuestion.objects.update_or_create(
        owner_id=person.owner_id,
        key=f"{Kind.SAME_PERSON}:{first}:{second}",
        defaults={"by": by, "about": person.pk, "settles": fewer, "probability": likely},
    )
    return sent


def question_withdraw(*, person: Person, key: str) -> None:
    """Withdraw a question to the owner. Raises NotThere if no such question about this group was sent."""
    gone, _by_table = OperatorQuestion.objects.filter(owner=person.owner, about=person.pk, key=key).delete()
    if not gone:
        raise NotThere


def merge_candidates(known: PeopleIndex, person: Person) -> list[tuple[int, float]]:
    """Return groups that may be the same person: ids with probabilities, the likeliest first."""
    near = similar_people(known, person.pk, count=JOINS_SHOWN)
    return [(group.person_id, probability) for group, probability in near]


@contextmanager
def _on_behalf(person: Person, by: User, kind: Change.Kind) -> Iterator[tuple[User, Change]]:
    """Record a change of another account's people in the operator's name. Raises NotGranted."""
    owner = person.owner
    if not pictures_granted(owner_id=owner.pk, operator=by):
        raise NotGranted
    with change_recorded(owner=owner, by=by, kind=kind, faces=(), people=()) as change:
        yield owner, change


def _cut(person: Person, key: str) -> tuple[Sheet, CutOfGroup]:
    sheet = group_sheet(person)
    found = None if sheet is None else cut_of(sheet, key)
    if sheet is None or found is None:
        raise CutGone
    return sheet, found
