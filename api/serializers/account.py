"""Shapes of accounts, sessions, API tokens and face recognition settings."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from albums.models import Preferences
from api.models import ApiToken
from api.serializers.common import Shape, counts, expiry_field
from api.serializers.storage import SweepOut


def language_field(**options: Any) -> serializers.ChoiceField:
    """Return a field for one of the languages of the pages."""
    return serializers.ChoiceField(
        choices=settings.LANGUAGES, allow_null=True, help_text="null: the browser's language", **options
    )


def password_field(**options: Any) -> serializers.CharField:
    """Return a field for a password."""
    return serializers.CharField(max_length=4096, trim_whitespace=False, **options)


def scopes_field(**options: Any) -> serializers.ListField:
    """Return a field for the scopes of a token."""
    return serializers.ListField(child=serializers.ChoiceField(choices=ApiToken.Scope.choices), **options)


class MeOut(Shape):
    """The authenticated account."""

    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    is_staff = serializers.BooleanField(source="user.is_staff", help_text="administrator of this server")
    joined_at = serializers.DateTimeField(source="user.date_joined")
    language = language_field()
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices)
    stacks = serializers.BooleanField(help_text="lists show similar photos that were taken in a row as one")
    recognition = serializers.BooleanField(help_text="face recognition is on")
    operators_see = serializers.BooleanField(help_text="administrators may see photos and names")
    photos = serializers.IntegerField(help_text="as in the timeline")
    unread = serializers.IntegerField(help_text="files being processed")
    refused = serializers.IntegerField(help_text="files not added")
    binned = serializers.IntegerField(help_text="photos in the bin")
    originals_bytes = serializers.IntegerField()
    used_bytes = serializers.IntegerField(help_text="originals, including the bin and unfinished uploads")
    most_bytes = serializers.IntegerField(help_text="storage quota; 0: unlimited")
    scopes = scopes_field(help_text="scopes of the token; all of them for a browser session")

    example = {
        "id": 1,
        "theme": "system",
        "stacks": True,
        "photos": 5120,
        "unread": 0,
        "refused": 3,
        "binned": 12,
        "most_bytes": 107374182400,
        "scopes": ["read", "write", "faces"],
    }


class MeIn(Shape):
    """Changes to the account. Omitted fields stay unchanged."""

    username = serializers.CharField(required=False, max_length=150)
    language = language_field(required=False)
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices, required=False)
    stacks = serializers.BooleanField(required=False)
    operators_see = serializers.BooleanField(required=False)


class PasswordIn(Shape):
    """A new password."""

    current = password_field(
        allow_blank=True,
        default="",
        help_text="the current password; empty for an account without one, created by a sign-in link",
    )
    password = password_field()


class SessionOut(Shape):
    """A signed-in browser."""

    id = serializers.CharField(help_text="identifies the session; can't be used to sign in")
    expires_at = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="the session that sent this request")

    example = {"id": "5d41402abc4b2a76", "expires_at": "2026-05-15T09:30:00Z", "current": True}


class SessionsOut(Shape):
    """Signed-in browsers, the latest expiry first."""

    sessions = SessionOut(many=True)


class DeleteMeIn(Shape):
    """Confirmation of the deletion of an account."""

    password = password_field(
        help_text="the password; the username for an account without one, created by a sign-in link"
    )


class DeletedOut(Shape):
    """Receipt of a deleted account."""

    username = serializers.CharField()
    erased = counts(help_text="deleted rows and files by kind")
    sweep = SweepOut()

    example = {"erased": {"photos": 5120, "albums": 14, "files": 15360}}


class RecognitionIn(Shape):
    """The new state of face recognition."""

    enabled = serializers.BooleanField()


class RecognitionStateOut(RecognitionIn):
    """The state of face recognition and the number of faces and named people."""

    faces = serializers.IntegerField()
    people = serializers.IntegerField(help_text="named people")

    example = {"enabled": True, "faces": 231, "people": 14}


class RecognitionOut(RecognitionIn):
    """The state of face recognition and what was erased by turning it off."""

    erased = counts(allow_null=True, help_text="deleted rows by kind; null: nothing was deleted")


class TokenOut(Shape):
    """An API token without its secret."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    start = serializers.CharField(help_text="the first characters of the secret")
    scopes = scopes_field()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    used_at = serializers.DateTimeField(allow_null=True)

    example = {"id": 4, "name": "Phone"}


class TokenIn(Shape):
    """A new API token."""

    name = serializers.CharField(max_length=100)
    scopes = scopes_field(allow_empty=False, max_length=10)
    expires_at = expiry_field(allow_null=True, default=None)


class SignInIn(TokenIn):
    """A username, its password, and the API token to create."""

    username = serializers.CharField(max_length=150)
    password = password_field()
    code = serializers.CharField(
        max_length=20,
        default="",
        allow_blank=True,
        help_text="for accounts with a second step: the code of the authenticator app, or a recovery code",
    )


class NewTokenOut(TokenOut):
    """A new API token. Its secret appears in this response only."""

    secret = serializers.CharField()
