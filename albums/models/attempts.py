"""Counters of attempts at passwords and at what takes much processor time."""

from django.db import models


class AttemptCount(models.Model):
    """The recent attempts at one thing, from one address, or both together.

    key: a keyed digest, so that neither addresses nor the names that people tried are stored.
    """

    key = models.CharField(max_length=64, primary_key=True)
    level = models.FloatField(default=0, help_text="attempts that still count")
    counted_at = models.DateTimeField()
    waits_until = models.DateTimeField(null=True)
    # Of an account and an address together: a right password was given from there.
    known_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"attempts {self.key[:8]}: {self.level:.1f}"
