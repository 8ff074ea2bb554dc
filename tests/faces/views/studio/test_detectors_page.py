"""The page "How faces are found": the form, and the page of the job."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from albums.models import Job
from albums.services.jobs.jobs import job_create
from faces.views.studio.tools import RECOGNITION_TOOLS
from tests.rows import drawn_jpeg, stored_image

PAGE = "/studio/detectors/"
RESULT: dict[str, Any] = {
    "width": 640,
    "height": 480,
    "detectors": [
        {
            "name": "yunet",
            "label": "YuNet",
            "state": "done",
            "milliseconds": 12.3,
            "faces": [{"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2, "score": 0.93}],
            "picture": "detector-yunet.jpg",
        },
        {
            "name": "viola_jones",
            "label": "Viola-Jones",
            "state": "missing",
            "command": "bin/manage fetch_models viola_jones",
        },
        {"name": "retinaface_resnet50", "label": "RetinaFace ResNet-50", "state": "failed", "command": "x"},
    ],
    "cascade": {
        "counts": [1000, 400, 20],
        "grey": "grey.jpg",
        "integral": "integral.jpg",
        "example": {"corners": [10, 30, 40, 100], "total": 40, "mean": 20.0, "width": 4, "height": 2},
        "features": [{"picture": "feature-1.jpg", "value": -0.1, "threshold": 0.02, "vote": 2.1}],
        "stages": [{"stage": 1, "left": 400, "picture": "stage-1.jpg"}],
    },
    "strides": [
        {
            "stride": 8,
            "sizes": [16, 32],
            "anchors": 9600,
            "faces": 2,
            "best": 0.98,
            "picture": "stride-8.jpg",
        }
    ],
    "network": {
        "embedder": "facenet_sface256",
        "steps": "network-input.jpg",
        "standardised": True,
        "mirrored": False,
        "side": 160,
        "other_side": 112,
        "mean": 120.4,
        "deviation": 44.0,
        "numbers": "vector.jpg",
        "dimensions": 256,
    },
}


def test_an_uploaded_picture_starts_a_job(signed_in: Client, owner: User) -> None:
    file = SimpleUploadedFile("me.jpg", drawn_jpeg(200, 150))
    response = signed_in.post(PAGE, {"picture": file})
    job = Job.objects.get()
    assert (job.kind, job.owner) == ("detectors", owner)
    assert response["Location"] == reverse("albums:job", args=[job.pk])
    assert job.files.get().name == "picture"


def test_a_photo_of_the_account_is_offered_and_starts_a_job(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    page = signed_in.get(PAGE, {"photo": image.pk}).content.decode()
    assert reverse("albums:rendition", args=[image.pk, "thumbnail"]) in page
    assert "checked" in page
    signed_in.post(PAGE, {"photo": image.pk})
    assert Job.objects.get().inputs == {"image": image.pk}


def test_nothing_and_another_accounts_photo_are_refused(signed_in: Client, stranger: User) -> None:
    image = stored_image(stranger)
    assert signed_in.post(PAGE, {}).status_code == 400
    response = signed_in.post(PAGE, {"photo": image.pk})
    assert response.status_code == 400
    assert "This photo no longer exists" in response.content.decode()
    assert (
        reverse("albums:rendition", args=[image.pk, "thumbnail"])
        not in signed_in.get(PAGE, {"photo": image.pk}).content.decode()
    )
    assert not Job.objects.exists()


def test_a_file_that_is_no_picture_is_refused(signed_in: Client) -> None:
    response = signed_in.post(PAGE, {"picture": SimpleUploadedFile("me.jpg", b"text")})
    assert response.status_code == 409
    assert not Job.objects.exists()


def test_the_result_has_every_step_with_its_figures(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    job = job_create(owner=owner, kind="detectors", inputs={"image": image.pk})
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, result=RESULT)
    page = signed_in.get(reverse("albums:job", args=[job.pk])).content.decode()
    text = " ".join(page.split())
    for expected in (
        "1 face in 12 ms",
        "0.93",
        "bin/manage fetch_models viola_jones",
        "The model failed",
        "100 \u2212 30 \u2212 40 + 10 = 40",
        "Value -0.100, threshold 0.020: vote 2.10",
        "1,000 windows enter the cascade",
        "After stage 1: 400 windows",
        "9,600 anchors of 16 and 32 pixels",
        "160 by 160 pixels",
        "Of an unclear face, the mirror image is embedded too",
        "for the second network, turned and cut out in 112 by 112 pixels",
        "256 numbers by facenet_sface256",
    ):
        assert expected in text, expected
    assert reverse("albums:job_file", args=[job.pk, "stride-8.jpg"]) in page


def test_a_result_without_optional_models_says_how_to_install_them(signed_in: Client, owner: User) -> None:
    image = stored_image(owner)
    job = job_create(owner=owner, kind="detectors", inputs={"image": image.pk})
    bare = {**RESULT, "cascade": None, "strides": None, "network": None}
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, result=bare)
    page = signed_in.get(reverse("albums:job", args=[job.pk])).content.decode()
    assert "fetch_models viola_jones" in page
    assert "stride-8.jpg" not in page


def test_the_studio_lists_the_tools(signed_in: Client) -> None:
    page = signed_in.get(reverse("albums:studio")).content.decode()
    for tool in RECOGNITION_TOOLS:
        assert f'href="{reverse(tool.url_name)}"' in page


@pytest.mark.parametrize("tool", RECOGNITION_TOOLS, ids=lambda tool: tool.name)
def test_every_tool_is_a_page_for_signed_in_users(client: Client, owner: User, tool: Any) -> None:
    assert client.get(reverse(tool.url_name)).status_code == 302
