"""The result of the detectors on a phone and on a desk, in light and in dark."""

from django.contrib.auth.models import User
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from albums.models import Job, JobFile
from albums.services.jobs.context import job_file_put
from albums.services.jobs.jobs import job_create
from tests.browser.looking import Eyes
from tests.faces.views.studio.test_detectors_page import RESULT
from tests.rows import drawn_jpeg, stored_image


def test_nothing_is_wrong_with_the_result_of_the_detectors(
    signed_in: Page, owner: User, live_server: LiveServer
) -> None:
    job = job_create(owner=owner, kind="detectors", inputs={"image": stored_image(owner).pk})
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, result=RESULT)
    names = {
        *("detector-yunet.jpg", "grey.jpg", "integral.jpg", "feature-1.jpg", "stage-1.jpg"),
        *("stride-8.jpg", "network-input.jpg", "vector.jpg"),
    }
    for name in names:
        job_file_put(job, JobFile.Role.RESULT, name, drawn_jpeg(640, 480), "image/jpeg").save()
    signed_in.goto(f"{live_server.url}/studio/jobs/{job.pk}/")
    assert signed_in.get_by_alt_text("The integral image").first.is_visible()
    assert Eyes(also_at=(360,)).faults(signed_in) == []
