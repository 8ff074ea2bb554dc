"""Faces that a grouping left unassigned beside their person: a collage, a mirror, or somebody else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from faces.exceptions import QuestionGone
from faces.models import Face, FaceScan, Person
from faces.question_texts import question_text
from faces.services.grouping.run import owner_recluster
from faces.services.history.history import change_undo
from faces.services.reviewing.answering import Answer, answer
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.queue import questions
from tests.faces.services.conftest import World

pytestmark = pytest.mark.usefixtures("crops")


def open_questions(owner: User) -> list[Question]:
    return list(questions(owner=owner, limit=50).questions)


def a_collage(world: World) -> tuple[Person, list[Face]]:
    """A named person with faces in six photos, and a photo with three more, of which one is assigned."""
    several = world.photo(3, 3, 3)
    return world.person(several[0], *(world.photo(3)[0] for _ in range(6)), name="Cleo"), several


@pytest.mark.parametrize("reply", [Answer.YES, Answer.NO, Answer.OTHER])
def test_a_face_that_waits_beside_its_person_is_a_question(world: World, reply: Answer) -> None:
    person, (assigned, *waiting) = a_collage(world)
    (question,) = open_questions(world.owner)
    assert question.kind is Kind.AGAIN
    assert question_text(question) == "Is Cleo in this photo twice?"
    first, second = (side.faces[0].face for side in question.sides[:2])
    assert first == assigned
    assert second in waiting
    answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)
    there = set(person.faces.filter(image=first.image))
    expected = {Answer.YES: {first, *waiting}, Answer.NO: {first}, Answer.OTHER: {second}}
    assert there == expected[reply], "one answer assigns all that waited"
    assert all(one.key != question.key for one in open_questions(world.owner))
    owner_recluster(world.owner)
    assert set(person.faces.filter(image=first.image)) == expected[reply]
    with pytest.raises(QuestionGone):
        answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)


def test_an_answer_about_a_waiting_face_is_undone_as_a_whole(world: World) -> None:
    person, (assigned, *_waiting) = a_collage(world)
    (question,) = open_questions(world.owner)
    change = answer(owner=world.owner, key=question.key, answer=Answer.YES, by=world.owner)
    assert change is not None
    change_undo(change=change, by=world.owner)
    assert set(person.faces.filter(image=assigned.image)) == {assigned}
    assert not FaceScan.objects.get(image=assigned.image).person_repeats
    assert [one.key for one in open_questions(world.owner)] == [question.key]


def test_a_face_unlike_the_people_beside_it_is_no_question(world: World) -> None:
    beside, _sister = world.photo(3, 4)
    world.person(beside, *(world.photo(3)[0] for _ in range(6)), name="Cleo")
    assert open_questions(world.owner) == []
