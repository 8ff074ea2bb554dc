"""The schema: complete, valid, without a warning, with an example of everything."""

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in schema["paths"].values() for name, one in path.items() if name in METHODS]


def test_it_is_made_without_a_warning(schema: dict[str, Any]) -> None:
    assert not GENERATOR_STATS, {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache}
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1.")


def test_every_operation_says_what_it_does_and_has_a_name(schema: dict[str, Any]) -> None:
    found = operations(schema)
    assert all(one["description"] and one["tags"] for one in found)
    assert len({one["operationId"] for one in found}) == len(found)


def test_every_operation_has_examples_of_what_it_takes_and_gives(schema: dict[str, Any]) -> None:
    without = []
    for one in operations(schema):
        bodies = [one["requestBody"]] if "requestBody" in one else []
        bodies += [answer for status, answer in one["responses"].items() if status.startswith("2")]
        for body in bodies:
            for media, content in body.get("content", {}).items():
                if media == "application/json" and "examples" not in content:
                    without.append(one["operationId"])
    assert without == []


@pytest.mark.django_db
def test_the_pages_about_it_ask_no_other_server(client: Client) -> None:
    for path in ("", "redoc/"):
        page = client.get(f"/api/v1/docs/{path}").content.decode()
        assert "http" not in page.replace("http-equiv", "")
        assert "drf_spectacular_sidecar" in page


@pytest.mark.django_db
def test_it_is_there_as_json(client: Client) -> None:
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "Trombine"
