"""Answers that are sent in the background, and the questions that come next."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from faces.models import Change, Person, SkippedQuestion
from tests.faces.views.conftest import MakeGroup


def answered(client: Client, key: str, replies: str, *held: str) -> dict[str, Any]:
    response = client.post("/review/answer/", {"key": key, "answer": replies, "held": list(held)})
    return dict(response.json())


def same(one: Person, other: Person) -> str:
    return f"same:{min(one.pk, other.pk)}:{max(one.pk, other.pk)}"


def test_the_questions_after_those_held_come_with_all_that_shows_them(
    signed_in: Client, group: MakeGroup
) -> None:
    pairs = [(group(3, look=look, name=f"Person {look}"), group(2, look=look)) for look in range(3)]
    keys = [same(*pair) for pair in pairs]
    reply = signed_in.get("/review/next/", {"held": keys[0]}).json()
    html = {one["key"]: one["html"] for one in reply["questions"]}
    assert html.keys() == set(keys[1:])
    assert (reply["open"], reply["gone"]) == (3, [])
    assert f'data-question="{keys[1]}"' in html[keys[1]]
    assert "Is this also Person 1?" in html[keys[1]]


def test_an_answer_that_settles_a_held_question_says_so(signed_in: Client, group: MakeGroup) -> None:
    anna, second, third = group(4, name="Anna"), group(3), group(2)
    held = [same(anna, third), same(second, third)]
    reply = answered(signed_in, same(anna, second), "yes", *held)
    assert reply["outcome"] == "done"
    assert reply["change"] == Change.objects.get().pk
    # The third cannot be compared with somebody who is no more.
    assert reply["gone"] == [same(second, third)]
    assert reply["open"] == 1
    assert "Undo" in reply["undo"]


def test_an_answer_to_a_question_that_is_gone_changes_nothing(signed_in: Client, group: MakeGroup) -> None:
    group(2, name="Anna")
    reply = answered(signed_in, "same:1:2", "yes")
    assert reply["outcome"] == "gone"
    assert reply["message"]
    assert answered(signed_in, "same:1:2", "perhaps")["outcome"] == "refused"
    assert not Change.objects.exists()


def test_answers_and_skips_are_taken_back(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(3, name="Anna"), group(2)
    key = same(anna, other)
    change = answered(signed_in, key, "yes")["change"]
    reply = signed_in.post("/review/undo/", {"change": change}).json()
    assert [one["key"] for one in reply["questions"]] == [key]
    assert Person.objects.filter(pk=other.pk).exists()
    assert answered(signed_in, key, "skip")["change"] is None
    assert SkippedQuestion.objects.exists()
    assert signed_in.post("/review/undo/", {"key": key}).json()["outcome"] == "done"
    assert not SkippedQuestion.objects.exists()
    assert signed_in.post("/review/undo/").json()["outcome"] == "refused"


def test_no_account_undoes_another_accounts_change(
    signed_in: Client, stranger: User, group: MakeGroup
) -> None:
    theirs = Change.objects.create(owner=stranger, kind="name", text="Secret")
    reply = signed_in.post("/review/undo/", {"change": theirs.pk}).json()
    assert reply["outcome"] == "refused"
    theirs.refresh_from_db()
    assert theirs.undone_at is None


@pytest.mark.parametrize("pairs", [1, 5])
def test_what_comes_next_costs_as_many_queries_whatever_is_open(
    signed_in: Client, group: MakeGroup, pairs: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for look in range(pairs):
        group(2, look=look, name=f"Person {look}")
        group(2, look=look)
    signed_in.get("/review/next/")
    with django_assert_max_num_queries(18):
        assert signed_in.get("/review/next/").json()["questions"]
