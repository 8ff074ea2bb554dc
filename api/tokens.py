"""Creating, checking and revoking API tokens."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from api.models import ApiToken
from config.outages import writing_if_possible

PREFIX = "tro_"
"""Identifies a leaked token as one of this application."""
VISIBLE_CHARACTERS = 8
USE_NOTED_EVERY = timedelta(minutes=1)


def token_create(
    *, user: User, name: str, scopes: Collection[str], expires_at: datetime | None
) -> tuple[ApiToken, str]:
    """Create a token. Returns its row and the secret, which is not stored. Raises ValidationError."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name,
        digest=digest_of(secret),
        start=secret[: len(PREFIX) + VISIBLE_CHARACTERS],
        scopes=[scope for scope in ApiToken.Scope.values if scope in scopes],
        expires_at=expires_at,
    )
    token.full_clean()
    token.save()
    return token, secret


def token_revoke(*, user: User, pk: int) -> bool:
    """Delete a token of the account. Returns False when there is none with this id."""
    deleted, _rows = ApiToken.objects.filter(user=user, pk=pk).delete()
    return bool(deleted)


def token_valid(secret: str) -> ApiToken | None:
    """Return the valid token with this secret, if its account is active. Records the use."""
    now = timezone.now()
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    token = (
        ApiToken.objects.select_related("user")
        .filter(unexpired, digest=digest_of(secret), user__is_active=True)
        .first()
    )
    if token is not None and (token.used_at is None or token.used_at < now - USE_NOTED_EVERY):
        with writing_if_possible():
            ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def digest_of(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
