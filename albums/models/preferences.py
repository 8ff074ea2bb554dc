"""What an account wants: how its pages look, and who may look after it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Preferences(models.Model):
    """How one account wants its pages."""

    class Theme(models.TextChoices):
        """Light, dark, or as the device has it."""

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

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"preferences of user {self.user_id}"


class OperatorGrant(models.Model):
    """That an owner lets who looks after the server see their pictures and names. Without a row: no."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator_grant"
    )
    granted_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"grant of owner {self.owner_id}"
