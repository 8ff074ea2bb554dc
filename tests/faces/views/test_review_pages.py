"""The review page, the journal, and the forms that say who is who."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from faces.models import Change, Face, FaceScan, Person, SkippedQuestion, Verdict
from tests.faces.views.conftest import MakeGroup
from tests.rows import face_row, stored_image


def ids(person: Person) -> list[int]:
    return list(person.faces.order_by("pk").values_list("pk", flat=True))


def act(client: Client, action: str, faces: list[int], **more: object) -> str:
    data = {"action": action, "face": faces, "next": "/people/", **more}
    response = client.post("/faces/act/", data, follow=True)
    assert response.redirect_chain == [("/people/", 302)]
    return response.content.decode()


def test_an_empty_queue_has_a_friendly_message(signed_in: Client) -> None:
    assert "All done" in signed_in.get("/review/").content.decode()


def test_a_question_is_answered_and_the_answer_undone(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(3, name="Anna"), group(2)
    page = signed_in.get("/review/").content.decode()
    assert "Is this also Anna?" in page
    assert 'data-key="y"' in page
    key = f"same:{anna.pk}:{other.pk}"
    page = signed_in.post("/review/", {"key": key, "answer": "yes"}, follow=True).content.decode()
    assert "All done" in page
    assert anna.faces.count() == 5
    change = Change.objects.get()
    undone = signed_in.post(f"/changes/{change.pk}/undo/", {"next": "/review/"}, follow=True)
    assert undone.redirect_chain == [("/review/", 302)]
    assert "Is this also Anna?" in undone.content.decode()


def test_a_question_is_put_off_or_found_to_be_gone(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(3, name="Anna"), group(2)
    key = f"same:{anna.pk}:{other.pk}"
    page = signed_in.post("/review/", {"key": key, "answer": "skip"}, follow=True).content.decode()
    assert "skipped before" in page
    assert SkippedQuestion.objects.get().key == key
    gone = signed_in.post("/review/", {"key": "same:1:2", "answer": "yes"}, follow=True).content.decode()
    assert "no longer open" in gone
    odd = signed_in.post("/review/", {"key": key, "answer": "perhaps"}, follow=True).content.decode()
    assert "Choose one of the answers" in odd


@pytest.mark.parametrize("pairs", [1, 6])
def test_the_review_page_costs_as_many_queries_whatever_is_open(
    signed_in: Client, group: MakeGroup, pairs: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for look in range(pairs):
        group(2, look=look, name=f"Person {look}")
        group(2, look=look)
    signed_in.get("/review/")
    with django_assert_max_num_queries(18):
        assert signed_in.get("/review/").status_code == 200


@pytest.mark.parametrize("count", [1, 60])
def test_the_journal_costs_as_many_queries_whatever_its_length(
    signed_in: Client, owner: User, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    Change.objects.bulk_create(
        Change(owner=owner, by=owner, kind="name", text=f"Named Person {at}") for at in range(count)
    )
    with django_assert_max_num_queries(8):
        page = signed_in.get("/changes/").content.decode()
    assert page.count('class="change"') == min(count, 50)
    assert page.count(">Undo<") == 1


def test_only_the_newest_change_is_undone(signed_in: Client, owner: User) -> None:
    older, _newer = (Change.objects.create(owner=owner, kind="name", text=f"Named {at}") for at in "ab")
    page = signed_in.post(f"/changes/{older.pk}/undo/", follow=True).content.decode()
    assert "Undo a later change first" in page
    older.refresh_from_db()
    assert older.undone_at is None


def test_no_account_undoes_or_moves_another_accounts_faces(
    signed_in: Client, stranger: User, group: MakeGroup
) -> None:
    theirs = Change.objects.create(owner=stranger, kind="name", text="Secret")
    assert signed_in.post(f"/changes/{theirs.pk}/undo/").status_code == 404
    person = Person.objects.create(owner=stranger, name="Secret")
    face = face_row(stored_image(stranger), person=person)
    assert "form is incomplete" in act(signed_in, "reject", [face.pk])
    for path in ("merge", "visibility", "details"):
        assert signed_in.post(f"/people/{person.pk}/{path}/").status_code == 404
    assert signed_in.post(f"/photos/{face.image_id}/repeats/").status_code == 404
    assert not Verdict.objects.exists()


def test_ticked_faces_are_moved_by_name_old_or_new(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(2, name="Anna"), group(3, look=2)
    first, second, _third = ids(other)
    assert "1 face moved to Anna" in act(signed_in, "move", [first], who="anna")
    assert "1 face moved to Berta" in act(signed_in, "move", [second], who=" Berta ")
    assert Face.objects.get(pk=first).person == anna
    assert Face.objects.get(pk=second).person == Person.objects.get(name="Berta")
    assert Change.objects.count() == 2


def test_ticked_faces_are_confirmed_rejected_split_dismissed_or_made_the_cover(
    signed_in: Client, group: MakeGroup
) -> None:
    anna = group(6, name="Anna")
    faces = ids(anna)
    assert "1 face confirmed" in act(signed_in, "confirm", faces[:1])
    assert "1 face removed from this person" in act(signed_in, "reject", faces[1:2])
    assert "moved to a new person" in act(signed_in, "split", faces[2:3])
    assert "1 face removed" in act(signed_in, "dismiss", faces[3:4])
    assert "Cover updated" in act(signed_in, "cover", faces[4:5])
    anna.refresh_from_db()
    assert anna.cover_id == faces[4]
    assert ids(anna) == [faces[0], faces[4], faces[5]]
    assert "Select at least one face" in act(signed_in, "confirm", [])
    assert "form is incomplete" in act(signed_in, "wish", faces[:1])


def test_people_are_merged_hidden_shown_and_given_a_birth_date(signed_in: Client, group: MakeGroup) -> None:
    anna, other = group(2, name="Anna"), group(3)
    response = signed_in.post(f"/people/{other.pk}/merge/", {"who": "anna"})
    assert response.headers["Location"] == f"/people/{anna.pk}/"
    assert anna.faces.count() == 5
    assert (
        "No other person has this name"
        in signed_in.post(f"/people/{anna.pk}/merge/", {"who": "Anna"}, follow=True).content.decode()
    )
    signed_in.post(f"/people/{anna.pk}/visibility/", {"hidden": "1"})
    signed_in.post(f"/people/{anna.pk}/details/", {"birth_date": "2015-06-30"})
    page = signed_in.get(f"/people/{anna.pk}/").content.decode()
    assert "born June 30, 2015" in page
    assert "· hidden" in page
    bad = signed_in.post(f"/people/{anna.pk}/details/", {"birth_date": "soon"}, follow=True)
    assert "year-month-day" in bad.content.decode()
    signed_in.post(f"/people/{anna.pk}/visibility/", {"hidden": "0"})
    anna.refresh_from_db()
    assert not anna.hidden


def test_a_photo_page_says_who_is_here_and_whether_twice(
    signed_in: Client, group: MakeGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped: list[int] = []
    monkeypatch.setattr("faces.views.actions.enqueue_regrouping", grouped.append)
    face = group(1, name="Anna").faces.get()
    page = signed_in.get(f"/photos/{face.image_id}/").content.decode()
    assert 'aria-label="Edit Anna"' in page
    assert f'href="/faces/{face.pk}/' in page
    answered = signed_in.post(f"/photos/{face.image_id}/repeats/", {"allowed": "1"}, follow=True)
    assert "The same person can appear twice in this photo." in answered.content.decode()
    assert FaceScan.objects.get(image=face.image).person_repeats
    assert grouped == [face.image.owner_id]
    # Redirects to the page before, and never to another site.
    here = f"/photos/{face.image_id}/?person=7"
    for given, leads in ((here, here), ("https://elsewhere.example/", f"/photos/{face.image_id}/")):
        back = signed_in.post(f"/photos/{face.image_id}/repeats/", {"allowed": "0", "next": given})
        assert back.url == leads  # type: ignore[attr-defined]  # a redirect


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_redirects_stay_on_this_site(signed_in: Client, group: MakeGroup, address: str) -> None:
    face = ids(group(1))[0]
    response = signed_in.post("/faces/act/", {"action": "confirm", "face": face, "next": address})
    assert response.headers["Location"] == "/people/"


@pytest.mark.parametrize("path", ["/review/", "/changes/", "/faces/act/"])
def test_a_visitor_is_redirected_to_sign_in(client: Client, owner: User, path: str) -> None:
    assert client.post(path).headers["Location"].startswith("/sign-in/")
