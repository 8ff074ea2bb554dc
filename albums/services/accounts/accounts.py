"""The first account, one-time sign-in links, sessions, and the name and password of an account."""

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _

from albums.locks import AdvisoryLock
from albums.services.core.throttling import Attempts
from albums.validators import validate_plain_text

OWNER = "owner"


class AccountExists(Exception):
    """There is an account already; only the first one is created without an administrator."""


class _OneTimeTokens(PasswordResetTokenGenerator):
    """Tokens that Django derives from the last sign-in and the password: using one makes it invalid."""

    key_salt = "albums.services.accounts.one_time_token"


_tokens = _OneTimeTokens()


def accounts_exist() -> bool:
    """Return True if anyone can sign in."""
    return User.objects.filter(is_active=True).exists()


@transaction.atomic
def owner_create_first(*, username: str = OWNER, password: str | None = None) -> User:
    """Create the first account, an administrator; without a password it is opened by a one-time link.

    Raises AccountExists, also when two requests arrive at the same time.
    """
    AdvisoryLock.FIRST_ACCOUNT.acquire(0)
    if accounts_exist():
        raise AccountExists("This installation has an account already.")
    return User.objects.create_superuser(username=username, password=password)


def one_time_token(user: User) -> str:
    """Return a token that signs `user` in once within a day; any sign-in makes it invalid."""
    return f"{int_to_base36(user.pk)}.{_tokens.make_token(user)}"


def user_for_one_time_token(token: str) -> User | None:
    """Return the user whom `token` signs in, or None if it is wrong, used or too old."""
    key, _dot, secret = token.partition(".")
    try:
        user = User.objects.get(pk=base36_to_int(key), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if _tokens.check_token(user, secret) else None


def sessions_of(user: User) -> list[Session]:
    """Return the open sessions of an account, the one that expires last first."""
    sessions = Session.objects.filter(expire_date__gte=timezone.now()).order_by("-expire_date")
    # The account is part of the signed content; a server has few enough sessions to decode them all.
    return [
        session
        for session in sessions.iterator()
        if str(session.get_decoded().get("_auth_user_id")) == str(user.pk)
    ]


def sessions_end(*, user: User, keep: str | None) -> int:
    """End all sessions of an account but the one with the key `keep`; returns how many."""
    keys = [session.session_key for session in sessions_of(user) if session.session_key != keep]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def account_rename(*, user: User, username: str) -> None:
    """Change the name of an account. Raises ValidationError."""
    before, user.username = user.username, User.normalize_username(username)
    try:
        user.full_clean(exclude=["password"])
        validate_plain_text(user.username)
    except ValidationError:
        user.username = before
        raise
    user.save(update_fields=["username"])


def password_change(*, user: User, current: str, password: str, address: str) -> None:
    """Change a password, which ends all sessions. An account without one needs no current password.

    Raises ValidationError for `current` or `password`, and TooManyAttempts.
    """
    if user.has_usable_password() and not password_is_right(user=user, password=current, address=address):
        raise ValidationError(
            {"current": ValidationError(_("The current password is wrong."), code="wrong_password")}
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from error
    user.set_password(password)
    user.save(update_fields=["password"])


def account_signing_in(*, username: str, password: str, address: str) -> User | None:
    """Return the account with this name and password, or None. Raises TooManyAttempts."""
    attempts = _attempts(username, address)
    attempts.count()
    found = authenticate(username=username, password=password)
    if not isinstance(found, User):
        return None
    attempts.forget()
    return found


def password_is_right(*, user: User, password: str, address: str) -> bool:
    """Return True for the current password of a signed-in account. Raises TooManyAttempts."""
    # Of the row: a form may have changed the name of its own copy.
    stored = User.objects.only("username", "password").get(pk=user.pk)
    attempts = _attempts(stored.username, address)
    attempts.count()
    if not check_password(password, stored.password):
        return False
    attempts.forget()
    return True


def _attempts(username: str, address: str) -> Attempts:
    """Return the attempts at an account, the same at all doors; names without an account count alike."""
    return Attempts(f"account:{username.casefold()}", address)
