"""Repeated requests with the same idempotency key are carried out once."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from api.models import IdempotentRequest
from faces.models import Change, Person
from faces.services.erasing.erasure import person_erase

URL = "/api/v1/people/{}/"


@pytest.fixture
def anna(owner: User) -> Person:
    return Person.objects.create(owner=owner, name="Ann")


def rename(client: Client, person: Person, name: str, *, key: str) -> Any:
    data, headers = {"name": name}, {"Idempotency-Key": key}
    return client.patch(URL.format(person.pk), data, content_type="application/json", headers=headers)


def test_the_second_request_gets_the_answer_of_the_first(signed_in: Client, anna: Person) -> None:
    first = rename(signed_in, anna, "Anna", key="k1")
    Person.objects.filter(pk=anna.pk).update(name="Anne")
    second = rename(signed_in, anna, "Anna", key="k1")
    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert Person.objects.get(pk=anna.pk).name == "Anne", "it was not done again"
    assert Change.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(signed_in: Client, anna: Person) -> None:
    rename(signed_in, anna, "Anna", key="k1")
    answer = rename(signed_in, anna, "Berta", key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_request_can_be_repeated(signed_in: Client, owner: User, anna: Person) -> None:
    berta = Person.objects.create(owner=owner, name="Berta")
    assert rename(signed_in, anna, "Berta", key="k1").status_code == 409
    assert not IdempotentRequest.objects.exists()
    berta.delete()
    assert rename(signed_in, anna, "Berta", key="k1").status_code == 200


def test_an_unexpected_error_leaves_neither_a_change_nor_a_key(
    signed_in: Client, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("api.views.base.idempotency.response_store", broken)
    signed_in.raise_request_exception = False
    assert rename(signed_in, anna, "Anna", key="k1").status_code == 500
    assert not IdempotentRequest.objects.exists()
    assert Person.objects.get(pk=anna.pk).name == "Ann"


def test_keys_belong_to_an_account(client: Client, signed_in: Client, anna: Person, stranger: User) -> None:
    rename(signed_in, anna, "Anna", key="k1")
    theirs = Person.objects.create(owner=stranger, name="Zoe")
    client.force_login(stranger)
    assert rename(client, theirs, "Zoé", key="k1").json()["name"] == "Zoé"


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_an_invalid_key_is_refused(signed_in: Client, anna: Person, key: str) -> None:
    assert rename(signed_in, anna, "Anna", key=key).status_code == 400


def test_keys_are_ignored_when_reading(signed_in: Client, anna: Person) -> None:
    for _ in range(2):
        assert signed_in.get(URL.format(anna.pk), headers={"Idempotency-Key": "k1"}).status_code == 200
    assert not IdempotentRequest.objects.exists()


def test_stored_responses_go_with_the_data_that_they_may_name(
    signed_in: Client, owner: User, stranger: User, anna: Person
) -> None:
    rename(signed_in, anna, "Anna", key="k1")
    theirs = IdempotentRequest.objects.create(user=stranger, key="k1", digest="", status=200, body={})
    person_erase(person=anna, by=owner)
    assert list(IdempotentRequest.objects.all()) == [theirs]
