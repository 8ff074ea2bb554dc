"""API tokens and the responses stored for repeated requests."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from albums.models.fields import NameField
from albums.validators import validate_plain_text


class ApiToken(models.Model):
    """A secret that a program sends instead of a password. Only its digest is stored."""

    class Scope(models.TextChoices):
        """A right of a token."""

        READ = "read", _("Read")
        WRITE = "write", _("Change")
        FACES = "faces", _("Faces and people")
        ADMIN = "admin", _("Administration")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = NameField(max_length=100, validators=[validate_plain_text])
    # A digest of 256 random bits: a slow hash would add no protection against guessing.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(max_length=16, editable=False, help_text="the first characters of the secret")
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="empty: never")
    used_at = models.DateTimeField(null=True, blank=True, help_text="last use, to the minute")

    class Meta:
        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"token {self.pk} of user {self.user_id}"

    @property
    def expired(self) -> bool:
        """True after the time of expiry."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        """The rights of the token, for display."""
        return [str(self.Scope(scope).label) for scope in self.scopes if scope in self.Scope.values]


class IdempotentRequest(models.Model):
    """A request with an idempotency key, and its response for requests that repeat it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="hash of the request")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_of_user")
        ]

    def __str__(self) -> str:
        return f"request {self.key} of user {self.user_id}"
