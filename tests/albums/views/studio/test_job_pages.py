"""albums.views.studio: the studio's pages, a job's page, and what its owner does with it."""

import io

import PIL.Image
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from albums.models import Job, JobFile
from albums.services.jobs.context import job_file_put
from albums.services.jobs.jobs import JobUpload, job_create
from albums.services.jobs.kinds import JobKind
from albums.services.jobs.running import job_run
from tests.rows import drawn_jpeg

ACTIONS = ("job_cancel", "job_stop", "job_retry", "job_keep", "job_delete")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(owner: User, job_kinds: dict[str, JobKind]) -> Job:
    return job_create(owner=owner, kind="shout", files={"word": JobUpload(b"hey", "text/plain")})


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def page(client: Client, name: str, *arguments: object, **headers: str) -> str:
    response = client.get(reverse(f"albums:{name}", args=arguments), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_the_studio_lists_tools_and_own_jobs(signed_in: Client, job: Job) -> None:
    text = page(signed_in, "studio")
    assert "A word in capitals" in text
    assert reverse("albums:job", args=[job.pk]) in text


def test_a_page_asks_again_until_the_job_has_ended(signed_in: Client, job: Job) -> None:
    address = reverse("albums:job_fragment", args=[job.pk])
    assert address in page(signed_in, "job", job.pk)
    assert address in page(signed_in, "job_fragment", job.pk, **HTMX)
    job_run(job_id=job.pk)
    ended = page(signed_in, "job_fragment", job.pk, **HTMX)
    assert address not in ended
    assert "shout.txt" in ended


def test_a_file_is_downloaded_and_never_a_page(signed_in: Client, job: Job) -> None:
    job_run(job_id=job.pk)
    response = signed_in.get(reverse("albums:job_file", args=[job.pk, "shout.txt"]))
    assert b"".join(response) == b"HEY"
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Content-Disposition"] == 'attachment; filename="shout.txt"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_lists_show_small_pictures(signed_in: Client, owner: User, job: Job) -> None:
    picture = drawn_jpeg(1200, 800, shade=3)
    job_file_put(job, JobFile.Role.RESULT, "large.jpg", picture, "image/jpeg").save()
    address = reverse("albums:job_thumbnail", args=[job.pk])
    assert address in page(signed_in, "studio")
    for _seen in range(2):
        response = signed_in.get(address)
        with PIL.Image.open(io.BytesIO(response.content)) as small:
            assert (small.format, small.size) == ("JPEG", (256, 171))
    JobFile.objects.all().delete()
    assert signed_in.get(address).status_code == 404


def test_another_account_finds_no_page_file_or_action(client: Client, stranger: User, job: Job) -> None:
    job_run(job_id=job.pk)
    client.force_login(stranger)
    for name, arguments in (
        ("job", []),
        ("job_fragment", []),
        ("job_thumbnail", []),
        ("job_file", ["shout.txt"]),
    ):
        assert client.get(reverse(f"albums:{name}", args=[job.pk, *arguments])).status_code == 404
    for name in ACTIONS:
        assert client.post(reverse(f"albums:{name}", args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert (job.state, job.saved) == ("done", False)
    assert "Shout" not in page(client, "studio").partition("jobs-title")[2]


def test_what_an_owner_does_with_a_job_leads_back_to_the_page_around_it(signed_in: Client, job: Job) -> None:
    around = {"next": "/people/?hidden=1"}
    for name, state in (("job_cancel", "cancelled"), ("job_retry", "waiting")):
        response = signed_in.post(reverse(f"albums:{name}", args=[job.pk]), around)
        assert response.headers["Location"] == "/people/?hidden=1"
        job.refresh_from_db()
        assert job.state == state
    job_run(job_id=job.pk)
    response = signed_in.post(reverse("albums:job_keep", args=[job.pk]), {"keep": "1"})
    assert response.headers["Location"] == reverse("albums:job", args=[job.pk])
    job.refresh_from_db()
    assert job.saved
    headers = {**HTMX, "HX-Current-URL": "http://testserver/people/?hidden=1"}
    assert 'value="/people/?hidden=1"' in page(signed_in, "job_fragment", job.pk, **headers)
    assert signed_in.post(reverse("albums:job_delete", args=[job.pk])).status_code == 302
    assert not Job.objects.exists()


def test_an_action_that_comes_too_late_says_so(signed_in: Client, job: Job) -> None:
    job_run(job_id=job.pk)
    for name, text in (("job_cancel", "already ended"), ("job_stop", "already ended"), ("job_retry", "now")):
        response = signed_in.post(reverse(f"albums:{name}", args=[job.pk]), follow=True)
        assert text in response.content.decode()


def test_the_progress_of_photos_does_not_count_jobs(signed_in: Client, job: Job) -> None:
    assert "Studio:" not in page(signed_in, "progress", **HTMX)
