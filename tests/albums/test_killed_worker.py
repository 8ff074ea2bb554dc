"""albums.job_tasks: a real worker whose process is killed in the middle of a job."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection

from albums.models import Job, JobFile
from albums.services.jobs.jobs import job_create
from albums.services.jobs.kinds import JobKind
from albums.storage import stored_below

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


def database_url() -> str:
    given = connection.settings_dict
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    return (
        f"postgres://{given['USER']}{secret}@{quote(given['HOST'], safe='')}:{given['PORT']}/{given['NAME']}"
    )


@contextmanager
def worker(log: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.albums.jobs_worker_settings",
        "PYTHONPATH": str(ROOT),
        "TROMBINE_DATA": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
        "JOBS_MEDIA": str(settings.MEDIA_ROOT),
        # With it the settings of the tests take the data folder and its broker as they are.
        "PYTEST_XDIST_WORKER": os.environ.get("PYTEST_XDIST_WORKER", "gw0"),
    }
    command = [sys.executable, "-m", "tests.albums.jobs_worker"]
    with (
        log.open("a") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def until(condition: Callable[[], Any], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)


def pid_of(job: Job) -> int | None:
    """The process that is in the middle of the job."""
    job.refresh_from_db()
    return job.result.get("pid") if job.state == "running" else None


@pytest.mark.long
@pytest.mark.slow(15)
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_is_killed_and_whose_worker_is_killed_ends_with_one_result(
    ada: User, job_kinds: dict[str, JobKind], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    job = job_create(owner=ada, kind="shout", options={"word": "hey", "steps": 20, "seconds": 0.1})
    with worker(log):
        until(lambda: pid_of(job), log)
        first = pid_of(job)
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: pid_of(job) not in {None, first}, log)
        assert job.attempts == 2
    with worker(log):
        until(lambda: not Job.objects.unfinished().exists(), log)
    job.refresh_from_db()
    assert (job.state, job.result, job.attempts) == ("done", {"characters": 3}, 0)
    assert {name: file.file.read() for name, file in job.results().items()} == {
        "shout.txt": b"HEY",
        "again.txt": b"HEYHEY",
    }
    assert len(list(stored_below(JobFile.file.field.storage, "jobs"))) == 2
