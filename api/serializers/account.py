"""The account that asks, its tokens, its work, and the server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from albums.models import Preferences
from api.models import ApiToken
from faces.models import ClusteringRun


class MeOut(serializers.Serializer[Any]):
    """Who asks."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    is_staff = serializers.BooleanField(help_text="looks after this server")
    joined_at = serializers.DateTimeField()
    language = serializers.CharField(allow_blank=True, help_text="empty: the browser's")
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices)
    recognition = serializers.BooleanField(help_text="whether faces are looked for")
    photos = serializers.IntegerField()
    originals_bytes = serializers.IntegerField()
    used_bytes = serializers.IntegerField(help_text="of originals, with the bin and what is coming in")
    most_bytes = serializers.IntegerField(help_text="what may be used; 0: as much as there is room for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), help_text="of this token, or all"
    )


class MeIn(serializers.Serializer[Any]):
    """How the account wants its pages. Left out: as it is."""

    language = serializers.ChoiceField(
        choices=["", *(code for code, _name in settings.LANGUAGES)], required=False
    )
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices, required=False)


class RecognitionIn(serializers.Serializer[Any]):
    """Whether faces are looked for."""

    enabled = serializers.BooleanField()


class RecognitionOut(serializers.Serializer[Any]):
    """Whether faces are looked for, and what was erased when that ended."""

    enabled = serializers.BooleanField()
    erased = serializers.DictField(
        child=serializers.IntegerField(), allow_null=True, help_text="rows by kind"
    )


class TokenOut(serializers.Serializer[Any]):
    """A token, without its secret."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    start = serializers.CharField(help_text="its first letters")
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.Scope.choices))
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    used_at = serializers.DateTimeField(allow_null=True)


class TokenIn(serializers.Serializer[Any]):
    """A new token."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), allow_empty=False, max_length=10
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class NewTokenOut(TokenOut):
    """A new token, with its secret, which is shown this once."""

    secret = serializers.CharField()


class StageOut(serializers.Serializer[Any]):
    """How far one kind of work is."""

    name = serializers.CharField(help_text="read, scan, group")
    label = serializers.CharField()  # type: ignore[assignment]  # every field has a label, and this a field of it
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True, help_text="what has come of it so far")
    finished = serializers.BooleanField()


class JobsOut(serializers.Serializer[Any]):
    """How far the work on one's photos is."""

    busy = serializers.BooleanField()
    stages = StageOut(many=True)


class FailedScanOut(serializers.Serializer[Any]):
    """A photo in which faces could not be looked for."""

    image = serializers.IntegerField(source="image_id")
    reason = serializers.CharField(help_text="a stable code")
    detail = serializers.CharField(source="why", help_text="the same for people")
    attempts = serializers.IntegerField()
    finished_at = serializers.DateTimeField(allow_null=True)


class RunOut(serializers.Serializer[Any]):
    """One grouping of faces into people."""

    id = serializers.IntegerField(source="pk")
    state = serializers.ChoiceField(choices=ClusteringRun.State.choices)
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    embedder = serializers.CharField()
    parameters = serializers.DictField(child=serializers.JSONField())
    faces = serializers.IntegerField()
    people = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="faces left with nobody")
    moved = serializers.IntegerField(help_text="faces whose person changed")
    error = serializers.CharField(allow_blank=True)


class QueuedOut(serializers.Serializer[Any]):
    """What was handed to the workers."""

    queued = serializers.BooleanField()


class LimitsOut(serializers.Serializer[Any]):
    """How much is taken at once."""

    file_bytes = serializers.IntegerField()
    piece_bytes = serializers.IntegerField()
    uploads_under_way = serializers.IntegerField()
    bin_days = serializers.IntegerField()


class ServerOut(serializers.Serializer[Any]):
    """What this server is."""

    name = serializers.CharField()
    api = serializers.CharField(help_text="the version of this API")
    languages = serializers.ListField(child=serializers.CharField())
    detector = serializers.CharField()
    embedder = serializers.CharField()
    limits = LimitsOut()
