"""Shapes of the studio's jobs."""

from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from albums.http.job_texts import JobTexts, job_texts
from albums.models import Job, JobFile
from albums.services.jobs.jobs import job_expiry
from api.serializers.common import Shape


@extend_schema_field({"type": "object", "additionalProperties": True})
class JsonObject(serializers.DictField):
    """A JSON object, whose members depend on the kind of job."""


class JobFileOut(Shape):
    """A file of a job."""

    name = serializers.CharField(help_text="in the path of the operation that downloads it")
    role = serializers.ChoiceField(
        choices=JobFile.Role.choices, help_text="preview: only while the job runs; input: an uploaded file"
    )
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()

    example = {"name": "morph.webp", "role": "result", "content_type": "image/webp"}


class JobOut(Shape):
    """A job of the studio."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    label = serializers.SerializerMethodField(help_text="the name of the kind")  # type: ignore[assignment]  # a field called label
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = serializers.FloatField(help_text="0 to 1")
    stage = serializers.SerializerMethodField(help_text="the current step in words")
    inputs = JsonObject(help_text="ids of photos and the like, depending on the kind")
    options = JsonObject(help_text="depending on the kind")
    result = JsonObject(help_text="depending on the kind; of a running job: the result so far")
    files = JobFileOut(many=True)
    reason = serializers.CharField(allow_blank=True, help_text="a stable code: why it failed")
    detail = serializers.SerializerMethodField(help_text="the reason in words")
    saved = serializers.BooleanField(help_text="false: it is deleted a day after its end")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.SerializerMethodField(help_text="when it is deleted; null: not yet known")

    example = {
        "kind": "morph",
        "label": "Morph",
        "state": "done",
        "progress": 1.0,
        "stage": "",
        "inputs": {"first": 881, "second": 902},
        "options": {"frames": 25},
        "result": {"frames": 25},
        "detail": "",
        "expires_at": "2026-05-02T09:30:04Z",
    }

    def get_label(self, job: Job) -> str:
        """Return the name of the kind."""
        return self._texts(job).label

    def get_stage(self, job: Job) -> str:
        """Return the current step in words."""
        return self._texts(job).stage

    def get_detail(self, job: Job) -> str:
        """Return the reason of a failure in words."""
        return self._texts(job).error

    def get_expires_at(self, job: Job) -> datetime | None:
        """Return when the job is deleted."""
        return job_expiry(job)

    def _texts(self, job: Job) -> JobTexts:
        return job_texts(job)


class JobsIn(Shape):
    """The jobs to list."""

    kind = serializers.CharField(required=False, max_length=32, help_text="only jobs of this kind")
    state = serializers.ChoiceField(choices=Job.State.choices, required=False, help_text="only these")


class JobIn(Shape):
    """A change of a job."""

    saved = serializers.BooleanField(help_text="true: the job stays until it is deleted")
