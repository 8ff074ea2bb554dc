"""Sweeps of the database's files after erasures, and the backups that may hold what was erased."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from albums import querysets


class Sweep(models.Model):
    """A request to remove erased data from the disk: rows are gone at once, their bytes stay in the files.

    Created in the transaction of the erasure, so that a killed process leaves nothing undone; see
    `services.erasing.sweeping`.
    """

    requested_at = models.DateTimeField(default=timezone.now)
    urgent = models.BooleanField(
        default=True, help_text="requested by a user; others are carried out together, once a day"
    )
    # The lists are emptied at the end.
    files = models.JSONField(
        default=list, help_text="erased files of the storage, and folders of it, which end with a slash"
    )
    tables = models.JSONField(default=list, help_text="tables that were rewritten since the request")
    indexes = models.JSONField(
        default=dict, help_text="statements of the indexes that are missing while their table is rewritten"
    )
    progress = models.FloatField(default=0.0, help_text="0..1")
    finished_at = models.DateTimeField(null=True, blank=True)
    left = models.JSONField(default=list, help_text="codes of what the operator of the database has to do")

    objects = querysets.SweepQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(finished_at=None), name="sweep_unfinished"),
        ]

    def __str__(self) -> str:
        return f"sweep {self.pk}: {'finished' if self.finished_at else f'{self.progress:.0%}'}"


class BackupRecord(models.Model):
    """The latest complete backup in a folder."""

    target = models.TextField(unique=True, help_text="the folder")
    taken_at = models.DateTimeField(help_text="before its snapshot of the database")

    def __str__(self) -> str:
        return f"backup {self.pk} of {self.taken_at:%Y-%m-%d %H:%M}"
