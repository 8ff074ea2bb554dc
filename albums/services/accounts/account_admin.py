"""Accounts as administrators manage them: create, disable and enable them, and change their rights."""

from django.contrib.auth.models import User
from django.db import transaction

from albums.services.accounts.account_deletion import LastAdministrator
from albums.services.accounts.accounts import sessions_end


def account_create(*, username: str, password: str | None) -> User:
    """Create an account; without a password it is opened by a one-time link.

    A form has checked that the name is unused and the password is good.
    """
    return User.objects.create_user(username=username, password=password)


@transaction.atomic
def account_switch(*, user: User, active: bool) -> None:
    """Enable or disable an account; its data stays. Raises LastAdministrator."""
    if not active:
        _require_other_administrator(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        sessions_end(user=user, keep=None)


@transaction.atomic
def account_entrust(*, user: User, operator: bool, administrator: bool) -> None:
    """Set the roles of an account in the administration. Raises LastAdministrator.

    An administrator is always an operator.
    """
    if not administrator:
        _require_other_administrator(user)
    user.is_superuser, user.is_staff = administrator, operator or administrator
    user.save(update_fields=["is_superuser", "is_staff"])


def is_last_administrator(user: User) -> bool:
    """Return True for the only active administrator."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and user.is_active and not others.exists()


def _require_other_administrator(user: User) -> None:
    # All of them are locked, in one order, or two who remove each other at the same time would leave none.
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    if set(rows.select_for_update().values_list("pk", flat=True)) == {user.pk}:
        raise LastAdministrator
