"""The review queue: a list of questions about people, and their answers.

An answer becomes verdicts through `people` at once, as one change. Verdicts close a question for good;
answers are not stored otherwise. Skipped questions come back after all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import nsmallest
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError, QuestionGone
from faces.messages import Message, message, message_plural
from faces.models import Change, Face, FaceScan, Person, SkippedQuestion, Verdict
from faces.services.grouping.repeats import photo_repeats
from faces.services.history.history import change_recorded
from faces.services.people.edits import (
    faces_assign,
    faces_dismiss,
    faces_reject,
    person_cover,
    person_merge,
)
from faces.services.people.index import people_index
from faces.services.reviewing.candidates import (
    Candidate,
    Kind,
    again_in_a_photo,
    best_unassigned,
    is_face,
    is_name,
    same_person,
    twice_in_a_photo,
)
from faces.services.reviewing.evidence import Question, questions_of
from faces.services.reviewing.mixed_groups import mixed_cut, mixed_keep, mixed_questions, operator_questions

IDS_OF_KIND = {
    Kind.SAME_PERSON: 2,
    Kind.MIXED: 3,
    Kind.TWICE: 3,
    Kind.AGAIN: 3,
    Kind.IS_NAME: 2,
    Kind.IS_FACE: 1,
}
OF_GROUPS = (f"{Kind.SAME_PERSON}:", f"{Kind.MIXED}:", f"{Kind.TWICE}:")


class Answer(StrEnum):
    """Answers. OTHER is for TWICE and AGAIN: only the second face is this person; NO: only the first."""

    YES = "yes"
    NO = "no"
    OTHER = "other"


class AnswerUnfit(PeopleError):
    """The answer is not valid for a question of this kind."""

    code = "answer_unfit"

    def __init__(self, answer: Answer) -> None:
        super().__init__(_("“%(answer)s” is not a valid answer to this question.") % {"answer": answer})


@dataclass(frozen=True, slots=True)
class Queue:
    """The next questions, and the number of open ones, which is a minimum unless `complete`.

    gone: the keys of `held` questions that are no longer open.
    """

    questions: Sequence[Question]
    open: int
    complete: bool
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of several answers: the change (None if nothing differs), and questions no longer open."""

    change: Change | None
    given: Sequence[str]
    gone: Sequence[str]


def questions(*, owner: User, limit: int, held: Sequence[str] = ()) -> Queue:
    """Return the first `limit` questions: operators' first, then by faces affected; skipped ones last.

    Questions about single faces are added only if those about groups do not fill the list. held: keys of
    questions that the client already shows; they are not returned again, but `gone` lists the closed ones.
    """
    known = people_index(owner)
    skips = SkippedQuestion.objects.filter(owner=owner).order_by("at", "pk")
    skipped = {key: place for place, key in enumerate(skips.values_list("key", flat=True))}
    sent = operator_questions(known)
    sent += mixed_questions(known, without=sent)
    keys_sent = {one.key for one in sent}
    found = sent + [one for one in same_person(known) + twice_in_a_photo(known) if one.key not in keys_sent]
    keys = {one: one.key for one in found}
    settling = sum(one.settles > 1 and keys[one] not in skipped and keys[one] not in held for one in found)
    complete = settling < limit or any(not key.startswith(OF_GROUPS) for key in held)
    if complete:
        rows, assigned = best_unassigned(known)
        found += again_in_a_photo(known, rows, assigned) + is_name(known, rows)
        found += is_face(known, without=found)
        keys = {one: one.key for one in found}

    def place(one: Candidate) -> tuple[float, ...]:
        key = keys[one]
        return (0, *one.order) if key not in skipped else (1, skipped[key])

    first = nsmallest(limit, (one for one in found if keys[one] not in held), key=place)
    still_open = set(keys.values())
    return Queue(
        questions_of(known, first, skipped=frozenset(skipped)),
        open=len(found),
        complete=complete,
        gone=[key for key in held if key not in still_open],
    )


def answer(*, owner: User, key: str, answer: Answer, by: User) -> Change | None:
    """Answer one question. Raises QuestionGone and AnswerUnfit, and what the services of people raise."""
    with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=(), people=()) as change:
        change.summary = _answer(owner=owner, key=key, answer=answer, by=by)
    return change if change.pk else None


def answers(*, owner: User, given: Sequence[tuple[str, Answer]], by: User) -> Answered:
    """Answer several questions as one change. Questions that are no longer open are skipped and listed."""
    done: list[str] = []
    gone: list[str] = []
    with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=(), people=()) as change:
        for key, choice in given:
            try:
                with transaction.atomic():
                    change.summary = _answer(owner=owner, key=key, answer=choice, by=by)
                done.append(key)
            except QuestionGone:
                gone.append(key)
        if len(done) > 1:
            change.summary = message_plural(
                "Answered %(count)s question", "Answered %(count)s questions", len(done)
            )
    return Answered(change if change.pk else None, given=done, gone=gone)


def skip(*, owner: User, key: str) -> None:
    """Skip a question: it comes back after all others, in the order of skipping."""
    _parsed(key)
    SkippedQuestion.objects.update_or_create(owner=owner, key=key, defaults={"at": timezone.now()})


def skip_undo(*, owner: User, key: str) -> None:
    """Undo a skip: the question returns to its place."""
    SkippedQuestion.objects.filter(owner=owner, key=key).delete()


def _answer(*, owner: User, key: str, answer: Answer, by: User) -> Message:
    """Record the answer as verdicts; returns the message of the change."""
    kind, ids = _parsed(key)
    if answer is Answer.OTHER and kind not in {Kind.TWICE, Kind.AGAIN}:
        raise AnswerUnfit(answer)
    match kind:
        case Kind.SAME_PERSON:
            summary = _answer_same(owner, ids, yes=answer is Answer.YES, by=by)
        case Kind.MIXED:
            mixed = mixed_keep if answer is Answer.YES else mixed_cut
            summary = mixed(owner=owner, person_id=ids[0], face_ids=ids[1:], by=by)
        case Kind.IS_NAME:
            summary = _answer_name(owner, person_id=ids[0], face_id=ids[1], yes=answer is Answer.YES, by=by)
        case Kind.IS_FACE:
            summary = _answer_face(owner, face_id=ids[0], yes=answer is Answer.YES, by=by)
        case Kind.TWICE | Kind.AGAIN:
            again = kind is Kind.AGAIN
            summary = _answer_twice(owner, ids[0], ids[1:], again=again, answer=answer, by=by)
    SkippedQuestion.objects.filter(owner=owner, key=key).delete()
    return summary


def _parsed(key: str) -> tuple[Kind, list[int]]:
    name, *numbers = key.split(":")
    ids = [one for number in numbers if (one := row_id(number)) is not None]
    if name not in set(Kind) or len(numbers) != IDS_OF_KIND[Kind(name)] or len(ids) < len(numbers):
        raise QuestionGone
    return Kind(name), ids


def _answer_same(owner: User, ids: Sequence[int], *, yes: bool, by: User) -> Message:
    people: list[Any] = list(
        Person.objects.visible_to(owner)
        .filter(pk__in=ids, hidden=False)
        .annotate(size=Count("faces", filter=Q(faces__dismissed=False, faces__binned=False)))
    )
    # A named person stays, then the larger group, then the older one: as in the question.
    people.sort(key=lambda one: (not one.name, -one.size, one.pk))
    refused = Verdict.objects.filter(
        kind=Verdict.Kind.IS_NOT, person__in=people, face__person__in=people
    ).exists()
    if len(people) != 2 or people[1].name or not people[1].size or refused:
        raise QuestionGone
    stays, goes = people
    if yes:
        person_merge(into=stays, others=[goes], by=by)
        if not stays.name:
            return message("Merged two groups")
        return message("Merged a group into %(name)s", name=stays.name)
    if stays.cover_id is None and not stays.verdicts.filter(kind=Verdict.Kind.IS).exists():
        # A rejection needs a face that identifies this person.
        person_cover(person=stays, face=_standing_for(stays), by=by)
    faces_reject(faces=[_standing_for(goes)], person=stays, by=by)
    if not stays.name:
        return message("Kept two people apart")
    return message("Kept a group apart from %(name)s", name=stays.name)


def _standing_for(person: Person) -> Face:
    """Return the face most certain to belong to a group: confirmed, or its cover, or its best."""
    settled = Verdict.objects.filter(face=OuterRef("pk"), person=person, kind=Verdict.Kind.IS)
    faces = person.faces.present().annotate(
        settled=Exists(settled), cover=Exists(Person.objects.filter(pk=person.pk, cover=OuterRef("pk")))
    )
    best = faces.order_by("-settled", "-cover", "-quality", "pk").first()
    if best is None:
        raise QuestionGone
    return best


def _answer_name(owner: User, *, person_id: int, face_id: int, yes: bool, by: User) -> Message:
    face = Face.objects.visible_to(owner).unassigned().filter(pk=face_id).first()
    person = Person.objects.visible_to(owner).named().filter(pk=person_id, hidden=False).first()
    if face is None or person is None or face.verdicts.filter(person=person).exists():
        raise QuestionGone
    if yes:
        faces_assign(faces=[face], person=person, by=by)
        return message("Confirmed a face as %(name)s", name=person.name)
    faces_reject(faces=[face], person=person, by=by)
    return message("Rejected a face as %(name)s", name=person.name)


def _answer_face(owner: User, *, face_id: int, yes: bool, by: User) -> Message:
    face = Face.objects.visible_to(owner).unassigned().filter(pk=face_id, drawn=False).first()
    if face is None:
        raise QuestionGone
    if not yes:
        faces_dismiss(faces=[face], by=by)
        return message("Marked as not a face")
    with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=[face.pk], people=()):
        # Like a drawn face, it stays whatever a detector finds.
        Face.objects.filter(pk=face.pk).update(drawn=True)
    return message("Confirmed as a face")


def _answer_twice(
    owner: User, person_id: int, face_ids: Sequence[int], *, again: bool, answer: Answer, by: User
) -> Message:
    faces = Face.objects.visible_to(owner).present().select_related("image").in_bulk(face_ids)
    person = Person.objects.visible_to(owner).filter(pk=person_id, hidden=False).first()
    if len(faces) != 2 or person is None:
        raise QuestionGone
    first, second = (faces[face_id] for face_id in face_ids)
    image = first.image
    if (
        first.person_id != person_id
        or second.person_id != (None if again else person_id)
        or second.image_id != image.pk
        or Verdict.objects.filter(face=second, person=person, kind=Verdict.Kind.IS_NOT).exists()
        or FaceScan.objects.filter(image=image, person_repeats=True).exists()
    ):
        raise QuestionGone
    if answer is not Answer.NO and again:
        faces_assign(faces=[second], person=person, by=by)
    name = person.name or message("this person")
    if answer is Answer.YES:
        photo_repeats(image=image, allowed=True, by=by)
        return message("Allowed %(name)s twice in %(photo)s", photo=image.name, name=name)
    wrong = first if answer is Answer.OTHER else second
    faces_reject(faces=[wrong], person=person, by=by)
    return message("Rejected a face in %(photo)s as %(name)s", photo=image.name, name=name)


def answer_regroups(key: str) -> bool:
    """Return whether an answer to this question changes what a grouping may join, so that one is due."""
    return key.startswith((f"{Kind.TWICE}:", f"{Kind.AGAIN}:"))
