"""The review queue: what is open_questions, in which order, and that an answer is a fact at once."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from faces.exceptions import PeopleError, QuestionGone
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person, Verdict
from faces.question_texts import question_text
from faces.services.grouping.run import owner_recluster
from faces.services.history.history import change_undo
from faces.services.people.stats import stats_refresh
from faces.services.reviewing.answering import Answer, AnswerUnfit, answer, answers
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.queue import questions, skip
from faces.vision.profiles import FACENET_SFACE256
from tests.faces.services.conftest import World
from tests.faces.services.reviewing.conftest import group, open_questions
from tests.rows import unit

pytestmark = pytest.mark.usefixtures("crops")


def waiting_poor(world: World, *, score: float) -> Face:
    face = world.photo(-1)[0]
    Face.objects.filter(pk=face.pk).update(poor_reason="unsure", score=score)
    return face


def a_mirror(world: World) -> tuple[Person, list[Face]]:
    """A named person who is in one photo twice, and alone in another."""
    pair = world.photo(3, 3)
    return world.person(*pair, world.photo(3)[0], name="Cleo"), pair


def test_an_unassigned_face_without_candidates_is_no_question(world: World) -> None:
    queue = questions(owner=world.owner, limit=5)
    assert (list(queue.questions), queue.open, queue.unlikely) == ([], 0, 0)


def test_the_question_that_affects_most_faces_comes_first(world: World) -> None:
    named = group(world, 0, 3, "Anna")
    small, large = group(world, 0, 2), group(world, 1, 5)
    also_large = group(world, 1, 4)
    loose = world.photo(0)[0]
    # Nearer to Anna's faces than to the other two of her.
    hers = FaceEmbedding.objects.filter(face__person=named).values_list("vector", flat=True)
    FaceEmbedding.objects.filter(face=loose).update(vector=unit(np.mean(list(hers), axis=0)))
    uncertain = waiting_poor(world, score=0.5)
    found = open_questions(world.owner)
    assert [(one.kind, one.settles) for one in found] == [
        (Kind.SAME_PERSON, 4),
        (Kind.SAME_PERSON, 2),
        (Kind.IS_NAME, 1),
        (Kind.IS_FACE, 1),
    ]
    assert [side.person for side in found[0].sides] == [large, also_large]
    assert [side.person for side in found[1].sides] == [named, small]
    assert question_text(found[1]) == "Is this also Anna?"
    assert question_text(found[2]) == "Is this Anna?"
    assert found[2].sides[0].faces[0].face == loose
    assert found[3].sides[0].faces[0].face == uncertain


def test_the_mean_distance_is_that_between_the_faces_of_both(world: World) -> None:
    first, second = group(world, 0, 4), group(world, 0, 3)

    def vectors(person: Person) -> np.ndarray:
        return np.stack([np.asarray(v) for v in person.faces.values_list("embeddings__vector", flat=True)])

    mean = float((1 - vectors(first) @ vectors(second).T).mean())
    (question,) = open_questions(world.owner)
    assert question.probability == pytest.approx(FACENET_SFACE256.calibration.probability(mean), abs=1e-4)


def test_named_pairs_pairs_in_one_photo_and_hidden_people_are_no_questions(world: World) -> None:
    group(world, 0, 2, "Anna")
    group(world, 0, 2, "Berta")
    together = world.photo(1, 1)
    world.person(together[0], world.photo(1)[0])
    world.person(together[1], world.photo(1)[0])
    group(world, 2, 3)
    Person.objects.filter(pk=group(world, 2, 3).pk).update(hidden=True)
    assert open_questions(world.owner) == []


def test_the_same_person_is_one_person_at_once(world: World) -> None:
    named, other = group(world, 0, 3, "Anna"), group(world, 0, 4)
    (question,) = open_questions(world.owner)
    change = answer(owner=world.owner, key=question.key, answer=Answer.YES, by=world.owner)
    assert change is not None
    assert change.kind == Change.Kind.ANSWERS
    assert named.faces.count() == 7
    assert not Person.objects.filter(pk=other.pk).exists()
    assert open_questions(world.owner) == []
    change_undo(change=change, by=world.owner)
    assert [one.key for one in open_questions(world.owner)] == [question.key]


def test_two_people_stay_two_through_a_run_and_are_not_questioned_again(world: World) -> None:
    first, second = group(world, 0, 4), group(world, 0, 3)
    (question,) = open_questions(world.owner)
    change = answer(owner=world.owner, key=question.key, answer=Answer.NO, by=world.owner)
    assert open_questions(world.owner) == []
    owner_recluster(world.owner)
    refused = Verdict.objects.get(kind=Verdict.Kind.IS_NOT)
    assert refused.person == first
    assert Face.objects.get(pk=refused.face_id).person_id != first.pk
    assert all(one.key != question.key for one in open_questions(world.owner))
    assert change is not None
    assert second.pk != first.pk


def test_a_no_between_two_says_nothing_about_a_third(world: World) -> None:
    people = [group(world, 0, count) for count in (5, 4, 3)]
    keys = {one.key for one in open_questions(world.owner)}
    assert len(keys) == 3
    answer(owner=world.owner, key=f"same:{people[0].pk}:{people[1].pk}", answer=Answer.NO, by=world.owner)
    assert {one.key for one in open_questions(world.owner)} == keys - {f"same:{people[0].pk}:{people[1].pk}"}


@pytest.mark.parametrize(("reply", "kind"), [(Answer.YES, "is"), (Answer.NO, "is_not")])
def test_whose_face_it_is_becomes_a_verdict(world: World, reply: Answer, kind: str) -> None:
    named, face = group(world, 0, 3, "Anna"), world.photo(0)[0]
    (question,) = open_questions(world.owner)
    answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)
    assert Verdict.objects.get(face=face, person=named).kind == kind
    face.refresh_from_db()
    assert face.person == (named if reply is Answer.YES else None)
    assert open_questions(world.owner) == []


@pytest.mark.parametrize("reply", [Answer.YES, Answer.NO])
def test_an_uncertain_face_is_confirmed_or_dismissed_and_never_questioned_again(
    world: World, reply: Answer
) -> None:
    face = waiting_poor(world, score=0.5)
    waiting_poor(world, score=0.95)
    (question,) = open_questions(world.owner)
    change = answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)
    face.refresh_from_db()
    assert (face.drawn, face.dismissed) == (reply is Answer.YES, reply is Answer.NO)
    assert open_questions(world.owner) == []
    assert change is not None
    change_undo(change=change, by=world.owner)
    assert [one.key for one in open_questions(world.owner)] == [question.key]


@pytest.mark.parametrize("reply", [Answer.YES, Answer.NO, Answer.OTHER])
def test_somebody_twice_in_a_photo_is_a_mirror_or_somebody_else(world: World, reply: Answer) -> None:
    person, _pair = a_mirror(world)
    (question,) = open_questions(world.owner)
    assert question.kind is Kind.TWICE
    assert question_text(question) == "Is Cleo in this photo twice?"
    first, second = (side.faces[0].face for side in question.sides[:2])
    answer(owner=world.owner, key=question.key, answer=reply, by=world.owner)
    there = set(person.faces.filter(image=first.image))
    expected = {Answer.YES: {first, second}, Answer.NO: {first}, Answer.OTHER: {second}}
    assert there == expected[reply]
    assert FaceScan.objects.get(image=first.image).person_repeats is (reply is Answer.YES)
    assert all(one.key != question.key for one in open_questions(world.owner))


def test_what_was_put_off_comes_last_in_the_order_of_putting_off(world: World) -> None:
    group(world, 0, 3)
    group(world, 0, 3)
    group(world, 1, 2)
    group(world, 1, 2)
    waiting_poor(world, score=0.5)
    first, second, third = (one.key for one in open_questions(world.owner))
    skip(owner=world.owner, key=second)
    skip(owner=world.owner, key=first)
    assert [(one.key, one.skipped) for one in open_questions(world.owner)] == [
        (third, False),
        (second, True),
        (first, True),
    ]
    assert [one.key for one in open_questions(world.owner, limit=1)] == [third]


def test_several_answers_are_one_change_and_those_no_longer_open_are_named(world: World) -> None:
    group(world, 0, 3, "Anna")
    group(world, 0, 2)
    waiting_poor(world, score=0.5)
    same, uncertain = (one.key for one in open_questions(world.owner))
    given = [(same, Answer.YES), (uncertain, Answer.NO), (same, Answer.YES)]
    result = answers(owner=world.owner, given=given, by=world.owner)
    assert (list(result.given), list(result.gone)) == ([same, uncertain], [same])
    assert Change.objects.count() == 1
    assert Change.objects.get().summary == "Answered 2 questions"
    change_undo(change=Change.objects.get(), by=world.owner)
    assert [one.key for one in open_questions(world.owner)] == [same, uncertain]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "same",
        "same:1",
        "same:1:2:3",
        "who:1:2",
        "same:a:b",
        "face:99",
        "name:1:²",
        "same:" + "9" * 40 + ":1",
    ],
)
def test_a_closed_question_is_reported_as_gone(owner: User, key: str) -> None:
    with pytest.raises(QuestionGone):
        answer(owner=owner, key=key, answer=Answer.YES, by=owner)
    assert not Change.objects.exists()


def test_an_answer_must_fit_the_question(world: World) -> None:
    waiting_poor(world, score=0.5)
    (question,) = open_questions(world.owner)
    with pytest.raises(AnswerUnfit):
        answer(owner=world.owner, key=question.key, answer=Answer.OTHER, by=world.owner)


def test_no_account_answers_anothers_questions(world: World, stranger: User) -> None:
    group(world, 0, 3, "Anna")
    group(world, 0, 2)
    world.photo(0)
    a_mirror(world)
    waiting_poor(world, score=0.5)
    found = open_questions(world.owner)
    assert len(found) == 4
    for question in found:
        with pytest.raises(PeopleError):
            answer(owner=stranger, key=question.key, answer=Answer.YES, by=stranger)
    assert open_questions(stranger) == []
    assert not Change.objects.exists()


@pytest.mark.parametrize("count", [2, 12])
def test_many_questions_cost_as_many_queries_as_few(
    world: World, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for who in range(count):
        group(world, who, 2, f"Person {who}")
        group(world, who, 2)
    a_mirror(world)
    world.photo(0)
    waiting_poor(world, score=0.5)
    stats_refresh(owner_id=world.owner.pk)
    with django_assert_max_num_queries(20):
        assert len(open_questions(world.owner)) >= count + 3
