"""Keys for programs: the tokens of an account, and the way to a first one with name and password."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from albums.services.accounts.accounts import account_signing_in
from api.models import ApiToken
from api.pagination import By
from api.schema import operation
from api.serializers.account import NewTokenOut, SignInIn, TokenIn, TokenOut
from api.tokens import token_create, token_revoke
from api.views.base import ApiView

TAG = "account"
OLDEST_FIRST = (By("id"),)
TOKEN = {
    "id": 4,
    "name": "Phone",
    "start": "tro_5hKq2b7x",
    "scopes": ["read", "write"],
    "created_at": "2026-05-01T09:30:00Z",
    "expires_at": None,
    "used_at": None,
}
NEW = {**TOKEN, "secret": "tro_5hKq2b7xTgkq0dB3l2v9aY1cZr8wMfEuJ4sHnPiXoQ0"}


class SignIn(ApiView):
    """Name and password for a token."""

    permission_classes = (AllowAny,)
    authentication_classes = ()

    @operation(
        "sign_in",
        tag=TAG,
        takes=SignInIn,
        gives=NewTokenOut,
        status=201,
        visitors=True,
        asked={
            "username": "ada",
            "password": "a long pass phrase",
            "name": "Phone",
            "scopes": ["read", "write"],
        },
        example=NEW,
    )
    def post(self, _request: Request) -> Response:
        """Make a token with the name and password of an account, in place of signing in on the page."""
        data = self.told(SignInIn)
        address = self.request.META.get("REMOTE_ADDR", "")
        username, password = data.pop("username"), data.pop("password")
        user = account_signing_in(username=username, password=password, address=address)
        if user is None:
            raise PermissionDenied(
                _("The name or the password is wrong. Capitals count in both."), code="wrong_password"
            )
        return Response(self.shown(NewTokenOut, made(user, data)), status=201)


def made(user: Any, data: dict[str, Any]) -> ApiToken:
    """A new token that tells its secret. Raises PermissionDenied for what this account has no right to."""
    if ApiToken.Scope.ADMIN in data["scopes"] and not user.is_staff:
        raise PermissionDenied(_("Only who looks after this server may have a token for that."))
    token, secret = token_create(user=user, **data)
    token.secret = secret  # type: ignore[attr-defined]  # shown this once, and kept nowhere
    return token


class Tokens(ApiView):
    """Keys for programs."""

    @operation("tokens_list", tag=TAG, gives=TokenOut, many=True, example=TOKEN)
    def get(self, _request: Request) -> Response:
        """One's tokens, without their secrets."""
        return self.page(TokenOut, ApiToken.objects.filter(user=self.user), OLDEST_FIRST)

    @operation(
        "token_create",
        tag=TAG,
        takes=TokenIn,
        gives=NewTokenOut,
        status=201,
        asked={"name": "Phone", "scopes": ["read", "write"]},
        example=NEW,
    )
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Make a token. A token cannot make one that may do more than itself, or for longer."""
        data, token = self.told(TokenIn), request.auth
        if isinstance(token, ApiToken) and (
            set(data["scopes"]) - set(token.scopes) or _later(data["expires_at"], token.expires_at)
        ):
            raise PermissionDenied(_("A token cannot make one that may do more than itself, or for longer."))
        return Response(self.shown(NewTokenOut, made(self.user, data)), status=201)


def _later(wanted: Any, most: Any) -> bool:
    return most is not None and (wanted is None or wanted > most)


class OneToken(ApiView):
    """One of them."""

    @operation("token_revoke", tag=TAG, status=204)
    def delete(self, _request: Request, pk: int) -> Response:
        """Make a token worthless at once."""
        if not token_revoke(user=self.user, pk=pk):
            raise Http404
        return Response(status=204)
