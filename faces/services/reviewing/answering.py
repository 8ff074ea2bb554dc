"""The answers to review questions.

An answer becomes verdicts through `people` at once, as one change. Verdicts close a question for good;
answers are not stored otherwise.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from pgvector.django import MaxInnerProduct

from albums.services.core.row_ids import row_id
from faces.exceptions import PeopleError, QuestionGone
from faces.messages import Message, message, message_plural
from faces.models import (
    Change,
    Face,
    FaceEmbedding,
    FaceScan,
    Person,
    PersonStats,
    SkippedQuestion,
    Verdict,
)
from faces.services.grouping.repeats import photo_repeats
from faces.services.history.history import change_recorded
from faces.services.people.edits import faces_assign, faces_reject, person_cover, person_merge
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.mixed_groups import mixed_cut, mixed_keep
from faces.services.reviewing.poor_faces import FACES_A_PAGE, faces_sort
from faces.services.reviewing.strangers import group_known, people_unknown

IDS_OF_KIND = {
    Kind.SAME_PERSON: 2,
    Kind.MIXED: 3,
    Kind.TWICE: 3,
    Kind.AGAIN: 3,
    Kind.IS_NAME: 2,
    Kind.KNOWN: 1,
}
"""Ids in the key of a question. One about faces that may be none has those of up to `FACES_A_PAGE` faces."""


class Answer(StrEnum):
    """Answers. OTHER is for TWICE and AGAIN: only the second face is this person; NO: only the first.

    UNKNOWN is for groups without a name: the user does not know these people, and nothing asks again.
    """

    YES = "yes"
    NO = "no"
    OTHER = "other"
    UNKNOWN = "unknown"


ANSWERS = {
    Kind.SAME_PERSON: {Answer.YES, Answer.NO, Answer.UNKNOWN},
    Kind.MIXED: {Answer.YES, Answer.NO, Answer.UNKNOWN},
    Kind.TWICE: {Answer.YES, Answer.NO, Answer.OTHER},
    Kind.AGAIN: {Answer.YES, Answer.NO, Answer.OTHER},
}
"""The answers to each kind of question; to others yes and no."""


class AnswerUnfit(PeopleError):
    """The answer is not valid for a question of this kind."""

    code = "answer_unfit"

    def __init__(self, answer: Answer) -> None:
        super().__init__(_("“%(answer)s” is not a valid answer to this question.") % {"answer": answer})


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of several answers: the change (None if nothing differs), and questions no longer open."""

    change: Change | None
    given: Sequence[str]
    gone: Sequence[str]


def answer(*, owner: User, key: str, answer: Answer, by: User, marked: Collection[int] = ()) -> Change | None:
    """Answer one question. Raises QuestionGone and AnswerUnfit, and what the services of people raise.

    marked: of a page of faces that may be none, those that are none.
    """
    with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=(), people=()) as change:
        change.summary = _answer(owner=owner, key=key, answer=answer, by=by, marked=marked)
    return change if change.pk else None


def answers(
    *,
    owner: User,
    given: Sequence[tuple[str, Answer]],
    by: User,
    marked: Mapping[str, Collection[int]] | None = None,
) -> Answered:
    """Answer several questions as one change. Questions that are no longer open are skipped and listed.

    marked: as in `answer`, by the key of the question.
    """
    marked = marked or {}
    done: list[str] = []
    gone: list[str] = []
    with change_recorded(owner=owner, by=by, kind=Change.Kind.ANSWERS, faces=(), people=()) as change:
        for key, choice in given:
            try:
                with transaction.atomic():
                    change.summary = _answer(
                        owner=owner, key=key, answer=choice, by=by, marked=marked.get(key, ())
                    )
                done.append(key)
            except QuestionGone:
                gone.append(key)
        if len(done) > 1:
            change.summary = message_plural(
                "Answered %(count)s question", "Answered %(count)s questions", len(done)
            )
    return Answered(change if change.pk else None, given=done, gone=gone)


def person_to_name(*, owner: User, key: str) -> Person | None:
    """Return the unnamed person of an answered question about groups, whom the user seems to know."""
    try:
        kind, ids = question_parsed(key)
    except QuestionGone:
        return None
    people = {Kind.SAME_PERSON: ids, Kind.MIXED: ids[:1], Kind.KNOWN: ids}.get(kind, [])
    return Person.objects.visible_to(owner).filter(pk__in=people, name="", hidden=False).first()


def _answer(*, owner: User, key: str, answer: Answer, by: User, marked: Collection[int]) -> Message:
    """Record the answer as verdicts; returns the message of the change."""
    kind, ids = question_parsed(key)
    if answer not in ANSWERS.get(kind, {Answer.YES, Answer.NO}):
        raise AnswerUnfit(answer)
    yes = answer is Answer.YES
    match kind:
        case Kind.SAME_PERSON | Kind.MIXED if answer is Answer.UNKNOWN:
            people = ids if kind is Kind.SAME_PERSON else ids[:1]
            summary = people_unknown(owner, person_ids=people, by=by)
        case Kind.SAME_PERSON:
            summary = _answer_same(owner, ids, yes=yes, by=by)
        case Kind.MIXED:
            mixed = mixed_keep if yes else mixed_cut
            summary = mixed(owner=owner, person_id=ids[0], face_ids=ids[1:], by=by)
        case Kind.KNOWN if yes:
            summary = group_known(owner, person_id=ids[0], by=by)
        case Kind.KNOWN:
            summary = people_unknown(owner, person_ids=ids, by=by)
        case Kind.IS_NAME:
            summary = _answer_name(owner, person_id=ids[0], face_id=ids[1], yes=yes, by=by)
        case Kind.IS_FACE:
            summary = faces_sort(owner, face_ids=ids, none=marked if yes or marked else ids, by=by)
        case Kind.TWICE | Kind.AGAIN:
            again = kind is Kind.AGAIN
            summary = _answer_twice(owner, ids[0], ids[1:], again=again, answer=answer, by=by)
    SkippedQuestion.objects.filter(owner=owner, key=key).delete()
    return summary


def question_parsed(key: str) -> tuple[Kind, list[int]]:
    """Return the kind of a question and the ids in its key. Raises QuestionGone for what is no key."""
    name, *numbers = key.split(":")
    ids = [one for number in numbers if (one := row_id(number)) is not None]
    if name not in set(Kind) or len(ids) < len(numbers):
        raise QuestionGone
    fits = 1 <= len(ids) <= FACES_A_PAGE if name == Kind.IS_FACE else len(ids) == IDS_OF_KIND[Kind(name)]
    if not fits:
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
    """Return the face most certain to belong to a group: confirmed, or its cover, or nearest to its mean.

    A face that is far from the others would not be found again by a grouping, and the answer would be lost.
    """
    settled = Verdict.objects.filter(face=OuterRef("pk"), person=person, kind=Verdict.Kind.IS)
    faces = person.faces.present().annotate(
        settled=Exists(settled), cover=Exists(Person.objects.filter(pk=person.pk, cover=OuterRef("pk")))
    )
    order: list[Any] = ["-settled", "-cover"]
    stats = PersonStats.objects.filter(person=person, mean__isnull=False).first()
    if stats is not None:
        own = FaceEmbedding.objects.filter(face=OuterRef("pk"), model=stats.model)
        order.append(Subquery(own.values_list(MaxInnerProduct("vector", stats.mean))[:1]))
    best = faces.order_by(*order, "-quality", "pk").first()
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
