"""Who asks, by the token in the request: `Authorization: Bearer tro_…`."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.models import ApiToken
from api.tokens import token_of

KEYWORD = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """Requests with a token are its owner's. Others are left to the session."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Whose token it is. Raises AuthenticationFailed for one that is wrong, revoked or over."""
        keyword, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        token = token_of(secret.strip())
        if token is None:
            message = _("This token is wrong, was revoked, or its time is over.")
            raise AuthenticationFailed(message)
        # Views ask the plain request who it is.
        request._request.user = token.user  # noqa: SLF001 - DRF's own way in
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """How to sign in, for the answer 401."""
        del request
        return f'{KEYWORD} realm="trombine"'
