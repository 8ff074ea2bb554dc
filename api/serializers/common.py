"""Request and response shapes that several operations share."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_IDS = 10_000


class Shape(serializers.Serializer[Any]):
    """Base of the request and response shapes."""

    example: ClassVar[dict[str, Any]] = {}
    """Values of the example in the schema that differ from those in `api.examples`."""


def id_field(**options: Any) -> serializers.IntegerField:
    """Return a field for the id of a row."""
    return serializers.IntegerField(min_value=1, max_value=2**63 - 1, **options)


def captured_at_field() -> serializers.CharField:
    """Return a field for the time of a photo."""
    return serializers.CharField(
        source="captured.text",
        allow_null=True,
        help_text="ISO 8601, by the clock where it was taken: with the offset from UTC where it is known "
        "(2024-07-01T23:30:00-07:00), else without (2024-07-01T23:30:00), or the date alone (2024-07-01)",
    )


def expiry_field(**options: Any) -> serializers.DateTimeField:
    """Return a field for the time at which something expires, which is not over."""

    def not_over(moment: datetime) -> None:
        if moment <= timezone.now():
            raise serializers.ValidationError(_("This time is over. Choose a later one."), code="past")

    return serializers.DateTimeField(validators=[not_over], **options)


def ids_field(**options: Any) -> serializers.ListField:
    """Return a field for the ids of one or more rows."""
    return serializers.ListField(child=id_field(), allow_empty=False, max_length=MAX_IDS, **options)


def optional_text(max_length: int, **options: Any) -> serializers.CharField:
    """Return a text field that is empty by default."""
    return serializers.CharField(default="", allow_blank=True, max_length=max_length, **options)


def values_field(child: serializers.Field[Any, Any, Any, Any], **options: Any) -> serializers.ListField:
    """Return a field for a query parameter that may be repeated."""
    return serializers.ListField(child=child, default=list, max_length=20, **options)


def counts(**options: Any) -> serializers.DictField:
    """Return a field for numbers by name."""
    return serializers.DictField(child=serializers.IntegerField(), **options)


class PageIn(Shape):
    """The page of a list."""

    cursor = optional_text(2000, help_text="`next` of the previous page")
    limit = serializers.IntegerField(
        default=DEFAULT_LIMIT, min_value=1, max_value=MAX_LIMIT, help_text="rows per page"
    )


class CountOut(Shape):
    """A number of affected rows."""

    count = serializers.IntegerField()


class Problem(Shape):
    """Details of an error (RFC 9457). `code` is stable; `detail` is a message for users."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    fields_ = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="messages by field; `images.3` is an item of a list, `request` the request as a whole",
    )
    person = serializers.IntegerField(required=False, help_text="name_taken: the person with this name")
    change = serializers.IntegerField(required=False, help_text="not_the_newest: the newest change")
    picture = serializers.IntegerField(required=False, help_text="the picture: 1 or 2 of two, 0 of one")
    received = serializers.IntegerField(required=False, help_text="offset_differs: the offset to resume from")
    retry_after = serializers.IntegerField(
        required=False, help_text="seconds to wait before the next attempt"
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; `fields` itself is a reserved name of serializers."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found
