"""Cluster review: suspected groups for an operator, with and without the owner's grant."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from albums.services.accounts.operators import grant_set
from faces.models import Change, ClusterQuality, Face, OperatorQuestion, Person, Verdict
from faces.services.reviewing.cluster_quality import cluster_quality_refresh, group_sheet
from tests.faces.services.conftest import World

NAME = "Ada Lovelace"


@pytest.fixture
def world(owner: User) -> World:
    return World(owner)


@pytest.fixture
def mixed(world: World) -> Person:
    faces = [world.photo(0)[0] for _ in range(9)] + [world.photo(1)[0] for _ in range(4)]
    for face in faces:
        face.crop.save(f"{face.pk}.jpg", ContentFile(b"\xff\xd8\xff picture"))
    person = world.person(*faces, name=NAME)
    world.person(*(world.photo(2)[0] for _ in range(3)))
    cluster_quality_refresh(owner=world.owner)
    return person


@pytest.fixture
def operator(client: Client, db: None) -> User:
    user = User.objects.create_superuser("op", password="x")
    client.force_login(user)
    return user


def page_of(client: Client, person: Person) -> str:
    answer = client.get(f"/admin/cluster-review/{person.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, person: Person, **given: object) -> str:
    answer = client.post(f"/admin/cluster-review/{person.pk}/do/", given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def cut_of(person: Person) -> str:
    sheet = group_sheet(person)
    assert sheet is not None
    return sheet.cuts[0].key


def test_the_list_has_the_lowest_quality_first(client: Client, operator: User, mixed: Person) -> None:
    page = client.get("/admin/faces/clusterquality/").content.decode()
    other = Person.objects.exclude(pk=mixed.pk).get()
    assert page.index(f"/admin/cluster-review/{mixed.pk}/") < page.index(f"/admin/cluster-review/{other.pk}/")
    assert "Suspected" in page
    assert "9 | 4" in page
    suspected = client.get("/admin/faces/clusterquality/?quality=suspected").content.decode()
    assert f"/admin/cluster-review/{other.pk}/" not in suspected


def test_the_list_costs_the_same_queries_for_many_groups(
    client: Client, operator: User, world: World, mixed: Person
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/admin/faces/clusterquality/")
        return len(seen)

    queries()
    few = queries()
    for _ in range(8):
        world.person(*(world.photo(3)[0] for _ in range(2)))
    cluster_quality_refresh(owner=world.owner)
    assert ClusterQuality.objects.count() == 10
    assert queries() <= few


def test_without_the_grant_there_are_shapes_and_no_pictures(
    client: Client, operator: User, mixed: Person
) -> None:
    page = page_of(client, mixed)
    assert "<svg" in page
    assert "4 of 13" in page
    assert NAME not in page + client.get("/admin/faces/clusterquality/").content.decode()
    assert "/admin/cluster-review/faces/" not in page
    assert "Split here" not in page
    face = mixed.faces.first()
    assert face is not None
    assert client.get(f"/admin/cluster-review/faces/{face.pk}.jpg").status_code == 404
    for act in ("confirm", "split", "merge", "undo"):
        given = {"do": act, "cut": cut_of(mixed), "other": Person.objects.exclude(pk=mixed.pk).get().pk}
        assert "has not granted access" in do(client, mixed, **given)
    assert not Change.objects.exists()


def test_a_question_can_be_sent_without_the_grant(client: Client, operator: User, mixed: Person) -> None:
    assert "Sent to the owner" in do(client, mixed, do="ask-cut", cut=cut_of(mixed))
    sent = OperatorQuestion.objects.get()
    assert (sent.by, sent.about, sent.settles) == (operator, mixed.pk, 4)
    assert "waiting for an answer" in page_of(client, mixed)
    assert "Question withdrawn" in do(client, mixed, do="unask", key=sent.key)
    assert not OperatorQuestion.objects.exists()
    assert "Not found" in do(client, mixed, do="unask", key=sent.key)


def test_with_the_grant_a_mixture_is_cut_and_brought_back(
    client: Client, operator: User, mixed: Person
) -> None:
    grant_set(owner=mixed.owner, granted=True)
    page = page_of(client, mixed)
    assert NAME in page
    assert page.count("/admin/cluster-review/faces/") >= 13
    face = mixed.faces.first()
    assert face is not None
    picture = client.get(f"/admin/cluster-review/faces/{face.pk}.jpg")
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert "no-cache" in picture.headers["Cache-Control"]
    assert "is now a separate person" in do(client, mixed, do="split", cut=cut_of(mixed))
    assert mixed.faces.count() == 9
    assert ClusterQuality.objects.get(pk=mixed.pk).excess < 0
    assert Change.objects.get().by == operator
    assert "Undone" in do(client, mixed, do="undo")
    assert mixed.faces.count() == 13
    assert ClusterQuality.objects.get(pk=mixed.pk).excess > 0


def test_a_group_is_confirmed(client: Client, operator: User, mixed: Person) -> None:
    grant_set(owner=mixed.owner, granted=True)
    do(client, mixed, do="confirm")
    assert Verdict.objects.filter(by=operator).count() == 13
    assert "Sound" in page_of(client, mixed)


def test_likely_twins_are_joined(client: Client, operator: User, world: World, mixed: Person) -> None:
    again = world.person(*(world.photo(0)[0] for _ in range(3)))
    grant_set(owner=mixed.owner, granted=True)
    assert f"/admin/cluster-review/{again.pk}/" in page_of(client, mixed)
    do(client, mixed, do="merge", other=again.pk)
    assert mixed.faces.count() == 16


def test_what_makes_no_sense_is_refused(client: Client, operator: User, mixed: Person) -> None:
    grant_set(owner=mixed.owner, granted=True)
    assert "The group has changed" in do(client, mixed, do="split", cut="nonsense")
    address = f"/admin/cluster-review/{mixed.pk}/do/"
    assert client.post(address, {"do": "explode"}).status_code == 404
    assert client.post(address, {"do": "merge", "other": "x"}).status_code == 404
    assert client.get("/admin/cluster-review/999999/").status_code == 404


def test_it_is_for_operators_alone(client: Client, mixed: Person) -> None:
    client.force_login(mixed.owner)
    face = Face.objects.first()
    assert face is not None
    for address in (
        "/admin/faces/clusterquality/",
        f"/admin/cluster-review/{mixed.pk}/",
        f"/admin/cluster-review/faces/{face.pk}.jpg",
    ):
        assert client.get(address).status_code in {302, 403}
    assert client.post(f"/admin/cluster-review/{mixed.pk}/do/", {"do": "confirm"}).status_code in {302, 403}
    assert not Verdict.objects.exists()
