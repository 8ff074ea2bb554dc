"""The authenticated account: profile, password, sessions and deletion."""

import hashlib
from typing import Any

from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from albums.account_forms import PasswordCheckForm
from albums.exceptions import TooManyAttempts
from albums.http.client_address import client_address
from albums.models import Image
from albums.services.accounts.account_deletion import LastAdministrator, account_delete
from albums.services.accounts.accounts import account_rename, password_change, sessions_end, sessions_of
from albums.services.accounts.operators import grant_of, grant_set
from albums.services.accounts.preferences import preferences_of, preferences_set
from albums.services.arranging.stack_decisions import stacks_switch
from albums.services.core.photo_counts import photo_counts, photo_sizes
from albums.services.erasing.sweeps import sweep_state
from albums.services.uploading.quotas import quota_use
from albums.stack_tasks import enqueue_stacking
from albums.tasks import enqueue_sweep
from api.exceptions import Conflict
from api.models import ApiToken
from api.schema import Operation
from api.serializers.account import DeletedOut, DeleteMeIn, MeIn, MeOut, PasswordIn, SessionsOut
from api.serializers.common import CountOut
from api.views.base import ApiView
from faces.services.core.consent import recognition_enabled


class AccountView(ApiView):
    """Base of the views of the account."""

    tag = "account"

    def account(self) -> dict[str, Any]:
        """Return the account with its preferences and storage use."""
        user, token = self.user, self.request.auth
        preferences = preferences_of(user.pk)
        mine = Image.objects.filter(owner=user)
        found, sizes = photo_counts(mine), photo_sizes(mine)
        use = quota_use(user.pk)
        return {
            "user": user,
            "language": preferences.language or None,
            "theme": preferences.theme,
            "stacks": preferences.stacks,
            "operators_see": grant_of(user) is not None,
            "recognition": recognition_enabled(user.pk),
            "photos": found.photos,
            "unread": found.unread,
            "refused": found.refused,
            "binned": found.binned,
            "originals_bytes": sizes.photos + sizes.unread + sizes.refused,
            "used_bytes": use.used,
            "most_bytes": use.most,
            "scopes": token.scopes if isinstance(token, ApiToken) else ApiToken.Scope.values,
        }

    def session_key(self) -> str | None:
        """Return the key of the session that sent the request, None for a token."""
        return None if self.request.auth is not None else self.django_request.session.session_key


class Me(AccountView):
    """Retrieve or update the account."""

    @Operation("me_get", response=MeOut)
    def get(self) -> dict[str, Any]:
        """Retrieve the account of the token or session."""
        return self.account()

    @Operation("me_change", request=MeIn, response=MeOut, request_example={"language": "fr"})
    @transaction.atomic
    def patch(self) -> dict[str, Any]:
        """Change the username, the appearance of the pages or the access of administrators.

        Language and theme apply to devices that sign in from now on.
        """
        data = self.validated_body(MeIn)
        if "username" in data:
            account_rename(user=self.user, username=data["username"])
        old = preferences_of(self.user.pk)
        language, theme = data.get("language", old.language), data.get("theme", old.theme)
        preferences_set(user=self.user, language=language or "", theme=theme)
        if data.get("stacks", old.stacks) != old.stacks:
            stacks_switch(owner=self.user, on=data["stacks"])
            enqueue_stacking()
        if "operators_see" in data:
            grant_set(owner=self.user, granted=data["operators_see"])
        return self.account()


class Password(AccountView):
    """Change the password."""

    keeps_errors = True

    @Operation(
        "password_change",
        request=PasswordIn,
        request_example={"current": "a long pass phrase", "password": "another long pass phrase"},
    )
    def post(self) -> None:
        """Change the password. All other sessions end; API tokens stay valid."""
        data = self.validated_body(PasswordIn)
        password_change(user=self.user, address=client_address(self.django_request), **data)
        if self.request.auth is None:
            # Keeps this session; the others end with the old password.
            update_session_auth_hash(self.django_request, self.user)


class Sessions(AccountView):
    """List the sessions of the account."""

    @Operation("sessions_list", response=SessionsOut)
    def get(self) -> dict[str, Any]:
        """List the browsers that are signed in to the account."""
        rows = [
            {
                # A digest, because the key itself authenticates a browser.
                "id": hashlib.sha256(session.session_key.encode()).hexdigest()[:16],
                "expires_at": session.expire_date,
                "current": session.session_key == self.session_key(),
            }
            for session in sessions_of(self.user)
        ]
        return {"sessions": rows}


class SessionsEnd(AccountView):
    """End the other sessions of the account."""

    @Operation("sessions_end", response=CountOut)
    def post(self) -> dict[str, int]:
        """Sign out everywhere except in the session that sends the request.

        API tokens stay valid; delete them with `token_revoke`.
        """
        return {"count": sessions_end(user=self.user, keep=self.session_key())}


class AccountDeletion(AccountView):
    """Delete the account."""

    keeps_errors = True

    @Operation(
        "me_delete",
        request=DeleteMeIn,
        response=DeletedOut,
        request_example={"password": "a long pass phrase"},
    )
    def post(self) -> dict[str, Any]:
        """Delete the account and all its data permanently. The response is a receipt of what was deleted."""
        user = self.user
        address = client_address(self.django_request)
        form = PasswordCheckForm(self.validated_body(DeleteMeIn), user=user, address=address)
        if not form.is_valid():
            if form.retry_after is not None:
                raise TooManyAttempts(seconds=form.retry_after)
            raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
        username = user.get_username()
        try:
            deleted = account_delete(user=user)
        except LastAdministrator as error:
            message = _("Not deleted: you are the only administrator.")
            raise Conflict(message, code="last_administrator") from error
        enqueue_sweep()
        if self.request.auth is None:
            logout(self.django_request)
        return {"username": username, "erased": deleted.counts, "sweep": sweep_state(deleted.sweep)}
