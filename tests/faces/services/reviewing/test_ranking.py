"""The order of questions, pages of faces that may be none, strangers, references and rings."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User

from faces.exceptions import QuestionGone
from faces.models import Face, FaceEmbedding, Person, Verdict
from faces.services.history.history import change_undo
from faces.services.reviewing.answering import Answer, AnswerUnfit, answer, person_to_name
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Candidate, Kind
from faces.services.reviewing.queue import questions, skip
from faces.services.reviewing.ranking import likely_enough, order_of
from faces.vision.types import Box
from tests.faces.services.conftest import World
from tests.rows import face_row

pytestmark = pytest.mark.usefixtures("crops")


def open_questions(owner: User, *, rest: bool = False) -> list[Question]:
    return list(questions(owner=owner, limit=50, rest=rest).questions)


def group(world: World, who: int, count: int, name: str = "") -> Person:
    return world.person(*(world.photo(who)[0] for _ in range(count)), name=name)


def poor_faces(world: World, count: int) -> list[Face]:
    faces = [world.photo(-1)[0] for _ in range(count)]
    for at, face in enumerate(faces):
        Face.objects.filter(pk=face.pk).update(poor_reason="unsure", score=0.4 + 0.01 * at)
    return faces


def test_likely_questions_come_first_then_those_that_settle_most() -> None:
    def one(kind: Kind, settles: int, probability: float, *, sent: bool = False) -> Candidate:
        faces = tuple(range(settles)) if kind is Kind.IS_FACE else ()
        return Candidate(kind, (1,), faces, settles, probability, from_operator=sent)

    in_order = [
        one(Kind.SAME_PERSON, 2, 0.1, sent=True),
        one(Kind.SAME_PERSON, 9, 0.97),  # 5.9 faces
        one(Kind.MIXED, 6, 0.2),  # 4.8: the answer no changes them
        one(Kind.SAME_PERSON, 4, 0.98),  # 3.0
        one(Kind.IS_NAME, 1, 0.99),
        one(Kind.IS_FACE, 9, 0.6),
        one(Kind.SAME_PERSON, 90, 0.85),  # less likely: 25 %
        one(Kind.SAME_PERSON, 40, 0.92),  # 41 %
        one(Kind.SAME_PERSON, 5, 0.9),
    ]
    assert sorted([*in_order[4:], *in_order[:4]], key=order_of) == in_order
    assert [likely_enough(question) for question in in_order] == [True] * 6 + [False, True, True]


def test_unlikely_questions_are_counted_and_come_only_on_request(world: World) -> None:
    group(world, 0, 3, "Anna")
    other = group(world, 1, 2)
    anna, look = world.looks[:2]
    # Near enough to Anna for a question, but most likely somebody else.
    away = look - (look @ anna) * anna
    vector = 0.38 * anna + (1 - 0.38**2) ** 0.5 * away / np.linalg.norm(away)
    FaceEmbedding.objects.filter(face__person=other).update(vector=vector.tolist())
    queue = questions(owner=world.owner, limit=5)
    (question,) = questions(owner=world.owner, limit=5, rest=True).questions
    assert question.probability is not None
    assert 0.2 < question.probability < 0.6
    assert question.chance < 0.3
    assert (list(queue.questions), queue.open, queue.unlikely) == ([], 0, 1)


def test_faces_that_may_be_none_come_as_pages_and_one_answer_sorts_them(world: World) -> None:
    faces = poor_faces(world, 11)
    first, second = open_questions(world.owner)
    assert (first.settles, second.settles) == (9, 2)
    assert [one.face for one in first.sides[0].faces] == faces[:9]
    marked = [faces[0].pk, faces[4].pk, faces[10].pk]
    change = answer(owner=world.owner, key=first.key, answer=Answer.YES, by=world.owner, marked=marked)
    assert set(Face.objects.filter(dismissed=True)) == {faces[0], faces[4]}
    assert Face.objects.filter(drawn=True).count() == 7
    assert [one.key for one in open_questions(world.owner)] == [second.key]
    assert change is not None
    assert change.summary == "Marked 2 as not faces"
    change_undo(change=change, by=world.owner)
    assert not Face.objects.filter(dismissed=True).exists()
    # No without marks: none of them is a face.
    answer(owner=world.owner, key=second.key, answer=Answer.NO, by=world.owner)
    assert Face.objects.filter(dismissed=True).count() == 2


def test_a_page_that_is_shown_or_was_skipped_stays_the_same_question(world: World) -> None:
    poor_faces(world, 11)
    first, second = open_questions(world.owner)
    skip(owner=world.owner, key=first.key)
    low = poor_faces(world, 1)[0]
    Face.objects.filter(pk=low.pk).update(score=0.1)
    queue = questions(owner=world.owner, limit=9, held=[second.key, second.key, "face:²"])
    assert (queue.gone, queue.open) == (["face:²"], 3)
    assert [(one.settles, one.skipped) for one in queue.questions] == [(1, False), (9, True)]


def test_unknown_people_are_no_questions_any_more(world: World) -> None:
    first, second = group(world, 0, 3), group(world, 0, 2)
    (question,) = open_questions(world.owner)
    change = answer(owner=world.owner, key=question.key, answer=Answer.UNKNOWN, by=world.owner)
    assert open_questions(world.owner, rest=True) == []
    assert set(Person.objects.filter(hidden=True)) == {first, second}
    assert change is not None
    assert change.summary == "Stopped asking about 2 unknown people"
    change_undo(change=change, by=world.owner)
    assert [one.key for one in open_questions(world.owner)] == [question.key]
    # Somebody with a name is known.
    Person.objects.filter(pk=first.pk).update(name="Anna")
    with pytest.raises(QuestionGone):
        answer(owner=world.owner, key=question.key, answer=Answer.UNKNOWN, by=world.owner)
    with pytest.raises(AnswerUnfit):
        answer(owner=world.owner, key="name:1:2", answer=Answer.UNKNOWN, by=world.owner)


@pytest.mark.parametrize("reply", [Answer.YES, Answer.NO])
def test_a_group_of_unclear_faces_is_a_question(world: World, reply: Answer) -> None:
    blurred = group(world, 0, 4)
    FaceEmbedding.objects.filter(face__person=blurred).update(clarity=0.3)
    (question,) = open_questions(world.owner)
    assert (question.kind, question.settles, question.probability) == (Kind.KNOWN, 4, None)
    answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)
    blurred.refresh_from_db()
    assert blurred.hidden is (reply is Answer.NO)
    assert open_questions(world.owner) == []
    named_next = person_to_name(owner=world.owner, key=question.key)
    assert named_next == (blurred if reply is Answer.YES else None)


def test_the_reference_is_the_clearest_confirmed_face(world: World) -> None:
    named = group(world, 0, 5, "Anna")
    dark, clear, *_others = named.faces.order_by("pk")
    for face in (dark, clear):
        Verdict.objects.create(face=face, person=named, kind=Verdict.Kind.IS)
    Face.objects.filter(pk=dark.pk).update(quality=0.9)
    FaceEmbedding.objects.filter(face=dark).update(clarity=0.2)
    group(world, 0, 2)
    (question,) = open_questions(world.owner)
    assert question.sides[0].faces[0].face == clear


def test_a_ring_marks_the_face_in_a_picture_with_another(world: World) -> None:
    named = group(world, 0, 3, "Anna")
    (waiting,) = world.photo(0)
    face_row(waiting.image, Box(waiting.x + waiting.w, waiting.y, 0.02, 0.02), crop=False)
    (question,) = open_questions(world.owner)
    ring = question.sides[0].faces[0].ring
    assert ring is not None
    assert 0 < ring.x < 1
    assert 0 < ring.rx < 0.5
    assert all(one.ring is None for one in question.sides[1].faces)
    assert question.sides[1].person == named


def test_a_face_that_is_nearer_to_others_is_an_unlikely_question(world: World) -> None:
    group(world, 0, 3, "Anna")
    rival = group(world, 1, 3)
    (face,) = world.photo(0)
    before = open_questions(world.owner)[0]
    # The unnamed group, which is in the photo, is nearer than Anna.
    look = world.looks[1] + 0.8 * world.looks[0]
    FaceEmbedding.objects.filter(face=face).update(vector=(look / np.linalg.norm(look)).tolist())
    beside = world.face(face.image, 1, x=0.5)
    Face.objects.filter(pk=beside.pk).update(person=rival)
    (after,) = (one for one in open_questions(world.owner, rest=True) if one.kind is Kind.IS_NAME)
    assert after.key == before.key
    assert before.chance > 0.5
    assert after.chance < 0.3
