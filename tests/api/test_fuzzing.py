"""Requests that the schema allows, and others: no 5xx, and no response outside the schema."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from pytest_django import Settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
)

from api.models import ApiToken
from api.tokens import token_create
from faces.models import Change
from tests.rows import people_rows

EXAMPLES = int(os.environ.get("TROMBINE_API_EXAMPLES", "2"))
"""Examples per operation. Hundreds also cover every edge of the schema, and take long."""
THOROUGH = 50
OFTEN_ENOUGH = "1000000/min"

# Generated here, because a request for it is counted in the database, which tests may not use yet.
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
schema.app = get_wsgi_application()

schema.config.phases.coverage.enabled = EXAMPLES >= THOROUGH


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Prevent requests from closing the connection of the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def bearer(db: None, settings: Settings, _one_connection: None) -> str:
    """Return a token of an account with rows of every kind."""
    cache.clear()
    settings.API_RATES = dict.fromkeys(settings.API_RATES, OFTEN_ENOUGH)
    owner = User.objects.create_superuser("ada")
    people_rows(owner, 3)
    Change.objects.create(owner=owner, by=owner, kind="name", text="Named Anna")
    secret = token_create(user=owner, name="t", scopes=ApiToken.Scope.values, expires_at=None)[1]
    return f"Bearer {secret}"


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
def test_responses_match_the_schema(case: schemathesis.Case[Any], bearer: str) -> None:
    # A valid request may still be refused, such as a cursor of another list. An invalid one may be accepted:
    # unknown parameters are ignored.
    excluded: list[Any] = [positive_data_acceptance, negative_data_rejection]
    if (case.query or {}).get("fields"):
        # Required fields may be missing then, which OpenAPI cannot express.
        excluded.append(response_schema_conformance)
    case.call_and_validate(headers={"Authorization": bearer}, excluded_checks=excluded)
