"""Actions of administrators on an account."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from albums.admin.account_forms import NameAgainForm, QuotaForm
from albums.admin.actions import Action, ActionRefused, ActionResult
from albums.admin.base import operator
from albums.http.public_address import public_address
from albums.services.accounts import account_deletion
from albums.services.accounts.account_admin import account_entrust, account_switch, is_last_administrator
from albums.services.accounts.accounts import one_time_token
from albums.services.accounts.second_step import second_step_needed, second_step_remove
from albums.services.core.photo_counts import photo_counts
from albums.services.uploading.quotas import quota_default, quota_of, quota_set, stored_bytes
from albums.tasks import enqueue_sweep

Given = Mapping[str, Any]
LAST = "This is the only administrator. Make another account an administrator first."


def quota_label(most_bytes: int, *, none: str = "as much as the disk holds") -> str:
    """Return a number of bytes as text; `none` for 0."""
    return str(filesizeformat(most_bytes)) if most_bytes else none


def is_administrator(request: HttpRequest, _user: User | None) -> bool:
    """True if this operator may change accounts."""
    return operator(request).is_superuser


def _link(request: HttpRequest, user: User, _given: Given) -> ActionResult:
    address = reverse("albums:sign_in_once", args=[one_time_token(user)])
    return ActionResult(
        title="Sign-in link",
        lines=[
            f"It signs in once as {user.username} and expires after a day. It is not shown again.",
            "Send it only to the owner: anyone who opens it has full access to the account.",
        ],
        secret=public_address(request, address),
    )


def _second_step_off(_request: HttpRequest, user: User, _given: Given) -> str:
    second_step_remove(user)
    return f"{user.username} signs in with the password alone."


def _switch_off(_request: HttpRequest, user: User, _given: Given) -> str:
    try:
        account_switch(user=user, active=False)
    except account_deletion.LastAdministrator as error:
        raise ActionRefused(LAST) from error
    return f"{user.username} is disabled."


def _switch_on(_request: HttpRequest, user: User, _given: Given) -> str:
    account_switch(user=user, active=True)
    return f"{user.username} can sign in again."


def _entrusting(*, operator: bool, administrator: bool) -> Any:
    def entrust(_request: HttpRequest, user: User, _given: Given) -> str:
        try:
            account_entrust(user=user, operator=operator, administrator=administrator)
        except account_deletion.LastAdministrator as error:
            raise ActionRefused(LAST) from error
        return f"The role of {user.username} was changed."

    return entrust


def _quota(_request: HttpRequest, user: User, given: Given) -> str:
    quota_set(owner=user, most_bytes=QuotaForm.most_bytes(given))
    return f"{user.username} may store {quota_label(quota_of(user.pk))}."


def _delete(_request: HttpRequest, user: User, given: Given) -> ActionResult:
    if given["name"] != user.username:
        raise ActionRefused("Not deleted: that is not the name of the account.")
    if is_last_administrator(user):
        raise ActionRefused(LAST)
    name = user.username
    try:
        deleted = account_deletion.account_delete(user=user)
    except account_deletion.LastAdministrator as error:
        raise ActionRefused(LAST) from error
    enqueue_sweep()
    words = account_deletion.labels()
    return ActionResult(
        title=f"Account {name} deleted",
        lines=[
            *(f"{words.get(kind, kind)}: {count:,}" for kind, count in deleted.counts.items()),
            "The database's files are being rewritten without it: bin/manage sweep_erased tells how far.",
        ],
    )


def _what_goes(_request: HttpRequest, user: User) -> list[str]:
    found = photo_counts(user.images.all())
    return [
        "Everything in this account is deleted immediately and permanently:",
        f"{found.photos:,} photos, with their originals",
        f"{found.binned:,} photos in the bin, {found.unread:,} unread files and {found.refused:,} not added",
        f"{user.albums.count():,} albums, with their share links",
        "all faces, people, names and decisions, and its settings, sessions and tokens.",
        "Ask the owner to download an export first, if anything should be saved.",
    ]


def _and(*conditions: Any) -> Any:
    return lambda request, user: all(one(request, user) for one in conditions)


def _others(request: HttpRequest, user: User) -> bool:
    return user.pk != operator(request).pk


ACTIONS = (
    Action(
        name="sign-in-link",
        label="Create sign-in link",
        explanation=lambda _request, user: [
            f"This creates a link that signs in once as {user.username}, without a password, within a day.",
            "Anyone who opens it has full access to the account. Send it only to its owner.",
        ],
        perform=_link,
        available=_and(is_administrator, lambda _request, user: user.is_active),
    ),
    Action(
        name="quota",
        label="Change storage quota",
        explanation=lambda _request, user: [
            f"{user.username} stores {quota_label(stored_bytes(user.pk), none='nothing')} now.",
            f"Its quota is {quota_label(quota_of(user.pk))}; the default is {quota_label(quota_default())}.",
            "Stored photos stay, even above the quota; new uploads are refused then.",
        ],
        perform=_quota,
        available=is_administrator,
        form=QuotaForm,
    ),
    Action(
        name="second-step-off",
        label="Turn off two-step sign-in",
        explanation=lambda _request, user: [
            f"{user.username} has lost the phone or the passkey: the password alone signs in again.",
            "Make sure that it is really the owner who asks.",
        ],
        perform=_second_step_off,
        available=_and(is_administrator, lambda _request, user: second_step_needed(user)),
    ),
    Action(
        name="switch-off",
        label="Disable account",
        explanation=lambda _request, user: [
            f"{user.username} is signed out everywhere and cannot sign in by password, link or token.",
            "Photos, albums and share links stay as they are.",
        ],
        perform=_switch_off,
        available=_and(is_administrator, _others, lambda _request, user: user.is_active),
    ),
    Action(
        name="switch-on",
        label="Enable account",
        explanation=lambda _request, user: [f"{user.username} can sign in again."],
        perform=_switch_on,
        available=_and(is_administrator, lambda _request, user: not user.is_active),
    ),
    Action(
        name="look-after",
        label="Make operator",
        explanation=lambda _request, user: [
            f"{user.username} can open the administration, view counts, retry tasks and group faces.",
            "Operators cannot change accounts or see pictures and names without the owner's grant.",
        ],
        perform=_entrusting(operator=True, administrator=False),
        available=_and(is_administrator, lambda _request, user: not user.is_staff),
    ),
    Action(
        name="run",
        label="Make administrator",
        explanation=lambda _request, user: [
            f"{user.username} can also create, disable and delete accounts, and change their roles."
        ],
        perform=_entrusting(operator=True, administrator=True),
        available=_and(is_administrator, lambda _request, user: not user.is_superuser),
    ),
    Action(
        name="dismiss",
        label="Remove role",
        explanation=lambda _request, user: [
            f"{user.username} keeps the photos but can no longer open the administration."
        ],
        perform=_entrusting(operator=False, administrator=False),
        available=_and(is_administrator, lambda _request, user: user.is_staff),
    ),
    Action(
        name="delete",
        label="Delete account",
        explanation=_what_goes,
        perform=_delete,
        available=_and(is_administrator, _others),
        form=NameAgainForm,
        deletes=True,
        danger=True,
    ),
)
