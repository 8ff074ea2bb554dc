"""Preferences of an account, and its grant to operators."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """The language and theme of an account, and whether its lists have stacks."""

    class Theme(models.TextChoices):
        """Light, dark, or the setting of the device."""

        SYSTEM = "system", _("Same as device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    language = models.CharField(
        max_length=16, blank=True, choices=settings.LANGUAGES, help_text="empty: what the browser asks for"
    )
    theme = models.CharField(max_length=16, choices=Theme.choices, default=Theme.SYSTEM)
    stacks = models.BooleanField(
        default=True, db_default=True, help_text="similar photos taken in a row are one in lists"
    )

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of user {self.user_id}"


class OperatorGrant(models.Model):
    """A grant of an owner that lets operators see their pictures and names."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_grant"
    )
    granted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"grant of owner {self.owner_id}"
