"""API tokens: list, create and revoke them, or sign in for a first one."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import AllowAny

from albums.http.client_address import client_address
from albums.ordering import BY_ID
from albums.pagination import Page
from albums.services.accounts.accounts import account_signing_in
from albums.services.accounts.second_step import code_is_right, second_step_needed
from api.models import ApiToken
from api.schema import Operation
from api.serializers.account import NewTokenOut, SignInIn, TokenIn, TokenOut
from api.tokens import token_create, token_revoke
from api.views.base import ApiView

PHONE = {"name": "Phone", "scopes": ["read", "write"]}


class SignIn(ApiView):
    """Sign in with username and password."""

    tag = "account"
    permission_classes = (AllowAny,)
    authentication_classes = ()

    @Operation(
        "sign_in",
        request=SignInIn,
        response=NewTokenOut,
        status=201,
        request_example={"username": "ada", "password": "a long pass phrase", **PHONE},
    )
    def post(self) -> ApiToken:
        """Create an API token with the username and password of an account.

        An account with a second step also needs a `code`: without one the answer is `code_needed`. An account
        whose only second step is a passkey creates tokens on the pages.
        """
        data = self.validated_body(SignInIn)
        address = client_address(self.django_request)
        username, password, code = data.pop("username"), data.pop("password"), data.pop("code")
        user = account_signing_in(username=username, password=password, address=address)
        if user is None:
            message = _("Wrong username or password. Both are case-sensitive.")
            raise PermissionDenied(message, code="wrong_password")
        if second_step_needed(user):
            if not code:
                message = _("This account has a second step: send the code of the authenticator app.")
                raise PermissionDenied(message, code="code_needed")
            if not code_is_right(user=user, code=code, address=address):
                raise PermissionDenied(_("Wrong code."), code="wrong_code")
        return new_token(user, data)


def new_token(user: User, data: dict[str, Any]) -> ApiToken:
    """Create a token that has its secret. Raises PermissionDenied for scopes the account may not grant."""
    if ApiToken.Scope.ADMIN in data["scopes"] and not user.is_staff:
        raise PermissionDenied(_("Only administrators may create a token with this scope."))
    token, secret = token_create(user=user, **data)
    token.secret = secret  # type: ignore[attr-defined]  # for this response only, never stored
    return token


class Tokens(ApiView):
    """List and create API tokens."""

    tag = "account"

    @Operation("tokens_list", response=TokenOut, many=True)
    def get(self) -> Page:
        """List the API tokens of the account, without their secrets."""
        return self.page(ApiToken.objects.filter(user=self.user), BY_ID)

    @Operation("token_create", request=TokenIn, response=NewTokenOut, status=201, request_example=PHONE)
    @transaction.atomic
    def post(self) -> ApiToken:
        """Create an API token. A token can't create one with more scopes or a later expiry than its own."""
        data, token = self.validated_body(TokenIn), self.request.auth
        if isinstance(token, ApiToken) and (
            set(data["scopes"]) - set(token.scopes) or _later(data["expires_at"], token.expires_at)
        ):
            raise PermissionDenied(
                _("A token can't create one with more rights or a later expiry than its own.")
            )
        return new_token(self.user, data)


def _later(requested: datetime | None, limit: datetime | None) -> bool:
    return limit is not None and (requested is None or requested > limit)


class TokenDetail(ApiView):
    """Revoke an API token."""

    tag = "account"

    @Operation("token_revoke")
    def delete(self, pk: int) -> None:
        """Revoke an API token, effective immediately."""
        if not token_revoke(user=self.user, pk=pk):
            raise Http404
