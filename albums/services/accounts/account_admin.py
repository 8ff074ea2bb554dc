"""What who runs the place does with accounts: make them, switch them off and on, say who else runs it."""

from django.contrib.auth.models import User
from django.db import transaction

from albums.services.accounts.account_deletion import LastAdministrator
from albums.services.accounts.accounts import sessions_end


def account_create(*, username: str, password: str | None) -> User:
    """A new account. Without a password only a one-time link opens it.

    The name is unused and the password good: a form has looked.
    """
    return User.objects.create_user(username=username, password=password)


def account_switch(*, user: User, active: bool) -> None:
    """Let nobody in by this account, or let them in again; what is in it stays. Raises LastAdministrator."""
    with transaction.atomic():
        if not active:
            _somebody_else_runs_it(user)
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            sessions_end(user=user, keep=None)


def account_entrust(*, user: User, looks_after: bool, runs: bool) -> None:
    """Say whether an account may use the administration, and whether it may also change accounts there.

    Who runs the place also looks after it. Raises LastAdministrator.
    """
    with transaction.atomic():
        if not runs:
            _somebody_else_runs_it(user)
        user.is_superuser, user.is_staff = runs, looks_after or runs
        user.save(update_fields=["is_superuser", "is_staff"])


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could change accounts here."""
    if not (user.is_superuser and user.is_active):
        return False
    return not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists()


def _somebody_else_runs_it(user: User) -> None:
    # All of them locked, in one order: two who send each other away at once would leave nobody.
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    running = set(rows.select_for_update().values_list("pk", flat=True))
    if running == {user.pk}:
        raise LastAdministrator
