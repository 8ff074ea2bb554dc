"""Questions about groups that may be two people, and questions that operators sent to the owner.

The people and faces of a question show if it is still open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from faces.exceptions import QuestionGone
from faces.messages import Message, message
from faces.models import ClusterQuality, Face, OperatorQuestion, Person, Verdict
from faces.services.people.edits import faces_confirm, person_split
from faces.services.people.index import PeopleIndex, by_size, pair_of, people_together
from faces.services.reviewing.cluster_quality import faces_to_split, group_sheet
from faces.services.reviewing.kinds import Candidate, Kind


def operator_questions(known: PeopleIndex) -> list[Candidate]:
    """Return the open ones, in at most two more queries."""
    sent = [(one, one.key.split(":")) for one in OperatorQuestion.objects.filter(owner=known.owner)]
    mixed = [
        _Mixed([int(part) for part in rest], one.sides, one.settles, one.probability, from_operator=True)
        for one, (kind, *rest) in sent
        if kind == Kind.MIXED
    ]
    same = [(one, [int(part) for part in rest]) for one, (kind, *rest) in sent if kind == Kind.SAME_PERSON]
    return _still_mixed(known, mixed) + _still_two(known, same)


def mixed_questions(known: PeopleIndex, *, without: Sequence[Candidate]) -> list[Candidate]:
    """Return groups suspected to be two people, without those that are in a question already."""
    excluded = {person_id for one in without if one.kind is Kind.MIXED for person_id in one.people}
    suspected = ClusterQuality.objects.filter(person__owner=known.owner, excess__gt=0, model=known.embedder)
    rows = suspected.exclude(sides=[]).values_list("person_id", "sides", "apart", "probability")
    found = [
        _Mixed([person_id, sides[0][0], sides[1][0]], sides, apart, probability)
        for person_id, sides, apart, probability in rows
        if person_id not in excluded
    ]
    return _still_mixed(known, found)


def mixed_keep(*, owner: User, person_id: int, face_ids: Sequence[int], by: User) -> Message:
    """Confirm that a group is one person, by a face of each side, so that no cut separates them again."""
    person, faces = _open(owner, person_id, face_ids)
    faces_confirm(faces=faces, by=by)
    if not person.name:
        return message("Confirmed a group as one person")
    return message("Confirmed a whole group as %(name)s", name=person.name)


def mixed_cut(*, owner: User, person_id: int, face_ids: Sequence[int], by: User) -> Message:
    """Split a group between two faces, at a cut of its present tree."""
    person, _faces = _open(owner, person_id, face_ids)
    sheet = group_sheet(person)
    cuts = [] if sheet is None else [cut for cut in sheet.cuts if len(set(cut.face_ids) & set(face_ids)) == 1]
    if sheet is None or not cuts:
        raise QuestionGone
    person_split(
        person=person, faces=Face.objects.filter(pk__in=faces_to_split(person, sheet, cuts[0])), by=by
    )
    if not person.name:
        return message("Split a group into two people")
    return message("Split faces from %(name)s", name=person.name)


def _open(owner: User, person_id: int, face_ids: Sequence[int]) -> tuple[Person, list[Face]]:
    person = Person.objects.visible_to(owner).filter(pk=person_id, hidden=False).first()
    faces = list(Face.objects.visible_to(owner).present().filter(pk__in=face_ids, person_id=person_id))
    if person is None or len(faces) < len(set(face_ids)) or len(_confirmed(face_ids)) == len(face_ids):
        raise QuestionGone
    return person, faces


@dataclass(frozen=True, slots=True)
class _Mixed:
    """A group that may be mixed. ids: the person, a face of the larger side, one of the smaller."""

    ids: Sequence[int]
    sides: Sequence[Sequence[int]]
    settles: int
    probability: float
    from_operator: bool = False


def _still_mixed(known: PeopleIndex, groups: Sequence[_Mixed]) -> list[Candidate]:
    """Return those whose two faces are still with the person and not both confirmed."""
    face_ids = [face_id for one in groups for face_id in one.ids[1:]]
    if not face_ids:
        return []
    present = Face.objects.visible_to(known.owner).present()
    there = dict(present.filter(pk__in=face_ids).values_list("pk", "person_id"))
    confirmed = _confirmed(face_ids)
    found = []
    for one in groups:
        person_id, first, second = one.ids
        here = person_id in known.groups and there.get(first) == there.get(second) == person_id
        if here and not confirmed.issuperset({first, second}):
            found.append(
                Candidate(
                    Kind.MIXED,
                    (person_id,),
                    (first, second),
                    one.settles,
                    one.probability,
                    shown=tuple(tuple(side) for side in one.sides),
                    from_operator=one.from_operator,
                )
            )
    return found


def _still_two(known: PeopleIndex, sent: Sequence[tuple[OperatorQuestion, list[int]]]) -> list[Candidate]:
    """Return those whose two groups still exist, may be one person, and are not known to be two."""
    pairs = []
    for one, ids in sent:
        groups = [known.groups[person_id] for person_id in ids if person_id in known.groups]
        if len(groups) < 2 or pair_of(groups[0], groups[1]) in known.refused:
            continue
        stays, goes = sorted(groups, key=lambda group: (not group.name, -group.faces, group.person_id))
        if not goes.name:
            pairs.append((one, stays, goes))
    together = people_together(known, [by_size(stays, goes) for _one, stays, goes in pairs])
    return [
        Candidate(
            Kind.SAME_PERSON,
            (stays.person_id, goes.person_id),
            (),
            goes.faces,
            one.probability,
            from_operator=True,
        )
        for one, stays, goes in pairs
        if by_size(stays, goes) not in together
    ]


def _confirmed(face_ids: Sequence[int]) -> set[int]:
    confirmed = Verdict.objects.filter(face__in=face_ids, kind=Verdict.Kind.IS)
    return set(confirmed.values_list("face_id", flat=True))
