"""The account that asks: who it is, its tokens, whether its photos are searched for faces."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from albums.models import Image, Preferences
from albums.services.preferences import preferences_set
from albums.services.quotas import quota_use
from api.models import ApiToken
from api.pagination import By
from api.permissions import FACES
from api.schema import operation
from api.serializers.account import (
    MeIn,
    MeOut,
    NewTokenOut,
    RecognitionIn,
    RecognitionOut,
    TokenIn,
    TokenOut,
)
from api.tokens import token_create, token_revoke
from api.views.base import ApiView
from faces.services.consent import recognition_set, recognition_wanted
from faces.services.erasure import recognition_end

TAG = "account"
OLDEST_FIRST = (By("id"),)
ADA = {
    "id": 1,
    "username": "ada",
    "is_staff": True,
    "joined_at": "2026-05-01T09:30:00Z",
    "language": "fr",
    "theme": "system",
    "recognition": True,
    "photos": 5120,
    "originals_bytes": 17834210311,
    "used_bytes": 17834210311,
    "most_bytes": 107374182400,
    "scopes": ["read", "write", "faces"],
}
TOKEN = {
    "id": 4,
    "name": "Phone",
    "start": "tro_5hKq2b7x",
    "scopes": ["read", "write"],
    "created_at": "2026-05-01T09:30:00Z",
    "expires_at": None,
    "used_at": None,
}


class Me(ApiView):
    """Who asks."""

    @operation("me_get", tag=TAG, gives=MeOut, example=ADA)
    def get(self, request: Request) -> Response:
        """The account that this token or session speaks for."""
        user = self.user
        wanted = Preferences.objects.filter(user=user).first() or Preferences(user=user)
        sums = Image.objects.owned_by(user).order_by().aggregate(photos=Count("pk"), size=Sum("size_bytes"))
        use = quota_use(user.pk)
        token = request.auth
        told = {
            "id": user.pk,
            "username": user.username,
            "is_staff": user.is_staff,
            "joined_at": user.date_joined,
            "language": wanted.language,
            "theme": wanted.theme,
            "recognition": recognition_wanted(user.pk),
            "photos": sums["photos"],
            "originals_bytes": sums["size"] or 0,
            "used_bytes": use.used,
            "most_bytes": use.most,
            "scopes": token.scopes if isinstance(token, ApiToken) else ApiToken.Scope.values,
        }
        return Response(self.shown(MeOut, told))

    @operation("me_change", tag=TAG, takes=MeIn, gives=MeOut, asked={"language": "fr"}, example=ADA)
    def patch(self, request: Request) -> Response:
        """Choose language and theme of the pages, on every device that signs in from now on."""
        data = self.told(MeIn)
        wanted = Preferences.objects.filter(user=self.user).first() or Preferences(user=self.user)
        kept: dict[str, Any] = {name: data.get(name, getattr(wanted, name)) for name in ("language", "theme")}
        preferences_set(user=self.user, **kept)
        answer: Response = self.get(request)
        return answer


class Recognition(ApiView):
    """Whether faces are looked for."""

    token_scopes = FACES

    @operation(
        "recognition_set",
        tag=TAG,
        takes=RecognitionIn,
        gives=RecognitionOut,
        asked={"enabled": False},
        example={"enabled": False, "erased": {"faces": 231, "embeddings": 231, "people": 14}},
    )
    def put(self, _request: Request) -> Response:
        """Switch face recognition on or off. Off erases every face, vector and person, and tells how many."""
        enabled = self.told(RecognitionIn)["enabled"]
        erased = None
        if enabled:
            recognition_set(owner=self.user, enabled=True)
        elif recognition_wanted(self.user.pk):
            erased = recognition_end(owner=self.user).counts
        return Response(self.shown(RecognitionOut, {"enabled": enabled, "erased": erased}))


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
        example={**TOKEN, "secret": "tro_5hKq2b7xTgkq0dB3l2v9aY1cZr8wMfEuJ4sHnPiXoQ0"},
    )
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Make a token. A token cannot make one that may do more than itself, or for longer."""
        data, token = self.told(TokenIn), request.auth
        if isinstance(token, ApiToken) and (
            set(data["scopes"]) - set(token.scopes) or _later(data["expires_at"], token.expires_at)
        ):
            raise PermissionDenied(_("A token cannot make one that may do more than itself, or for longer."))
        if ApiToken.Scope.ADMIN in data["scopes"] and not self.user.is_staff:
            raise PermissionDenied(_("Only who looks after this server may have a token for that."))
        made, secret = token_create(user=self.user, **data)
        made.secret = secret  # type: ignore[attr-defined]  # shown this once, and kept nowhere
        return Response(self.shown(NewTokenOut, made), status=201)


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
