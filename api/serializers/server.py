"""What this server is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class LimitsOut(serializers.Serializer[Any]):
    """How much is taken at once."""

    file_bytes = serializers.IntegerField()
    piece_bytes = serializers.IntegerField()
    uploads_under_way = serializers.IntegerField()
    bin_days = serializers.IntegerField()
    zip_bytes = serializers.IntegerField()
    zip_files = serializers.IntegerField(help_text="in one zip")
    page_rows = serializers.IntegerField(help_text="in one page of a list")
    ids = serializers.IntegerField(help_text="in one request")
    requests_a_minute = serializers.DictField(
        child=serializers.IntegerField(), help_text="by kind: read, write, upload, faces, visitor"
    )


class ServerOut(serializers.Serializer[Any]):
    """What this server is."""

    name = serializers.CharField()
    version = serializers.CharField(help_text="of the server")
    api = serializers.CharField(help_text="the version of this API")
    languages = serializers.ListField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField(), help_text="media types of photos")
    detector = serializers.CharField()
    embedder = serializers.CharField()
    limits = LimitsOut()
