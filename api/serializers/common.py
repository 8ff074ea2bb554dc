"""Shapes that many operations share: parts of a query, problems, ids."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.pagination import DEFAULT_LIMIT, MOST

MOST_IDS = 10_000


def row_id(**more: Any) -> serializers.IntegerField:
    """The id of a row."""
    return serializers.IntegerField(min_value=1, max_value=2**63 - 1, **more)


def ids_field(**more: Any) -> serializers.ListField:
    """Ids of rows, at least one."""
    return serializers.ListField(child=row_id(), allow_empty=False, max_length=MOST_IDS, **more)


class PageIn(serializers.Serializer[Any]):
    """Which page of a list."""

    cursor = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=2000,
        help_text="`next` of the page before",
    )
    limit = serializers.IntegerField(
        required=False, default=DEFAULT_LIMIT, min_value=1, max_value=MOST, help_text="rows in a page"
    )


class Problem(serializers.Serializer[Any]):
    """What went wrong (RFC 9457). `code` is stable and for programs, `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    fields_ = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="what is wrong with each field, `images.3` for one of a list; `request`: with the whole",
    )
    person = serializers.IntegerField(required=False, help_text="name_taken: who has the name")
    change = serializers.IntegerField(required=False, help_text="not_the_newest: which one is")
    picture = serializers.IntegerField(required=False, help_text="which of two is meant, 1 or 2; 0: the one")
    received = serializers.IntegerField(required=False, help_text="offset_differs: the offset to send from")
    retry_after = serializers.IntegerField(required=False, help_text="seconds until it may be tried again")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`fields` is a name that serializers keep for themselves."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found
