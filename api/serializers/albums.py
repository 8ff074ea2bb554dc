"""Albums, with whom they are shared, and the links to them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from albums.models import Album, AlbumMember
from api.serializers.common import ids_field, row_id
from faces.models import PersonAlbum


class FollowsIn(serializers.Serializer[Any]):
    """Whose photos an album fills itself with."""

    people = ids_field(help_text="one's own people")
    rule = serializers.ChoiceField(
        choices=PersonAlbum.Rule.choices, help_text="all of them in one photo, or any of them"
    )


class FollowsOut(serializers.Serializer[Any]):
    """Whose photos an album fills itself with."""

    people = serializers.ListField(child=serializers.IntegerField())
    rule = serializers.ChoiceField(choices=PersonAlbum.Rule.choices)


class AlbumOut(serializers.Serializer[Any]):
    """An album: one's own, or one that is shared with one."""

    id = serializers.IntegerField(source="pk")
    owner = serializers.CharField(source="owner.username")
    role = serializers.ChoiceField(choices=["owner", *AlbumMember.Role.values], help_text="what one may do")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    sort = serializers.ChoiceField(choices=Album.Sort.choices)
    cover = serializers.IntegerField(source="cover_image_id", allow_null=True, help_text="a photo")
    photo_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    follows = FollowsOut(allow_null=True, help_text="null: it is filled by hand, or is another's")


class NewAlbumIn(serializers.Serializer[Any]):
    """A new album."""

    name = serializers.CharField(max_length=200)
    images = ids_field(required=False, help_text="photos of one's own that are put in at once")
    follows = FollowsIn(required=False, help_text="it fills itself")


class AlbumIn(serializers.Serializer[Any]):
    """What can be changed of an album. Left out: it stays as it is."""

    name = serializers.CharField(required=False, max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    sort = serializers.ChoiceField(choices=Album.Sort.choices, required=False)
    cover = row_id(required=False, allow_null=True, help_text="a photo in it; null: the newest")
    follows = FollowsIn(
        required=False, allow_null=True, help_text="of one that fills itself; null: from now on by hand"
    )


class CountOut(serializers.Serializer[Any]):
    """How many."""

    count = serializers.IntegerField()


class MemberOut(serializers.Serializer[Any]):
    """An account that an album is shared with."""

    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(choices=AlbumMember.Role.choices)


class MemberIn(serializers.Serializer[Any]):
    """Whom to share an album with: there is no list of accounts, one has to know the name."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=AlbumMember.Role.choices)


class LinkOut(serializers.Serializer[Any]):
    """An address by which an album can be seen without an account."""

    id = serializers.IntegerField(source="pk")
    token = serializers.CharField(help_text="the page is /s/TOKEN/")
    has_password = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)
    downloads = serializers.BooleanField()
    shows_names = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True, help_text="when somebody last looked")


class LinkIn(serializers.Serializer[Any]):
    """What a link gives."""

    password = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=200,
        trim_whitespace=False,
        help_text="empty: none is asked for; null or left out: as it is",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, help_text="null: never")
    downloads = serializers.BooleanField(required=False)
    shows_names = serializers.BooleanField(required=False, help_text="of the people in the photos")
