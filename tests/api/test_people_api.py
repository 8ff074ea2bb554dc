"""People, faces, changes and the review queue in the API."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Image
from albums.services.erasing.bin import images_bin
from faces.models import Change, Face, FaceScan, Person, Verdict
from tests.rows import group_of, image_rows, people_rows

API = "/api/v1"


def post(client: Client, path: str, data: Any, status: int = 200) -> Any:
    response = client.post(f"{API}{path}", data, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def error(response: Any) -> str:
    body = response.json()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert set(body) - {"fields", "change", "person"} == {"type", "title", "status", "code", "detail"}
    assert body["status"] == response.status_code
    return str(body["code"])


@pytest.mark.parametrize("path", ["/people/", "/people/1/", "/changes/", "/review/"])
def test_a_visitor_gets_nothing(client: Client, owner: User, path: str) -> None:
    response = client.get(f"{API}{path}")
    assert response.status_code == 401
    assert error(response) == "not_authenticated"


@pytest.mark.parametrize("count", [3, 60])
def test_people_come_in_pages_with_their_counts(
    signed_in: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people_rows(owner, count)
    signed_in.get(f"{API}/people/")  # counts the faces
    with django_assert_num_queries(6):
        body = signed_in.get(f"{API}/people/").json()
    assert len(body["results"]) == min(count, 50)
    assert (body["next"] is None) is (count < 50)
    assert body["results"][0]["face_count"] == 1


def test_a_cover_in_the_bin_is_replaced_by_the_face_that_pages_show(
    signed_in: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seen, binned = (
        group_of(owner, 2, look=1, name="Anna", files=False),
        group_of(owner, 2, look=5, name="Ben", files=False),
    )
    covers = {}
    for person in (seen, binned):
        covers[person.pk] = person.faces.order_by("pk")[0]
        Person.objects.filter(pk=person.pk).update(cover=covers[person.pk])
    images_bin(images=Image.objects.filter(faces=covers[binned.pk]), by=owner)
    listed = {one["id"]: one["cover"] for one in signed_in.get(f"{API}/people/").json()["results"]}
    other = binned.faces.order_by("pk")[1].pk
    assert listed == {seen.pk: covers[seen.pk].pk, binned.pk: other}
    assert signed_in.get(f"{API}/people/{binned.pk}/").json()["cover"] == other
    with django_assert_num_queries(6):
        signed_in.get(f"{API}/people/")


def test_a_person_is_changed_in_one_change(signed_in: Client, owner: User) -> None:
    person = group_of(owner, 2, look=1, files=False)
    data = {"name": "Anna", "birth_date": "2015-06-30", "hidden": True}
    response = signed_in.patch(f"{API}/people/{person.pk}/", data, content_type="application/json")
    assert response.status_code == 200
    body = response.json()
    assert (body["name"], body["birth_date"], body["hidden"]) == ("Anna", "2015-06-30", True)
    assert Change.objects.count() == 1
    change = signed_in.get(f"{API}/changes/").json()["results"][0]
    assert change["by"] == "ada"
    post(signed_in, f"/changes/{change['id']}/undo/", {})
    person.refresh_from_db()
    assert (person.name, person.hidden, person.birth_date) == ("", False, None)


def test_merging_splitting_moving_confirming_rejecting_and_dismissing(signed_in: Client, owner: User) -> None:
    anna, other = (
        group_of(owner, 3, look=1, name="Anna", files=False),
        group_of(owner, 2, look=2, files=False),
    )
    assert post(signed_in, f"/people/{anna.pk}/merge/", {"others": [other.pk]})["face_count"] == 5
    faces = list(anna.faces.order_by("pk").values_list("pk", flat=True))
    made = post(signed_in, f"/people/{anna.pk}/split/", {"faces": faces[3:]}, status=201)
    assert made["face_count"] == 2
    assert post(signed_in, "/faces/assign/", {"faces": faces[3:4], "person": None})["id"] != made["id"]
    post(signed_in, "/faces/assign/", {"faces": faces[3:4], "person": anna.pk})
    post(signed_in, "/faces/confirm/", {"faces": faces[:2]})
    post(signed_in, "/faces/reject/", {"faces": faces[2:3]})
    post(signed_in, "/faces/dismiss/", {"faces": faces[4:]})
    assert set(anna.faces.values_list("pk", flat=True)) == {faces[0], faces[1], faces[3]}
    assert Verdict.objects.filter(face=faces[2], person=anna, kind="is_not").exists()
    assert Face.objects.get(pk=faces[4]).dismissed


def test_the_same_person_twice_in_a_photo_is_allowed_and_faces_are_grouped_again(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped: list[int] = []
    monkeypatch.setattr("api.views.faces.enqueue_regrouping", grouped.append)
    image = image_rows(owner, 1)[0]
    scan = FaceScan.objects.create(image=image)
    url = f"{API}/images/{image.pk}/repeats/"
    assert signed_in.put(url, {"allowed": True}, content_type="application/json").status_code == 200
    scan.refresh_from_db()
    assert scan.person_repeats
    assert grouped == [owner.pk]


def test_the_queue_is_listed_answered_and_skipped(signed_in: Client, owner: User) -> None:
    anna, other = (
        group_of(owner, 3, look=1, name="Anna", files=False),
        group_of(owner, 2, look=1, files=False),
    )
    group_of(owner, 2, look=5, files=False)
    group_of(owner, 1, look=5, files=False)
    body = signed_in.get(f"{API}/review/?limit=5").json()
    assert (body["open"], body["unlikely"]) == (2, 0)
    first, second = body["results"]
    assert first["key"] == f"same:{anna.pk}:{other.pk}"
    assert [side["person"]["id"] for side in first["sides"]] == [anna.pk, other.pk]
    assert len(first["sides"][0]["faces"]) == 3
    assert 0 < first["probability"] <= 1
    post(signed_in, "/review/skips/", {"key": first["key"]})
    keys = [one["key"] for one in signed_in.get(f"{API}/review/").json()["results"]]
    assert keys == [second["key"], first["key"]]
    data = {"answers": [{"key": first["key"], "answer": "yes"}, {"key": "same:1:2", "answer": "no"}]}
    done = post(signed_in, "/review/answers/", data)
    assert (done["given"], done["gone"]) == ([first["key"]], ["same:1:2"])
    assert done["change"]["kind"] == "answers"
    assert anna.faces.count() == 5


@pytest.mark.parametrize("count", [2, 8])
def test_a_longer_queue_costs_no_more_queries(
    signed_in: Client, owner: User, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        group_of(owner, 2, look=number, name=f"Person {number}", files=False)
        group_of(owner, 2, look=number, files=False)
    signed_in.get(f"{API}/review/")
    with django_assert_max_num_queries(17):
        assert len(signed_in.get(f"{API}/review/").json()["results"]) == count


@pytest.mark.parametrize("count", [2, 60])
def test_more_changes_cost_no_more_queries(
    signed_in: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Change.objects.bulk_create(
        Change(owner=owner, by=owner, kind="name", text=f"{at}") for at in range(count)
    )
    with django_assert_num_queries(4):
        assert len(signed_in.get(f"{API}/changes/").json()["results"]) == min(count, 50)


@pytest.mark.parametrize(
    "case",
    [
        ("/people/{mine}/merge/", {"others": []}, 400, "invalid"),
        ("/people/{mine}/merge/", {"others": ["x"]}, 400, "invalid"),
        ("/people/{mine}/merge/", {"others": ["{theirs}"]}, 404, "not_there"),
        ("/people/{theirs}/merge/", {"others": ["{mine}"]}, 404, "not_there"),
        ("/people/{mine}/split/", {"faces": ["{face}"]}, 409, "nothing_left"),
        ("/faces/confirm/", {"faces": ["{foreign}"]}, 404, "not_there"),
        ("/faces/assign/", {"faces": ["{face}"]}, 400, "invalid"),
        ("/faces/assign/", {"faces": ["{face}"], "person": "{theirs}"}, 404, "not_there"),
        ("/changes/{change}/undo/", {}, 404, "not_there"),
        ("/review/skips/", {"key": "nonsense"}, 409, "question_gone"),
        ("/review/answers/", {"answers": [{"key": "x", "answer": "maybe"}]}, 400, "invalid"),
    ],
)
def test_errors_have_one_format_and_never_reveal_rows_of_others(
    signed_in: Client, owner: User, stranger: User, case: tuple[str, dict[str, Any], int, str]
) -> None:
    path, data, status, code = case
    mine, theirs = group_of(owner, 1, look=1, files=False), group_of(stranger, 1, look=1, files=False)
    foreign = theirs.faces.get()
    ids = {
        "mine": mine.pk,
        "theirs": theirs.pk,
        "face": mine.faces.get().pk,
        "foreign": foreign.pk,
        "photo": foreign.image_id,
        "change": Change.objects.create(owner=stranger, kind="name", text="x").pk,
    }

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return ids.get(value.strip("{}"), value) if isinstance(value, str) else value

    body = {key: filled(value) for key, value in data.items()}
    response = signed_in.post(f"{API}{path.format(**ids)}", body, content_type="application/json")
    assert response.status_code == status, response.content
    assert error(response) == code


def test_only_the_newest_change_is_undone(signed_in: Client, owner: User) -> None:
    person = group_of(owner, 2, look=1, files=False)
    for name in ("Anna", "Berta"):
        signed_in.patch(f"{API}/people/{person.pk}/", {"name": name}, content_type="application/json")
    newest, older = Change.objects.all()
    response = signed_in.post(f"{API}/changes/{older.pk}/undo/")
    assert (response.status_code, error(response)) == (409, "not_the_newest")
    post(signed_in, f"/changes/{newest.pk}/undo/", {})
    post(signed_in, f"/changes/{newest.pk}/undo/", {}, status=409)
    assert post(signed_in, f"/changes/{older.pk}/undo/", {})["undone_at"]


def test_a_body_that_is_not_json_is_refused(signed_in: Client) -> None:
    response = signed_in.post(f"{API}/faces/confirm/", "{", content_type="application/json")
    assert (response.status_code, error(response)) == (400, "parse_error")
