"""The schema: complete, valid, without warnings, with examples."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
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


def test_it_is_generated_without_a_warning(schema: dict[str, Any]) -> None:
    assert not GENERATOR_STATS, {**GENERATOR_STATS._warn_cache, **GENERATOR_STATS._error_cache}
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1.")


def test_every_operation_has_a_name_a_summary_and_a_description(schema: dict[str, Any]) -> None:
    found = operations(schema)
    assert all(one["summary"] and one["description"] and one["tags"] for one in found)
    assert len({one["operationId"] for one in found}) == len(found)


def test_every_operation_has_examples_of_request_and_response(schema: dict[str, Any]) -> None:
    without = []
    for one in operations(schema):
        bodies = [one["requestBody"]] if "requestBody" in one else []
        bodies += [answer for status, answer in one["responses"].items() if status.startswith("2")]
        for body in bodies:
            for media, content in body.get("content", {}).items():
                if media == "application/json" and "examples" not in content:
                    without.append(one["operationId"])
    assert without == []


def test_its_names_suit_the_types_of_a_generated_client(schema: dict[str, Any]) -> None:
    odd = ("Enum", "Request", "Serializer")
    names = [name for name in schema["components"]["schemas"] if name.endswith(odd)]
    assert names == [], "name choices in ENUM_NAME_OVERRIDES, and shapes with In and Out"


def test_each_media_type_of_a_request_has_its_own_type(schema: dict[str, Any]) -> None:
    """Generated clients select the media type by the type of the body."""
    for one in operations(schema):
        content = one.get("requestBody", {}).get("content", {})
        shapes = [media["schema"].get("$ref", "") for media in content.values()]
        assert len(set(shapes)) == len(shapes), one["operationId"]


def test_files_are_also_declared_as_octet_stream(schema: dict[str, Any]) -> None:
    for one in operations(schema):
        content = one["responses"].get("200", {}).get("content", {})
        if not any("json" in media for media in content) and content:
            assert "application/octet-stream" in content, one["operationId"]


def test_every_property_has_a_type(schema: dict[str, Any]) -> None:
    """Responses without content have none."""
    loose = [
        f"{name}.{key}"
        for name, shape in schema["components"]["schemas"].items()
        for key, field in shape.get("properties", {}).items()
        if field.get("additionalProperties") == {} or not field
    ]
    assert loose == []


@pytest.mark.django_db
def test_defaults_of_parameters_are_accepted(client: Client, schema: dict[str, Any]) -> None:
    """Generated clients send them."""
    client.force_login(User.objects.create_superuser("ada"))
    for path, item in schema["paths"].items():
        if "get" not in item or "{" in path:
            continue
        parameters = item["get"].get("parameters", ())
        defaults = {one["name"]: one["schema"]["default"] for one in parameters if "default" in one["schema"]}
        if any(one.get("required") for one in parameters) or path.endswith(("/schema/", "/export/")):
            continue
        answer = client.get(path, {name: _as_text(value) for name, value in defaults.items()})
        assert answer.status_code == 200, (path, answer.content)


def _as_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@pytest.mark.django_db
def test_the_documentation_pages_load_nothing_from_other_servers(client: Client) -> None:
    for path, script in (("", "drf_spectacular_sidecar"), ("redoc/", "/docs/redoc/script.js")):
        page = client.get(f"/api/v1/docs/{path}").content.decode()
        assert "http" not in page.replace("http-equiv", "")
        assert script in page


@pytest.mark.django_db
def test_it_is_available_as_json(client: Client) -> None:
    answer = client.get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "Trombine"
