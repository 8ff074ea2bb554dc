"""The account that asks: who it is, its name and password, where it is signed in, and its end."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from albums.account_forms import PasswordCheckForm
from albums.models import Image, Preferences
from albums.services.accounts import account_deletion
from albums.services.accounts.accounts import account_rename, password_change, sessions_end, sessions_of
from albums.services.accounts.operators import grant_of, grant_set
from albums.services.accounts.preferences import preferences_set
from albums.services.uploading.quotas import quota_use
from api.exceptions import Conflict
from api.models import ApiToken
from api.schema import operation
from api.serializers.account import DeletedOut, DeleteMeIn, MeIn, MeOut, PasswordIn, SessionsOut
from api.serializers.albums import CountOut
from api.views.base import ApiView
from faces.services.core.consent import recognition_wanted

TAG = "account"
ADA = {
    "id": 1,
    "username": "ada",
    "is_staff": True,
    "joined_at": "2026-05-01T09:30:00Z",
    "language": "fr",
    "theme": "system",
    "recognition": True,
    "operators_see": False,
    "photos": 5120,
    "originals_bytes": 17834210311,
    "used_bytes": 17834210311,
    "most_bytes": 107374182400,
    "scopes": ["read", "write", "faces"],
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
            "language": wanted.language or None,
            "theme": wanted.theme,
            "operators_see": grant_of(user) is not None,
            "recognition": recognition_wanted(user.pk),
            "photos": sums["photos"],
            "originals_bytes": sums["size"] or 0,
            "used_bytes": use.used,
            "most_bytes": use.most,
            "scopes": token.scopes if isinstance(token, ApiToken) else ApiToken.Scope.values,
        }
        return Response(self.shown(MeOut, told))

    @operation("me_change", tag=TAG, takes=MeIn, gives=MeOut, asked={"language": "fr"}, example=ADA)
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Change the name to sign in with, how the pages look on devices from now on, and who may look."""
        data = self.told(MeIn)
        if "username" in data:
            account_rename(user=self.user, username=data["username"])
        wanted = Preferences.objects.filter(user=self.user).first() or Preferences(user=self.user)
        kept: dict[str, Any] = {name: data.get(name, getattr(wanted, name)) for name in ("language", "theme")}
        kept["language"] = kept["language"] or ""
        preferences_set(user=self.user, **kept)
        if "operators_see" in data:
            grant_set(owner=self.user, granted=data["operators_see"])
        answer: Response = self.get(request)
        return answer


class Password(ApiView):
    """The password."""

    @operation(
        "password_change",
        tag=TAG,
        takes=PasswordIn,
        status=204,
        asked={"current": "a long pass phrase", "password": "another long pass phrase"},
    )
    def post(self, request: Request) -> Response:
        """Change the password. Everywhere else one is signed out; tokens stay."""
        password_change(user=self.user, **self.told(PasswordIn))
        if request.auth is None:
            # Keeps this session; every other one ends with the old password.
            update_session_auth_hash(request._request, self.user)  # noqa: SLF001 - the plain request
        return Response(status=204)


class Sessions(ApiView):
    """Where one is signed in."""

    @operation(
        "sessions_list",
        tag=TAG,
        gives=SessionsOut,
        example={
            "sessions": [{"id": "5d41402abc4b2a76", "expires_at": "2026-05-15T09:30:00Z", "current": True}]
        },
    )
    def get(self, _request: Request) -> Response:
        """The browsers in which this account is signed in."""
        rows = [
            {
                # The key itself is what a browser signs in with.
                "id": hashlib.sha256(session.session_key.encode()).hexdigest()[:16],
                "expires_at": session.expire_date,
                "current": session.session_key == self.key(),
            }
            for session in sessions_of(self.user)
        ]
        return Response(self.shown(SessionsOut, {"sessions": rows}))

    def key(self) -> str | None:
        """That of the session that asks; None: a token asks."""
        if self.request.auth is not None:
            return None
        key: str | None = self.request._request.session.session_key  # noqa: SLF001 - as above
        return key


class SessionsEnd(Sessions):
    """Signing out."""

    http_method_names = ("post", "options")

    @operation("sessions_end", tag=TAG, gives=CountOut, example={"count": 2})
    def post(self, _request: Request) -> Response:
        """Sign out everywhere, but for the session that asks. Tokens stay: see those."""
        return Response(self.shown(CountOut, {"count": sessions_end(user=self.user, keep=self.key())}))


class DeleteMe(ApiView):
    """The end of an account."""

    @operation(
        "me_delete",
        tag=TAG,
        takes=DeleteMeIn,
        gives=DeletedOut,
        asked={"password": "a long pass phrase"},
        example={"username": "ada", "erased": {"photos": 5120, "albums": 14, "files": 15360}},
    )
    def post(self, request: Request) -> Response:
        """Delete the account with all that is its own. There is no way back; the answer is the receipt."""
        user = self.user
        form = PasswordCheckForm(self.told(DeleteMeIn), user=user)
        if not form.is_valid():
            raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
        username = user.get_username()
        try:
            erased = account_deletion.account_delete(user=user)
        except account_deletion.LastAdministrator as error:
            raise Conflict(
                _("Nothing was deleted: nobody else here is an administrator."), code="last_administrator"
            ) from error
        if request.auth is None:
            logout(request._request)  # noqa: SLF001 - as above
        return Response(self.shown(DeletedOut, {"username": username, "erased": erased}))
