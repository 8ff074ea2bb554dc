"""albums.http.request_limits at the API: JSON that is nested too deep is a problem of the request."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings

from albums.http.request_limits import MAX_JSON_DEPTH as MAX_DEPTH
from api.tokens import token_create

VERY_DEEP = "[" * 100_000 + "]" * 100_000
VALUES = {"id": "1", "pk": "1", "upload_id": "0f0c7a52-6c1c-4a52-9d1a-6a3f2b8f3c11"}


def operations_with_json() -> list[tuple[str, str]]:
    """Method and address of every operation that takes JSON."""
    schema: Any = SchemaGenerator().get_schema(request=None, public=True)
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if "application/json" in operation.get("requestBody", {}).get("content", {}):
                filled = path
                for parameter in operation.get("parameters", ()):
                    if parameter["in"] == "path":
                        uuid = parameter["schema"].get("format") == "uuid"
                        value = VALUES["upload_id"] if uuid else "1"
                        filled = filled.replace("{" + parameter["name"] + "}", value)
                found.append((method, filled))
    return found


@pytest.mark.django_db
def test_deep_json_is_a_problem_and_no_defect_at_every_operation(settings: Settings) -> None:
    cache.clear()
    settings.API_RATES = dict.fromkeys(settings.API_RATES, "1000000/min")
    owner = User.objects.create_superuser("ada")
    secret = token_create(user=owner, name="t", scopes=["read", "write", "faces"], expires_at=None)[1]
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    anonymous = Client(raise_request_exception=False)
    found = operations_with_json()
    assert len(found) > 40
    codes = set()
    for method, path in found:
        for one in (client, anonymous):
            answer = one.generic(method.upper(), path, VERY_DEEP, content_type="application/json")
            assert answer.status_code < 500, (method, path)
            assert answer.headers["Content-Type"] == "application/problem+json", (method, path)
            codes.add((answer.status_code, answer.json()["code"]))
    assert (400, "too_deep") in codes


@pytest.mark.parametrize(
    ("depth", "code"), [(MAX_DEPTH, "invalid"), (MAX_DEPTH + 1, "too_deep"), (900, "too_deep")]
)
def test_the_depth_of_json_has_a_limit(signed_in: Client, depth: int, code: str) -> None:
    body = "[" * depth + "]" * depth
    answer = signed_in.post("/api/v1/albums/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_deep_json_of_the_upload_page_is_refused(signed_in: Client) -> None:
    answer = signed_in.post(reverse("albums:uploads"), VERY_DEEP, content_type="application/json")
    assert answer.status_code == 400
    assert json.loads(answer.content)["errors"]
