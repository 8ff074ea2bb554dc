"""What is told to whoever has the address of a share link: less than to anybody with an account."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.images import RenditionOut


class SharedAlbumOut(serializers.Serializer[Any]):
    """The album of a link."""

    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    photo_count = serializers.IntegerField()
    downloads = serializers.BooleanField()
    shows_names = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)


class SharedImageOut(serializers.Serializer[Any]):
    """A photo of that album."""

    id = serializers.IntegerField(source="pk")
    width = serializers.IntegerField(allow_null=True)
    height = serializers.IntegerField(allow_null=True)
    captured_at = serializers.DateTimeField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
    names = serializers.ListField(
        child=serializers.CharField(), help_text="who is in it; empty where the link hides names"
    )
    renditions = RenditionOut(many=True)
