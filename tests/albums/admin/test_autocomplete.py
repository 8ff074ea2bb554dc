"""The administration has no fields to complete: its address for completions is not found."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize(
    "field", ["albums image owner", "albums image albums", "auth user images", "auth user nothing", "x y z"]
)
def test_nothing_is_completed_whatever_the_field(visitor: Client, field: str) -> None:
    visitor.raise_request_exception = False
    app, model, name = field.split()
    query = {"app_label": app, "model_name": model, "field_name": name, "term": "a"}
    assert visitor.get(reverse("admin:autocomplete"), query).status_code == 404
