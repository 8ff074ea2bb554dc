"""Permissions of API tokens. Browser sessions have all rights of their account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from api.models import ApiToken

if TYPE_CHECKING:
    # The views module reads the settings, which name this module.
    from rest_framework.views import APIView

Scope = ApiToken.Scope


class TokenScopes(BasePermission):
    """Requires the scope `read` or `write`, depending on the method, and the view's `token_scopes`."""

    message = _("This token lacks a required scope.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the token has all required scopes."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        needed = {str(Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)}
        needed |= {str(scope) for scope in getattr(view, "token_scopes", ())}
        return needed <= set(token.scopes)
