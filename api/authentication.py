"""Authentication by API token, `Authorization: Bearer tro_…`, or by the session of the pages."""

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import authentication
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from albums.http.csrf_causes import csrf_cause
from api.models import ApiToken
from api.tokens import token_valid

KEYWORD = "Bearer"


class TokenAuthentication(BaseAuthentication):
    """Authenticates requests with an API token as its account. Others are left to the session."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the account and its token. Raises AuthenticationFailed for an invalid one."""
        keyword, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        token = token_valid(secret.strip())
        if token is None:
            raise AuthenticationFailed(_("This token is invalid, revoked or expired."))
        # Views read the account from Django's request.
        request._request.user = token.user  # noqa: SLF001 - DRF sets it in the same way
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401 response."""
        del request
        return f'{KEYWORD} realm="trombine"'


class SessionAuthentication(authentication.SessionAuthentication):
    """Authenticates requests by the session; a writing one must come from a page of this site."""

    def enforce_csrf(self, request: Request) -> None:
        """Check the token and the origin. Raises PermissionDenied with the cause."""
        check = CSRFCheck(lambda _request: HttpResponse())
        check.process_request(request)
        reason = check.process_view(request, HttpResponse, (), {})
        if reason:
            code, detail = csrf_cause(request, str(reason))
            raise PermissionDenied(detail, code=code)
