"""Addresses of rows in the administration that lead to no row are not found."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

TABLES = sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("key", ["http_3A_2F_2F_5B_3A_3A1", "9" * 40, "²", "-1", "_00"])
def test_a_key_that_can_be_no_row_is_not_found(visitor: Client, table: str, key: str) -> None:
    visitor.raise_request_exception = False
    for page in ("change", "delete", "history"):
        try:
            address = reverse(f"admin:{table}_{page}", args=[key])
        except NoReverseMatch:
            continue
        # Django redirects to its index with a message.
        assert visitor.get(address).status_code in {302, 403, 404}, address


@pytest.mark.parametrize("table", TABLES)
def test_the_field_that_a_row_is_looked_for_by_may_be_empty(visitor: Client, table: str) -> None:
    visitor.raise_request_exception = False
    for page in ("change", "delete"):
        address = reverse(f"admin:{table}_{page}", args=["1"])
        for answer in (visitor.post(address, {"_to_field": ""}), visitor.get(address, {"_to_field": ""})):
            assert answer.status_code < 500, address
