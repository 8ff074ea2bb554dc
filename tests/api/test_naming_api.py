"""Naming in the API: completions of names, suggested people, names of faces, verdicts."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from faces.models import Change, Face, Person, Verdict
from tests.rows import group_of, people_rows

API = "/api/v1"


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(f"{API}{path}", data, content_type="application/json")


def test_names_are_completed_best_first_with_a_face(signed_in: Client, owner: User, stranger: User) -> None:
    group_of(owner, 2, name="Joanna Árbol")
    group_of(owner, 1, look=2, name="Ánna")
    people_rows(stranger, 1)
    found = signed_in.get(f"{API}/people/names/?q=ANN").json()["people"]
    assert [(one["name"], one["face_count"]) for one in found] == [("Ánna", 1), ("Joanna Árbol", 2)]
    assert all(Face.objects.filter(pk=one["face"]).exists() for one in found)


def test_several_people_are_hidden_in_one_change(signed_in: Client, owner: User) -> None:
    people = people_rows(owner, 3)
    ids = [one.pk for one in people[:2]]
    assert post(signed_in, "/people/show/", {"people": ids, "hidden": True}).status_code == 204
    assert set(Person.objects.filter(hidden=True).values_list("pk", flat=True)) == set(ids)
    assert Change.objects.get().summary == "2 people hidden"


def test_two_people_are_recorded_as_different_once(signed_in: Client, owner: User) -> None:
    one, other = group_of(owner, 2, name="Anna"), group_of(owner, 2)
    part = f"/people/{one.pk}/part/"
    assert post(signed_in, part, {"other": other.pk}).status_code == 204
    again = post(signed_in, part, {"other": other.pk})
    assert (again.status_code, again.json()["code"]) == (409, "question_gone")


def test_a_name_applies_to_the_group_and_a_taken_name_is_refused(signed_in: Client, owner: User) -> None:
    anna, group = group_of(owner, 2, name="Anna"), group_of(owner, 3, look=2)
    face = group.faces.order_by("pk")[0]
    name = f"/faces/{face.pk}/name/"
    taken = post(signed_in, name, {"name": "anna"})
    assert (taken.status_code, taken.json()["code"], taken.json()["person"]) == (409, "name_taken", anna.pk)
    merged = post(signed_in, name, {"name": "anna", "meant": "merge"}).json()
    assert (merged["id"], merged["face_count"]) == (anna.pk, 5)
    undo = signed_in.get(f"{API}/changes/?undone=false&kind=merge").json()["results"][0]
    assert post(signed_in, f"/changes/{undo['id']}/undo/", {}).status_code == 200
    alone = post(signed_in, name, {"name": "Anna", "meant": "face"}).json()
    assert (alone["id"], alone["face_count"]) == (anna.pk, 3)
    rest = list(group.faces.values_list("pk", flat=True))
    assert post(signed_in, f"/faces/{rest[0]}/name/", {"name": "Ben"}).json()["face_count"] == 2
    ben = Person.objects.get(name="Ben")
    assert post(signed_in, "/faces/name/", {"faces": rest[:1], "name": "Cleo"}).json()["name"] == "Cleo"
    assert ben.faces.count() == 1


def test_people_are_suggested_for_a_face(signed_in: Client, owner: User) -> None:
    anna = group_of(owner, 4, name="Anna")
    group_of(owner, 1, waiting=True)
    face = Face.objects.get(person=None)
    waiting = signed_in.get(f"{API}/faces/waiting/").json()["results"]
    assert [(one["id"], one["likely"]["person"]) for one in waiting] == [(face.pk, anna.pk)]
    likely = signed_in.get(f"{API}/faces/{face.pk}/suggestions/").json()["people"]
    assert [one["name"] for one in likely] == ["Anna"]
    assert 0.5 < likely[0]["probability"] <= 1


def test_verdicts_are_listed_for_their_owner(signed_in: Client, owner: User, stranger: User) -> None:
    anna = group_of(owner, 3, name="Anna")
    first, second, _third = anna.faces.order_by("pk")
    post(signed_in, "/faces/confirm/", {"faces": [first.pk]})
    post(signed_in, "/faces/reject/", {"faces": [second.pk]})
    verdicts = signed_in.get(f"{API}/verdicts/?person={anna.pk}").json()["results"]
    assert {(one["face"], one["kind"], one["by"]) for one in verdicts} >= {
        (first.pk, "is", "ada"),
        (second.pk, "is_not", "ada"),
    }
    of_one = signed_in.get(f"{API}/verdicts/?face={second.pk}").json()["results"]
    assert [one["face"] for one in of_one] == [second.pk]
    signed_in.force_login(stranger)
    assert Verdict.objects.exists()
    assert signed_in.get(f"{API}/verdicts/?person={anna.pk}").json()["results"] == []
