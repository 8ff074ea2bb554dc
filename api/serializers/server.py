"""Shapes of the server's description."""

from rest_framework import serializers

from api.serializers.common import Shape, counts


class LimitsOut(Shape):
    """Limits on what the server accepts."""

    file_bytes = serializers.IntegerField()
    piece_bytes = serializers.IntegerField()
    uploads_under_way = serializers.IntegerField(help_text="unfinished uploads per account")
    bin_days = serializers.IntegerField(help_text="days before photos in the bin are deleted")
    zip_bytes = serializers.IntegerField()
    zip_files = serializers.IntegerField(help_text="files per zip")
    page_rows = serializers.IntegerField(help_text="rows per page")
    ids = serializers.IntegerField(help_text="ids per request")
    requests_a_minute = counts(help_text="by kind of request: read, write, upload, faces, visitor")


class ServerOut(Shape):
    """The server's version, models and limits."""

    name = serializers.CharField()
    version = serializers.CharField(help_text="version of the server")
    api = serializers.CharField(help_text="version of this API")
    languages = serializers.ListField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField(), help_text="accepted media types of photos")
    detector = serializers.CharField()
    embedder = serializers.CharField()
    limits = LimitsOut()
