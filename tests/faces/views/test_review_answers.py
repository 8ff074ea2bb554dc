"""Answers that are sent in the background, and the questions that come next."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from faces.models import Change, Face, Person, SkippedQuestion
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


def test_the_person_of_an_answer_is_named_right_after_it(signed_in: Client, group: MakeGroup) -> None:
    anna, first, second = group(2, look=3, name="Anna"), group(3), group(2)
    reply = answered(signed_in, same(first, second), "yes")
    assert f'name="person" value="{first.pk}"' in reply["name"]
    taken = signed_in.post("/review/name/", {"person": first.pk, "name": "anna"}).json()
    assert (taken["outcome"], taken["change"]) == ("taken", None)
    assert "Anna" in taken["message"]
    named = signed_in.post("/review/name/", {"person": first.pk, "name": "Berta"}).json()
    assert (named["outcome"], named["message"]) == ("done", "Saved: Berta")
    assert Change.objects.filter(pk=named["change"]).exists()
    merged = signed_in.post("/review/name/", {"person": first.pk, "name": "Anna", "merge": "1"}).json()
    assert merged["outcome"] == "done"
    assert anna.faces.count() == 7
    # Somebody with a name, and a no, need none.
    fourth = group(2, look=3)
    assert answered(signed_in, same(anna, fourth), "no")["name"] == ""


def test_without_a_script_the_field_for_the_name_follows_on_the_page(
    signed_in: Client, group: MakeGroup
) -> None:
    first, second = group(3), group(2)
    page = signed_in.post("/review/", {"key": same(first, second), "answer": "yes"}, follow=True)
    assert page.redirect_chain == [(f"/review/?name={first.pk}", 302)]
    assert "Who is this?" in page.content.decode()


def test_a_page_of_faces_is_marked_and_answered(signed_in: Client, group: MakeGroup) -> None:
    group(3, waiting=True)
    faces = list(Face.objects.order_by("pk"))
    Face.objects.update(poor_reason="unsure", score=0.5)
    page = signed_in.get("/review/").content.decode()
    assert "Which of these are not faces?" in page
    assert page.count('type="checkbox" name="face"') == 3
    key = "face:" + ":".join(str(face.pk) for face in faces)
    data = {"key": key, "answer": "yes", "face": [faces[1].pk]}
    assert signed_in.post("/review/answer/", data).json()["open"] == 0
    assert list(Face.objects.filter(dismissed=True)) == [faces[1]]
