"""The review queue: a list of questions about people.

Questions are in the order of the faces that their answers are expected to settle (see `ranking`); those
whose answers would most likely change nothing come only on request. Skipped questions come back after
all others. Answers are in `answering`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from django.contrib.auth.models import User
from django.utils import timezone

from albums.services.core.row_ids import row_id
from faces.models import SkippedQuestion
from faces.services.people.index import PeopleIndex, people_index
from faces.services.reviewing.answering import question_parsed
from faces.services.reviewing.candidates import (
    best_unassigned,
    is_name_or_again,
    same_person,
    twice_in_a_photo,
)
from faces.services.reviewing.evidence import Question, questions_of
from faces.services.reviewing.kinds import Candidate, Kind
from faces.services.reviewing.mixed_groups import mixed_questions, operator_questions
from faces.services.reviewing.poor_faces import is_face
from faces.services.reviewing.ranking import likely_enough, order_of
from faces.services.reviewing.strangers import unclear_groups


@dataclass(frozen=True, slots=True)
class Queue:
    """The next questions, the number of open ones, and of further ones that would most likely change nothing.

    gone: the keys of `held` questions that are no longer open.
    """

    questions: Sequence[Question]
    open: int
    unlikely: int
    gone: Sequence[str] = ()


def questions(*, owner: User, limit: int, held: Sequence[str] = (), rest: bool = False) -> Queue:
    """Return the first `limit` questions in the order of `ranking`; skipped ones last.

    held: keys of questions that the client already shows; they are not returned again, but `gone` lists the
    closed ones. rest: also those that would most likely change nothing.
    """
    known = people_index(owner)
    skips = SkippedQuestion.objects.filter(owner=owner).order_by("at", "pk")
    skipped = {key: place for place, key in enumerate(skips.values_list("key", flat=True))}
    found = candidates(known, pages=_pages([*held, *skipped]))
    open_now = [one for one in found if rest or likely_enough(one) or one.key in held]

    def place(one: Candidate) -> tuple[float, ...]:
        return (0, *order_of(one)) if one.key not in skipped else (1, skipped[one.key])

    first = nsmallest(limit, (one for one in open_now if one.key not in held), key=place)
    still_open = {one.key for one in found}
    return Queue(
        questions_of(known, first, skipped=frozenset(skipped)),
        open=len(open_now),
        unlikely=len(found) - len(open_now),
        gone=[key for key in held if key not in still_open],
    )


def candidates(known: PeopleIndex, *, pages: Sequence[Sequence[int]] = ()) -> list[Candidate]:
    """Return all questions about an owner's people, in no order. pages: see `is_face`."""
    found = operator_questions(known)
    found += mixed_questions(known, without=found)
    keys_sent = {one.key for one in found}
    found += [one for one in same_person(known) + twice_in_a_photo(known) if one.key not in keys_sent]
    found += unclear_groups(known, without={person_id for one in found for person_id in one.people})
    found += is_name_or_again(known, best_unassigned(known))
    return found + is_face(known, without=found, pages=pages)


def _pages(keys: Iterable[str]) -> list[list[int]]:
    """Return the ids of the faces of those keys that are of questions about faces that may be none."""
    return [
        [face_id for part in rest if (face_id := row_id(part)) is not None]
        for kind, *rest in (key.split(":") for key in dict.fromkeys(keys))
        if kind == Kind.IS_FACE
    ]


def skip(*, owner: User, key: str) -> None:
    """Skip a question: it comes back after all others, in the order of skipping."""
    question_parsed(key)
    SkippedQuestion.objects.update_or_create(owner=owner, key=key, defaults={"at": timezone.now()})


def skip_undo(*, owner: User, key: str) -> None:
    """Undo a skip: the question returns to its place."""
    SkippedQuestion.objects.filter(owner=owner, key=key).delete()
