"""The second step of a sign-in: codes of an authenticator app, recovery codes, and passkeys."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User

from albums.services.core.throttling import Attempts

BY_CODE = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def code_attempts(*, user: User, address: str) -> Attempts:
    """Return the attempts at the codes of an account, which a right password does not cancel."""
    return Attempts(f"code:{user.pk}", address)


def second_step_needed(user: User) -> bool:
    """Return True if a password alone does not sign in to the account."""
    steps = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user=user, type__in=steps).exists())


def code_is_right(*, user: User, code: str, address: str) -> bool:
    """Return True for a valid code of the app, or an unused recovery code, which is then used.

    Raises TooManyAttempts.
    """
    attempts = code_attempts(user=user, address=address)
    attempts.count()
    for authenticator in Authenticator.objects.filter(user=user, type__in=BY_CODE).order_by("-type"):
        if authenticator.wrap().validate_code(code.strip()):
            authenticator.record_usage()
            attempts.forget()
            return True
    return False


def second_step_remove(user: User) -> int:
    """Turn off the second step of an account whose owner has lost it; returns how many ways it had."""
    steps = Authenticator.objects.filter(user=user)
    count = steps.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    steps.delete()
    return int(count)
