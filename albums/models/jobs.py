"""Long work in the background that an account starts, and its files."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from albums import querysets
from albums.leases import LeasedModel
from albums.storage import job_file_name


class Job(LeasedModel):
    """One piece of long work, such as a morph: its inputs, progress and result.

    A job that is not saved is deleted a day after its end, with its files.
    """

    class State(models.TextChoices):
        """The state of a job; the last three are final."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=32, help_text="the name of a registered kind")
    inputs = models.JSONField(default=dict, blank=True, help_text="ids of rows and the like")
    options = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    progress = models.FloatField(default=0.0, help_text="0..1")
    stage = models.CharField(max_length=32, blank=True, help_text="the current step: a code of the kind")
    stopping = models.BooleanField(default=False, help_text="the owner wants the result as it is")
    result = models.JSONField(default=dict, blank=True, help_text="while it runs: the result so far")
    reason = models.CharField(max_length=32, blank=True, help_text="why it failed: a code")
    reason_values = models.JSONField(default=dict, blank=True)
    detail = models.TextField(blank=True, help_text="for administrators, in English")
    saved = models.BooleanField(default=False, help_text="it stays until its owner deletes it")
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Also identifies the run: a run that is no longer the current one writes nothing.
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = querysets.JobQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-id"], name="job_by_owner"),
            models.Index(
                fields=["state"], name="job_unfinished", condition=models.Q(state__in=["waiting", "running"])
            ),
        ]

    def __str__(self) -> str:
        return f"job {self.pk} ({self.kind}) of owner {self.owner_id}: {self.state}"

    @property
    def unfinished(self) -> bool:
        """Return True while it waits or runs."""
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def percent(self) -> int:
        """The progress from 0 to 100."""
        return round(100 * self.progress)

    def results(self) -> "dict[str, JobFile]":
        """Return the files that the job made, by name."""
        return {file.name: file for file in self.files.all() if file.role == JobFile.Role.RESULT}

    def previews(self) -> "dict[str, JobFile]":
        """Return the files that a running job shows before its end, by name."""
        return {file.name: file for file in self.files.all() if file.role == JobFile.Role.PREVIEW}

    def uploads(self) -> "dict[str, JobFile]":
        """Return the uploaded files that the job works on, by name."""
        return {file.name: file for file in self.files.all() if file.role == JobFile.Role.INPUT}


class JobFile(models.Model):
    """A file of a job: an uploaded one that it works on, or one that it made."""

    class Role(models.TextChoices):
        """The role of a file; previews are deleted when the job ends."""

        INPUT = "input", "Input"
        PREVIEW = "preview", "Preview"
        RESULT = "result", "Result"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=16, choices=Role.choices)
    name = models.CharField(max_length=100, help_text="in the address of the file")
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=job_file_name, max_length=255)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "name"], name="job_file_once_per_name"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of job {self.job_id}: {self.role}"
