"""Every operation is asked what its schema allows, and what not: no 5xx, nothing outside the schema."""

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
from tests.page_rows import people_rows

EXAMPLES = int(os.environ.get("TROMBINE_API_EXAMPLES", "2"))
"""Of each operation. With hundreds (they take long) every edge of the schema is tried, too."""
THOROUGH = 50
OFTEN_ENOUGH = "1000000/min"

schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())

schema.config.phases.coverage.enabled = EXAMPLES >= THOROUGH


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The transaction of the test outlives its requests: none closes the connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def bearer(db: None, settings: Settings, _one_connection: None) -> str:
    """Of an account with some of everything."""
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
def test_whatever_is_asked_is_answered_as_the_schema_says(case: schemathesis.Case[Any], bearer: str) -> None:
    # What fits the schema may still be refused: a cursor of another list. And of what does not fit, something
    # may be passed over: a parameter that there is none of.
    excluded: list[Any] = [positive_data_acceptance, negative_data_rejection]
    if (case.query or {}).get("fields"):
        # Then what is always there otherwise may be left out: there is no word for that in OpenAPI.
        excluded.append(response_schema_conformance)
    case.call_and_validate(headers={"Authorization": bearer}, excluded_checks=excluded)
