"""Groups of unclear faces, which may be several strangers, and people whom the user does not know."""

from collections.abc import Collection, Sequence

from django.contrib.auth.models import User

from faces.exceptions import QuestionGone
from faces.messages import Message, message, message_plural
from faces.models import Person, Verdict
from faces.services.people.edits import faces_confirm, person_hide
from faces.services.people.index import PeopleIndex
from faces.services.people.verdicts import best_face
from faces.services.reviewing.kinds import Candidate, Kind


def unclear_groups(known: PeopleIndex, *, without: Collection[int]) -> list[Candidate]:
    """Return unnamed groups of unclear faces without a confirmed one. without: ids of people left out."""
    unclear = [
        group
        for group in known.groups.values()
        if group.unclear and not group.name and group.person_id not in without
    ]
    if not unclear:
        return []
    ids = [group.person_id for group in unclear]
    confirmed = Verdict.objects.filter(person__in=ids, kind=Verdict.Kind.IS)
    settled = set(confirmed.values_list("person_id", flat=True))
    return [
        Candidate(Kind.KNOWN, (group.person_id,), (), group.faces, 0.5)
        for group in unclear
        if group.person_id not in settled
    ]


def group_known(owner: User, *, person_id: int, by: User) -> Message:
    """Confirm a group as a person whom the user knows, by its best face."""
    person = _unnamed(owner, [person_id])[0]
    best = best_face(person.pk)
    face = None if best is None else person.faces.get(pk=best)
    if face is None or person.verdicts.filter(kind=Verdict.Kind.IS).exists():
        raise QuestionGone
    faces_confirm(faces=[face], by=by)
    return message("Confirmed a group as one person")


def people_unknown(owner: User, *, person_ids: Sequence[int], by: User) -> Message:
    """Hide unnamed people whom the user does not know, so that nothing asks about them again."""
    people = _unnamed(owner, person_ids)
    for person in people:
        person_hide(person=person, by=by)
    return message_plural(
        "Stopped asking about %(count)s unknown person",
        "Stopped asking about %(count)s unknown people",
        len(people),
    )


def _unnamed(owner: User, person_ids: Sequence[int]) -> list[Person]:
    people = Person.objects.visible_to(owner).filter(pk__in=person_ids, name="", hidden=False)
    found = list(people.order_by("pk"))
    if len(found) < len(set(person_ids)):
        raise QuestionGone
    return found
