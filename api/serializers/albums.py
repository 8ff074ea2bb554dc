"""Shapes of albums, members and share links."""

from rest_framework import serializers

from albums.models import Album, AlbumMember
from api.serializers.common import CountOut, Shape, expiry_field, id_field, ids_field
from api.serializers.edits import PhotoChangeOut
from faces.models import PersonAlbum


class FollowsIn(Shape):
    """The people of a smart album."""

    people = ids_field()
    rule = serializers.ChoiceField(
        choices=PersonAlbum.Rule.choices, help_text="photos with everyone, or with anyone of them"
    )


class FollowsOut(Shape):
    """The people of a smart album."""

    people = serializers.ListField(child=serializers.IntegerField())
    rule = serializers.ChoiceField(choices=PersonAlbum.Rule.choices)


class AlbumOut(Shape):
    """An album of the account, or one that is shared with it."""

    id = serializers.IntegerField(source="pk")
    owner = serializers.CharField(source="owner.username")
    role = serializers.ChoiceField(
        choices=["owner", *AlbumMember.Role.values], help_text="role of the account in this album"
    )
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    sort = serializers.ChoiceField(choices=Album.Sort.choices)
    cover = serializers.IntegerField(source="cover_image_id", allow_null=True, help_text="a photo")
    photo_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    gallery = serializers.BooleanField(help_text="a look-alike gallery")
    follows = FollowsOut(allow_null=True, help_text="null: no smart album, or another account's")

    example = {"id": 7, "role": "owner", "name": "Summer 2024", "cover": 512, "follows": None}


class NewAlbumIn(Shape):
    """A new album."""

    name = serializers.CharField(max_length=200)
    images = ids_field(required=False, help_text="photos of the account to add")
    follows = FollowsIn(required=False, help_text="create a smart album")


class AlbumIn(Shape):
    """Changes to an album. Omitted fields stay unchanged."""

    name = serializers.CharField(required=False, max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    sort = serializers.ChoiceField(choices=Album.Sort.choices, required=False)
    cover = id_field(required=False, allow_null=True, help_text="a photo of the album; null: the newest")
    gallery = serializers.BooleanField(
        required=False,
        help_text="make it a look-alike gallery: its members see the names and faces of its people",
    )
    follows = FollowsIn(
        required=False, allow_null=True, help_text="smart albums only; null: turn it into an ordinary album"
    )


class MemberOut(Shape):
    """An account that an album is shared with."""

    username = serializers.CharField(source="user.username")
    role = serializers.ChoiceField(choices=AlbumMember.Role.choices)

    example = {"username": "ben", "role": "viewer"}


class MemberIn(Shape):
    """The account to share an album with. Accounts can't be listed: the exact username is required."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=AlbumMember.Role.choices)


class AlbumChangeOut(CountOut):
    """Photos that were added to an album or removed from it."""

    undo = serializers.CharField(
        allow_blank=True, help_text="for `album_undo`, within an hour; empty if a job changes the album"
    )
    job = serializers.IntegerField(allow_null=True, help_text="the studio's job that changes the album")
    change = PhotoChangeOut(allow_null=True, help_text="the change that the job makes")

    example = {"job": None, "change": None}


class AlbumUndoIn(Shape):
    """A change to undo."""

    undo = serializers.CharField(help_text="as returned by `album_add` or `album_take_out`")


class LinkOut(Shape):
    """A share link: it opens an album without an account."""

    id = serializers.IntegerField(source="pk")
    token = serializers.CharField(help_text="the address of the page is /s/TOKEN/")
    has_password = serializers.BooleanField(source="password")
    expires_at = serializers.DateTimeField(allow_null=True)
    downloads = serializers.BooleanField()
    keeps_location = serializers.BooleanField()
    shows_names = serializers.BooleanField()
    lookalike = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True, help_text="the last visit")

    example = {"id": 3, "has_password": True, "downloads": True, "expires_at": "2027-01-01T00:00:00Z"}


class LinkIn(Shape):
    """Options of a share link. Omitted fields stay unchanged."""

    password = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=200,
        trim_whitespace=False,
        help_text="empty: no password; null or omitted: unchanged",
    )
    expires_at = expiry_field(required=False, allow_null=True, help_text="in the future; null: never")
    downloads = serializers.BooleanField(required=False, help_text="allow downloads of the originals")
    keeps_location = serializers.BooleanField(
        required=False,
        help_text="downloads include position, serial numbers, names and descriptions; false by default",
    )
    shows_names = serializers.BooleanField(required=False, help_text="show the names of people in the photos")
    lookalike = serializers.BooleanField(
        required=False, help_text="allow look-alike searches, if the album is a gallery"
    )
