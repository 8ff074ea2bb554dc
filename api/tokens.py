"""Making, showing and revoking the tokens of an account."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from api.models import ApiToken

PREFIX = "tro_"
"""So that a token that lies around somewhere can be told for what it is."""

SHOWN_LETTERS = 8
NOTED_EVERY = timedelta(minutes=1)


def token_create(
    *, user: User, name: str, scopes: Collection[str], expires_at: datetime | None
) -> tuple[ApiToken, str]:
    """Make a token; returns its row and the secret, which is not kept. Raises ValidationError."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=name,
        digest=digest_of(secret),
        start=secret[: len(PREFIX) + SHOWN_LETTERS],
        scopes=[scope for scope in ApiToken.Scope.values if scope in scopes],
        expires_at=expires_at,
    )
    token.full_clean()
    token.save()
    return token, secret


def token_revoke(*, user: User, pk: int) -> bool:
    """Delete one of the user's tokens; False when there is none of this id."""
    deleted, _rows = ApiToken.objects.filter(user=user, pk=pk).delete()
    return bool(deleted)


def token_of(secret: str) -> ApiToken | None:
    """The token with this secret, if it is in force and its account may sign in. Notes that it was used."""
    now = timezone.now()
    in_force = Q(expires_at=None) | Q(expires_at__gt=now)
    token = (
        ApiToken.objects.select_related("user")
        .filter(in_force, digest=digest_of(secret), user__is_active=True)
        .first()
    )
    if token is not None and (token.used_at is None or token.used_at < now - NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    return token


def digest_of(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
