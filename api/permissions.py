"""What a token may do. Somebody who is signed in by a browser may do all that the account may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from api.models import ApiToken

if TYPE_CHECKING:
    # The module of the views reads the settings, which name this one.
    from rest_framework.views import APIView

Scope = ApiToken.Scope


class TokenScopes(BasePermission):
    """A token needs `read` or `write`, by the method, and what the view asks for in `token_scopes`."""

    message = _("This token may not do that: it lacks a scope.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether it has them all."""
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        needed = {str(Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)}
        needed |= {str(scope) for scope in getattr(view, "token_scopes", ())}
        return needed <= set(token.scopes)


FACES = (Scope.FACES,)
"""For `token_scopes` of views about who is in a photo."""
