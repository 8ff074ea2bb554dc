"""The studio's jobs in the API: progress, files, and what their owner does with them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from albums.job_tasks import run_job
from albums.models import Job
from albums.services.jobs.jobs import JobUpload, job_create
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.running import job_run

JOBS = "/api/v1/studio/jobs/"


@pytest.fixture
def job(owner: User, client: Client, job_kinds: dict[str, JobKind]) -> Job:
    client.force_login(owner)
    return job_create(owner=owner, kind="shout", files={"word": JobUpload(b"hey", "text/plain")})


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(run_job, "delay", ids.append)
    return ids


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_job_is_followed_to_its_files(client: Client, job: Job) -> None:
    waiting = client.get(f"{JOBS}{job.pk}/").json()
    assert (waiting["state"], waiting["label"], waiting["expires_at"]) == ("waiting", "Shout", None)
    assert [(file["name"], file["role"]) for file in waiting["files"]] == [("word", "input")]
    job_run(job_id=job.pk)
    done = client.get(f"{JOBS}{job.pk}/").json()
    assert (done["state"], done["progress"], done["result"]) == ("done", 1.0, {"characters": 3})
    assert done["expires_at"] > done["finished_at"]
    answer = client.get(f"{JOBS}{job.pk}/files/shout.txt/", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, b"".join(answer)) == (206, b"HE")
    assert client.get(f"{JOBS}{job.pk}/files/other.txt/").status_code == 404


def test_jobs_are_listed_by_state_and_kind_the_newest_first(client: Client, owner: User, job: Job) -> None:
    job_run(job_id=job.pk)
    failed = job_create(owner=owner, kind="fail")
    job_run(job_id=failed.pk)

    def listed(query: str) -> list[int]:
        return [row["id"] for row in client.get(f"{JOBS}{query}").json()["results"]]

    assert listed("") == [failed.pk, job.pk]
    assert (listed("?state=done"), listed("?kind=fail")) == ([job.pk], [failed.pk])
    first = client.get(f"{JOBS}?limit=1").json()
    assert [row["detail"] for row in first["results"]] == ["Only 3 decibels."]
    assert listed(f"?limit=1&cursor={first['next']}") == [job.pk]
    assert problem(client.get(f"{JOBS}?state=asleep")) == (400, "invalid")


def test_a_job_is_saved_and_let_go(client: Client, job: Job) -> None:
    job_run(job_id=job.pk)
    for saved in (True, False):
        body = {"saved": saved}
        answer = client.patch(f"{JOBS}{job.pk}/", body, content_type="application/json").json()
        assert (answer["saved"], answer["expires_at"] is None) == (saved, saved)
    assert client.delete(f"{JOBS}{job.pk}/").status_code == 204
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_is_cancelled_and_retried(client: Client, job: Job, sent: list[int]) -> None:
    assert client.post(f"{JOBS}{job.pk}/cancel/").json()["state"] == "cancelled"
    assert problem(client.post(f"{JOBS}{job.pk}/cancel/")) == (409, "job_ended")
    answer = client.post(f"{JOBS}{job.pk}/retry/")
    assert (answer.status_code, answer.json()["state"], sent) == (202, "waiting", [job.pk])
    assert problem(client.post(f"{JOBS}{job.pk}/retry/")) == (409, "job_not_ended")
    assert problem(client.post(f"{JOBS}{job.pk}/stop/")) == (409, "job_ended")
    Job.objects.update(state="running")
    assert client.post(f"{JOBS}{job.pk}/stop/").status_code == 202
    assert Job.objects.get().stopping


def test_a_retry_stays_within_the_limits_of_the_account(client: Client, owner: User, job: Job) -> None:
    ended = job_create(owner=owner, kind="fail")
    job_run(job_id=ended.pk)
    for _ in range(2):
        job_create(owner=owner, kind="fail")
    answer = client.post(f"{JOBS}{ended.pk}/retry/")
    assert problem(answer) == (409, "job_too_many")
    assert "waiting" in answer.json()["detail"]
