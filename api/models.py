"""Keys for programs that speak for an account."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.validators import validate_plain_text


class ApiToken(models.Model):
    """A secret that a program shows instead of a password. Only its digest is kept: it is seen once."""

    class Scope(models.TextChoices):
        """What a program may do with it."""

        READ = "read", _("Read")
        WRITE = "write", _("Change")
        FACES = "faces", _("Faces and people")
        ADMIN = "admin", _("Administration")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    # Of 256 random bits: there is nothing that a slow hash would protect from being guessed.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(max_length=16, editable=False, help_text="its first letters, to tell it by")
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="empty: never")
    used_at = models.DateTimeField(null=True, blank=True, help_text="when it was last shown, to the minute")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"token {self.pk} of user {self.user_id}"

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        """What it may do, in words."""
        return [str(self.Scope(scope).label) for scope in self.scopes if scope in self.Scope.values]


class IdempotentRequest(models.Model):
    """A request that came with a key of its own, and what was answered: sent again, it is not done again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="of what was asked")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_of_user")
        ]

    def __str__(self) -> str:
        return f"request {self.key} of user {self.user_id}"
