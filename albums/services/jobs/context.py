"""The context of one run of a job: its inputs, its progress, and the files that it makes."""

import hashlib
import re
import time
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction

from albums.exceptions import JobCancelled, JobCode, JobFailed, JobPaused
from albums.models import Image, Job, JobFile
from albums.querysets import JobQuerySet
from albums.storage import job_file_name

SECONDS_BETWEEN_WRITES = 0.25
SECONDS_OF_A_RUN = 300
"""The time after which a job that can pause lets others have their turn: below the limit of `run_job`."""
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


def job_file_put(job: Job, role: JobFile.Role, name: str, content: bytes, content_type: str) -> JobFile:
    """Write a file of a job to the storage, and return its row, which is not saved.

    name: in the file's address, of lower-case letters, digits and "_.-". Raises ValueError for another.
    """
    if not FILE_NAME.fullmatch(name):
        message = f"{name!r} is not a name of a job's file: {FILE_NAME.pattern}"
        raise ValueError(message)
    file = JobFile(
        job=job,
        role=role,
        name=name,
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    file.file.name = file.file.storage.save(job_file_name(file, ""), ContentFile(content))
    return file


class JobContext:
    """One run of a job, with all that the code of its kind may use.

    Nothing of a run is visible before its end, except progress and previews. A run whose job was cancelled,
    deleted or taken over by another run ends with JobCancelled.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.owner: User = job.owner
        self.inputs: dict[str, Any] = job.inputs
        self.options: dict[str, Any] = job.options
        self.made: dict[str, JobFile] = {}
        self._began_at = time.monotonic()
        self._written_at = float("-inf")
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Return True when the owner wants the result as it is; as of the last written progress."""
        return self._stopping

    def progress(self, fraction: float, stage: str = "", *, so_far: dict[str, Any] | None = None) -> None:
        """Store the progress (0..1), at most four times a second. Raises JobCancelled.

        so_far: a result to show while the job runs, such as the losses of an optimisation.
        """
        now = time.monotonic()
        if now - self._written_at < SECONDS_BETWEEN_WRITES:
            return
        values: dict[str, Any] = {"progress": min(max(float(fraction), 0.0), 1.0), "stage": stage}
        if so_far is not None:
            values["result"] = so_far
        if not self.current().update(**values):
            raise JobCancelled
        self._stopping = bool(self.current().values_list("stopping", flat=True).first())
        # After the write: a slow database is not written to more often than it can take.
        self._written_at = time.monotonic()

    def pause(self, inputs: dict[str, Any]) -> None:
        """Raise JobPaused if the run has taken long; the next one has these inputs, too."""
        if time.monotonic() - self._began_at > SECONDS_OF_A_RUN:
            raise JobPaused(inputs)

    def check_cancelled(self) -> None:
        """Raise JobCancelled if the run is to end now."""
        if not self.current().exists():
            raise JobCancelled

    def image(self, name: str) -> Image:
        """Return the photo whose id is the input `name`, if the owner may still see it. Raises JobFailed."""
        key = self.inputs.get(name)
        photos = Image.objects.visible_to(self.owner).ready()
        image = photos.filter(pk=key).first() if isinstance(key, int) else None
        if image is None:
            raise JobFailed(JobCode.PHOTO_GONE)
        return image

    def input(self, name: str) -> bytes:
        """Return the content of an uploaded file. Raises JobFailed if it is missing."""
        file = self.job.files.filter(role=JobFile.Role.INPUT, name=name).first()
        try:
            if file is not None:
                with file.file.open("rb") as content:
                    return bytes(content.read())
        except FileNotFoundError as error:
            raise JobFailed(JobCode.FILE_GONE, detail=f"File {file} is not in the storage.") from error
        raise JobFailed(JobCode.FILE_GONE, detail=f"There is no input {name}.")

    def has_input(self, name: str) -> bool:
        """Return True if there is an uploaded file of this name."""
        return self.job.files.filter(role=JobFile.Role.INPUT, name=name).exists()

    def result(self, name: str, content: bytes, content_type: str) -> None:
        """Store a file of the result. All become visible together when the job ends."""
        if self.has_input(name):
            message = f"An input has the name {name!r}."
            raise ValueError(message)
        if name in self.made:
            self._delete(self.made.pop(name))
        self.made[name] = job_file_put(self.job, JobFile.Role.RESULT, name, content, content_type)

    def preview(self, name: str, content: bytes, content_type: str) -> None:
        """Show a file until the job ends, in place of an earlier one of this name. Raises JobCancelled."""
        file = job_file_put(self.job, JobFile.Role.PREVIEW, name, content, content_type)
        try:
            with transaction.atomic():
                if not self.current().select_for_update().exists():
                    raise JobCancelled
                # Deleting a row also deletes its file.
                self.job.files.filter(role=JobFile.Role.PREVIEW, name=name).delete()
                file.save()
        except BaseException:
            self._delete(file)
            raise

    def current(self) -> JobQuerySet:
        """Return the job's row if this is still its run."""
        return Job.objects.filter(
            pk=self.job.pk, state=Job.State.RUNNING, started_at=self.job.started_at
        ).order_by()

    def discard(self) -> None:
        """Delete the files of the result, which no row names."""
        while self.made:
            self._delete(self.made.popitem()[1])

    def _delete(self, file: JobFile) -> None:
        file.file.storage.delete(str(file.file.name))
