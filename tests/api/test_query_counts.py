"""Longer lists cost no more queries. Every list of the schema is tested here."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator

from tests.api.list_rows import LISTS, people_named

FEW, MANY = 10, 60


def test_every_list_of_the_schema_is_counted() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = {
        operation["operationId"]
        for path in schema["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
        and any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ()))
    }
    assert found == LISTS.keys()


@pytest.fixture
def ada(db: None, client: Client) -> User:
    owner = User.objects.create_user("ada")
    client.force_login(owner)
    return owner


def requested(client: Client, path: str) -> tuple[int, int]:
    """Return the numbers of rows and queries, of a request that is not the first."""
    address = f"/api/v1/{path}{'&' if '?' in path else '?'}limit=500"
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return len(answer.json()["results"]), len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_costs_no_more_queries(client: Client, ada: User, name: str) -> None:
    make = LISTS[name]
    few, queries_of_few = requested(client, make(ada, 0, FEW))
    many, queries_of_many = requested(client, make(ada, FEW, MANY - FEW))
    assert (few, many) >= (FEW, MANY)
    assert many - few >= MANY - FEW
    assert queries_of_many <= queries_of_few


def test_more_names_cost_no_more_queries(client: Client, ada: User) -> None:
    counts = []
    for start, count in ((0, FEW), (FEW, MANY - FEW)):
        address = f"/api/v1/{people_named(ada, start, count)}&limit=50"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            found = client.get(address).json()["people"]
        counts.append((len(found), len(queries)))
    assert [found for found, _queries in counts] == [FEW, 50]
    assert counts[1][1] <= counts[0][1]
