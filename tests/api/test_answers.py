"""The common behaviour of all operations: format of errors, sparse fields, rate limits, ETags."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from faces.models import Person

PEOPLE = "/api/v1/people/"


def test_an_unknown_address_is_a_problem_in_the_api_and_a_page_elsewhere(client: Client, owner: User) -> None:
    answer = client.get("/api/v1/nothing/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_there")
    assert answer.headers["Content-Type"] == "application/problem+json"
    client.force_login(owner)
    assert b"<html" in client.get("/nothing/").content


def test_an_unexpected_error_is_a_problem(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.people.stats_refresh", lambda **_: 1 / 0)
    signed_in.raise_request_exception = False
    answer = signed_in.get(PEOPLE)
    assert (answer.status_code, answer.json()["code"]) == (500, "defect")


def test_only_requested_fields_are_returned(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    page = signed_in.get(f"{PEOPLE}?fields=id,name").json()
    assert page["results"] == [{"id": person.pk, "name": "Anna"}]
    assert signed_in.get(f"{PEOPLE}{person.pk}/?fields=name").json() == {"name": "Anna"}


def test_an_unknown_field_is_named(signed_in: Client) -> None:
    answer = signed_in.get(f"{PEOPLE}?fields=id,age")
    assert answer.status_code == 400
    assert "age" in answer.json()["fields"]["fields"][0]


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "hidden=perhaps", "cursor=nonsense"])
def test_an_invalid_query_is_refused(signed_in: Client, query: str) -> None:
    answer = signed_in.get(f"{PEOPLE}?{query}")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [query.partition("=")[0]])


def test_too_many_requests_are_refused_with_the_time_to_wait(signed_in: Client, settings: Settings) -> None:
    cache.clear()
    settings.API_RATES = settings.API_RATES | {"read": "2/min"}
    answers = [signed_in.get(PEOPLE) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    # Writing has a limit of its own.
    assert signed_in.post("/api/v1/review/skips/", {}, content_type="application/json").status_code == 400
    cache.clear()


def test_unchanged_data_is_not_sent_again(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    first = signed_in.get(f"{PEOPLE}{person.pk}/")
    tag = first.headers["ETag"]
    again = signed_in.get(f"{PEOPLE}{person.pk}/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    Person.objects.filter(pk=person.pk).update(name="Anne")
    assert signed_in.get(f"{PEOPLE}{person.pk}/", headers={"If-None-Match": tag}).status_code == 200
