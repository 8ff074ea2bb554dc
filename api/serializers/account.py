"""The account that asks, how it is signed in to, and its tokens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from albums.models import Preferences
from api.models import ApiToken


def language_field(**more: Any) -> serializers.ChoiceField:
    """One of the languages of the pages, or null."""
    return serializers.ChoiceField(choices=settings.LANGUAGES, allow_null=True, **more)


class MeOut(serializers.Serializer[Any]):
    """Who asks."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    is_staff = serializers.BooleanField(help_text="looks after this server")
    joined_at = serializers.DateTimeField()
    language = language_field(help_text="of the pages; null: the browser's")
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices)
    recognition = serializers.BooleanField(help_text="whether faces are looked for")
    operators_see = serializers.BooleanField(
        help_text="whether who looks after this server may see one's pictures and names"
    )
    photos = serializers.IntegerField()
    originals_bytes = serializers.IntegerField()
    used_bytes = serializers.IntegerField(help_text="of originals, with the bin and what is coming in")
    most_bytes = serializers.IntegerField(help_text="what may be used; 0: as much as there is room for")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), help_text="of this token, or all"
    )


class MeIn(serializers.Serializer[Any]):
    """The name to sign in with, and how the account wants its pages. Left out: as it is."""

    username = serializers.CharField(required=False, max_length=150)
    language = language_field(required=False, help_text="null: the browser's")
    theme = serializers.ChoiceField(choices=Preferences.Theme.choices, required=False)
    operators_see = serializers.BooleanField(required=False)


class PasswordIn(serializers.Serializer[Any]):
    """A new password."""

    current = serializers.CharField(
        max_length=4096,
        trim_whitespace=False,
        allow_blank=True,
        required=False,
        default="",
        help_text="the one in use; an account that came by a sign-in link has none yet",
    )
    password = serializers.CharField(max_length=4096, trim_whitespace=False)


class SessionOut(serializers.Serializer[Any]):
    """A browser that is signed in."""

    id = serializers.CharField(help_text="to tell it by; nobody can sign in with it")
    expires_at = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="the one that asks")


class SessionsOut(serializers.Serializer[Any]):
    """Where the account is signed in, tokens apart; the session that lasts longest first."""

    sessions = SessionOut(many=True)


class DeleteMeIn(serializers.Serializer[Any]):
    """That it is really meant."""

    password = serializers.CharField(
        max_length=4096,
        trim_whitespace=False,
        help_text="the password; of an account that came by a sign-in link and has none: its name",
    )


class DeletedOut(serializers.Serializer[Any]):
    """The receipt of an account that is gone."""

    username = serializers.CharField()
    erased = serializers.DictField(child=serializers.IntegerField(), help_text="rows and files by kind")


class SignInIn(serializers.Serializer[Any]):
    """A name and its password, and the token that is wanted for them."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    name = serializers.CharField(max_length=100, help_text="of the token, to tell it by in the settings")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), allow_empty=False, max_length=10
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class RecognitionStateOut(serializers.Serializer[Any]):
    """Whether faces are looked for, and what there is of them."""

    enabled = serializers.BooleanField()
    faces = serializers.IntegerField()
    people = serializers.IntegerField(help_text="with a name")


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
