"""Storage quotas of accounts."""

from django.conf import settings
from django.db import models


class Quota(models.Model):
    """The limit of an account; without a row the limit in the settings applies."""

    owner = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quota")
    most_bytes = models.PositiveBigIntegerField(help_text="of originals; 0: without a limit")

    def __str__(self) -> str:
        return f"quota of owner {self.owner_id}: {self.most_bytes} bytes"
