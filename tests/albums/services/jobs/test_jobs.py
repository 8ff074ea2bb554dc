"""albums.services.jobs: jobs run once, end once, and stay within the limits of their owner."""

from django.contrib.auth.models import User

from albums.models import Job, JobFile
from albums.services.jobs.jobs import (
    JobUpload,
    job_create,
)
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.running import RunOutcome, job_run
from albums.storage import job_folder, stored_below


def stored(job: Job) -> list[str]:
    return sorted(stored_below(JobFile.file.field.storage, job_folder(job)))


def texts(job: Job) -> dict[str, bytes]:
    return {file.name: file.file.read() for file in job.files.filter(role="result")}


def test_a_job_ends_with_its_result_and_files(ada: User, job_kinds: dict[str, JobKind]) -> None:
    job = job_create(owner=ada, kind="shout", files={"word": JobUpload(b"hey", "text/plain")})
    assert job_run(job_id=job.pk) == RunOutcome.ENDED
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == ("done", 1.0, {"characters": 3})
    assert texts(job) == {"shout.txt": b"HEY", "again.txt": b"HEYHEY"}
    assert not job.previews()
