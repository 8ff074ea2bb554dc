"""Suspected groups: their stored quality, and the questions about them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from albums.services.accounts.operators import grant_set
from faces.exceptions import NotThere, QuestionGone
from faces.models import Change, ClusterQuality, OperatorQuestion, Person, Verdict
from faces.services.core.consent import recognition_set
from faces.services.erasing.erasure import person_erase, recognition_end
from faces.services.grouping.run import owner_recluster
from faces.services.history.history import change_undo
from faces.services.people.edits import faces_confirm, person_hide, person_name
from faces.services.reviewing.answering import Answer, answer
from faces.services.reviewing.cluster_quality import (
    cluster_quality_refresh,
    cluster_quality_update,
    group_sheet,
)
from faces.services.reviewing.kinds import Kind
from faces.services.reviewing.operator_review import (
    CutGone,
    NotGranted,
    cut_question_send,
    group_confirm,
    group_split,
    groups_merge,
    may_undo,
    merge_question_send,
    operator_undo,
    undoable_by,
)
from faces.services.reviewing.queue import questions
from tests.faces.services.conftest import World


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_user("op", is_staff=True)


@pytest.fixture
def mixed(world: World) -> Person:
    """Nine faces of one person and four of another, in one group."""
    faces = [world.photo(0)[0] for _ in range(9)] + [world.photo(1)[0] for _ in range(4)]
    return world.person(*faces)


@pytest.fixture
def sound(world: World) -> Person:
    return world.person(*(world.photo(2)[0] for _ in range(6)))


def first_cut(person: Person) -> str:
    sheet = group_sheet(person)
    assert sheet is not None
    return sheet.cuts[0].key


def of_the_other(person: Person) -> set[int]:
    return set(person.faces.order_by("-pk").values_list("pk", flat=True)[:4])


def sizes(owner: User) -> list[int]:
    return sorted(person.faces.count() for person in Person.objects.filter(owner=owner))


def test_the_group_of_lowest_quality_comes_first(mixed: Person, sound: Person) -> None:
    assert cluster_quality_refresh(owner=mixed.owner) == 2
    first, last = ClusterQuality.objects.all()
    assert (first.person_id, first.faces, first.apart, first.cuts) == (mixed.pk, 13, 4, 1)
    assert first.excess > 0 > last.excess
    assert (last.person_id, last.cuts) == (sound.pk, 0)


def test_only_what_has_changed_is_looked_at_again(world: World, mixed: Person, sound: Person) -> None:
    cluster_quality_refresh(owner=mixed.owner)
    assert cluster_quality_refresh(owner=mixed.owner) == 0
    faces_confirm(faces=[sound.faces.all()[0]], by=sound.owner)
    assert cluster_quality_refresh(owner=mixed.owner) == 1
    person_hide(person=mixed, by=mixed.owner)
    cluster_quality_refresh(owner=mixed.owner)
    assert [line.person_id for line in ClusterQuality.objects.all()] == [sound.pk]


def test_looking_costs_the_same_queries_for_many_groups(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for who in range(8):
        world.person(*(world.photo(who)[0] for _ in range(3)))
    with django_assert_max_num_queries(13):
        cluster_quality_refresh(owner=world.owner)
    assert ClusterQuality.objects.count() == 8


def test_nothing_is_stored_where_recognition_is_off(mixed: Person, operator: User) -> None:
    cluster_quality_refresh(owner=mixed.owner)
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    recognition_end(owner=mixed.owner)
    assert not ClusterQuality.objects.exists()
    assert not OperatorQuestion.objects.exists()
    recognition_set(owner=mixed.owner, enabled=False)
    assert cluster_quality_refresh(owner=mixed.owner) == 0


def test_an_erased_person_is_in_no_question(mixed: Person, operator: User) -> None:
    cluster_quality_refresh(owner=mixed.owner)
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    person_erase(person=mixed, by=mixed.owner)
    assert not OperatorQuestion.objects.exists()
    assert not ClusterQuality.objects.filter(pk=mixed.pk).exists()


def test_a_cut_parts_the_two_people_and_can_be_undone(mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    other = of_the_other(mixed)
    made = group_split(person=mixed, cut=first_cut(mixed), by=operator)
    change = Change.objects.get()
    assert (change.owner, change.by, change.kind) == (mixed.owner, operator, Change.Kind.SPLIT)
    assert set(made.faces.values_list("pk", flat=True)) == other
    assert set(Verdict.objects.values_list("by", flat=True)) == {operator.pk}
    assert undoable_by(owner=mixed.owner, operator=operator) == change
    operator_undo(owner=mixed.owner, by=operator)
    assert sizes(mixed.owner) == [13]
    assert not Verdict.objects.exists()


def test_the_person_stays_where_they_are_known(mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    other = of_the_other(mixed)
    faces_confirm(faces=mixed.faces.filter(pk__in=other), by=mixed.owner)
    person_name(person=mixed, name="Ada", by=mixed.owner)
    group_split(person=mixed, cut=first_cut(mixed), by=operator)
    assert set(Person.objects.get(name="Ada").faces.values_list("pk", flat=True)) == other


def test_what_an_operator_decides_holds_in_the_next_grouping(mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    group_split(person=mixed, cut=first_cut(mixed), by=operator)
    owner_recluster(mixed.owner)
    assert sizes(mixed.owner) == [4, 9]


def test_a_confirmed_group_is_not_suspected_any_more(mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    change = group_confirm(person=mixed, by=operator)
    assert change is not None
    assert Verdict.objects.filter(kind=Verdict.Kind.IS, by=operator).count() == 13
    cluster_quality_update(people=[mixed])
    assert ClusterQuality.objects.get().excess < 0
    assert group_confirm(person=mixed, by=operator) is None


def test_groups_are_joined(world: World, mixed: Person, operator: User, stranger: User) -> None:
    again = world.person(world.photo(0)[0])
    grant_set(owner=mixed.owner, granted=True)
    groups_merge(into=mixed, other=again, by=operator)
    assert sizes(mixed.owner) == [14]
    with pytest.raises(NotThere):
        groups_merge(into=mixed, other=Person.objects.create(owner=stranger), by=operator)


def test_without_the_grant_nothing_is_decided(
    world: World, mixed: Person, sound: Person, operator: User
) -> None:
    cut = first_cut(mixed)
    for attempt in (
        lambda: group_confirm(person=mixed, by=operator),
        lambda: group_split(person=mixed, cut=cut, by=operator),
        lambda: groups_merge(into=mixed, other=sound, by=operator),
        lambda: operator_undo(owner=mixed.owner, by=operator),
    ):
        with pytest.raises(NotGranted):
            attempt()
    assert not Change.objects.exists()


def test_an_operator_undoes_only_what_they_did(mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    person_name(person=mixed, name="Ada", by=mixed.owner)
    with pytest.raises(NotThere):
        operator_undo(owner=mixed.owner, by=operator)
    assert undoable_by(owner=mixed.owner, operator=operator) is None


def test_what_a_machine_did_is_undone_with_the_grant(world: World, operator: User) -> None:
    for _ in range(4):
        world.photo(0)
    owner_recluster(world.owner)
    assert not may_undo(change=Change.objects.get(), operator=operator)
    grant_set(owner=world.owner, granted=True)
    operator_undo(owner=world.owner, by=operator)
    assert not Person.objects.exists()


def test_a_cut_of_a_group_that_has_changed_is_refused(world: World, mixed: Person, operator: User) -> None:
    grant_set(owner=mixed.owner, granted=True)
    cut = first_cut(mixed)
    late = world.photo(1)[0]
    late.person = mixed
    late.save()
    with pytest.raises(CutGone):
        group_split(person=mixed, cut=cut, by=operator)


def test_a_sent_cut_is_the_owners_next_question(mixed: Person, sound: Person, operator: User) -> None:
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    (question,) = questions(owner=mixed.owner, limit=5).questions
    assert (question.kind, question.settles, len(question.sides)) == (Kind.MIXED, 4, 2)
    assert question.probability is not None
    assert question.probability < 0.1
    shown = [{evidence.face.pk for evidence in side.faces} for side in question.sides]
    assert shown[1] == of_the_other(mixed)
    assert len(shown[0]) == 4


@pytest.mark.parametrize(("reply", "left"), [(Answer.NO, [4, 9]), (Answer.YES, [13])])
def test_the_owner_answers_it_once_and_may_take_it_back(
    mixed: Person, operator: User, reply: Answer, left: list[int]
) -> None:
    owner = mixed.owner
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    (question,) = questions(owner=owner, limit=5).questions
    change = answer(owner=owner, key=question.key, answer=reply, by=owner)
    assert change is not None
    assert sizes(owner) == left
    assert questions(owner=owner, limit=5).open == 0
    with pytest.raises(QuestionGone):
        answer(owner=owner, key=question.key, answer=reply, by=owner)
    change_undo(change=change, by=owner)
    assert [one.key for one in questions(owner=owner, limit=5).questions] == [question.key]


def test_a_sent_join_comes_before_all_others(world: World, operator: User) -> None:
    large = world.person(*(world.photo(0)[0] for _ in range(6)))
    world.person(*(world.photo(0)[0] for _ in range(5)))
    first = world.person(*(world.photo(3)[0] for _ in range(2)))
    second = world.person(*(world.photo(3)[0] for _ in range(2)))
    question = questions(owner=world.owner, limit=5).questions
    assert large.pk in {side.person.pk for side in question[0].sides if side.person}
    sent = merge_question_send(person=first, other=second, by=operator)
    question = questions(owner=world.owner, limit=5).questions
    assert question[0].key == sent.key
    assert len(question) == 2
    answer(owner=world.owner, key=sent.key, answer=Answer.NO, by=world.owner)
    assert sent.key not in [one.key for one in questions(owner=world.owner, limit=5).questions]


def test_the_owner_gets_a_question_about_a_suspected_group_without_an_operator(
    mixed: Person, sound: Person
) -> None:
    owner = mixed.owner
    assert questions(owner=owner, limit=5).open == 0
    cluster_quality_refresh(owner=owner)
    (question,) = questions(owner=owner, limit=5).questions
    assert (question.kind, question.settles) == (Kind.MIXED, 4)
    change = answer(owner=owner, key=question.key, answer=Answer.NO, by=owner)
    assert change is not None
    assert sizes(owner) == [4, 6, 9]
    assert questions(owner=owner, limit=5).open == 0
    change_undo(change=change, by=owner)
    assert questions(owner=owner, limit=5).open == 1


def test_a_group_is_questioned_once(mixed: Person, operator: User) -> None:
    cluster_quality_refresh(owner=mixed.owner)
    cut_question_send(person=mixed, cut=first_cut(mixed), by=operator)
    assert questions(owner=mixed.owner, limit=5).open == 1
