"""The job that explains how faces are found, with the real models and a real photo."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from PIL import Image as Pillow

from albums.exceptions import JobFailed
from albums.models import Job
from albums.services.jobs.jobs import JobUpload, job_create
from albums.services.jobs.running import job_run
from faces import runtime
from faces.conf import FaceSettings
from faces.services.explaining.comparison import DETECTORS, DetectorState, detectors_run
from tests.rows import drawn_jpeg, stored_image

pytestmark = pytest.mark.django_db
PORTRAIT = "images/Al_Sharpton/Al_Sharpton_0001.jpg"


def explained(owner: User, content: bytes) -> Job:
    job = job_create(owner=owner, kind="detectors", files={"picture": JobUpload(content, "image/jpeg")})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, (job.reason, job.detail)
    return job


@pytest.mark.data
@pytest.mark.slow(8)
def test_a_photo_goes_through_every_installed_detector(
    ada: User, lfw: Path, install: Callable[..., Path], settings
) -> None:
    install()
    settings.MODELS_DIR = install("yunet", "viola_jones")
    runtime.reset()
    job = explained(ada, (lfw / PORTRAIT).read_bytes())
    result = job.result
    by_name = {row["name"]: row for row in result["detectors"]}
    assert list(by_name) == list(DETECTORS)
    for name in ("retinaface_mobilenet", "yunet", "viola_jones"):
        assert by_name[name]["milliseconds"] > 0
        box = by_name[name]["faces"][0]
        assert abs(box["x"] + box["w"] / 2 - 0.5) < 0.1
        assert 0 < box["score"] <= 1
    assert result["cascade"]["counts"][0] > 10_000 > result["cascade"]["counts"][-1] > 0
    assert [one["stride"] for one in result["strides"]] == [8, 16, 32]
    assert result["network"]["dimensions"] == 256
    assert result["network"]["standardised"]
    assert not result["network"]["mirrored"]
    assert (result["network"]["side"], result["network"]["other_side"]) == (160, 112)
    files = job.results()
    named = {
        *(row["picture"] for row in by_name.values() if "picture" in row),
        *(one["picture"] for one in result["strides"]),
        *(one["picture"] for one in result["cascade"]["stages"]),
        *(one["picture"] for one in result["cascade"]["features"]),
        *(result["cascade"]["grey"], result["cascade"]["integral"]),
        *(result["network"]["steps"], result["network"]["numbers"]),
    }
    assert named == set(files)
    drawn = np.asarray(Pillow.open(files[by_name["yunet"]["picture"]].file))
    assert drawn.shape == (250, 250, 3)
    original = np.asarray(Pillow.open(lfw / PORTRAIT))
    assert (np.abs(drawn.astype(int) - original).max(axis=2) > 60).sum() > 100


def test_missing_models_are_named_with_their_command(ada: User, settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path
    runtime.reset()
    result = explained(ada, drawn_jpeg(200, 150)).result
    assert {row["state"] for row in result["detectors"]} == {"missing"}
    assert result["detectors"][2]["command"] == "bin/manage fetch_models viola_jones"
    assert result["cascade"] is None
    assert result["strides"] is None
    assert result["network"] is None


def test_a_damaged_model_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / "yunet.onnx").write_bytes(b"damaged")
    states = {
        run.name: run.state
        for run in detectors_run(
            np.zeros((50, 50, 3), np.uint8), FaceSettings("yunet", "facenet_sface256", 1280, tmp_path)
        )
    }
    assert states["yunet"] == DetectorState.DAMAGED
    assert states["viola_jones"] == DetectorState.MISSING


def test_another_accounts_photo_is_refused(ada: User, grace: User) -> None:
    image = stored_image(grace)
    with pytest.raises(JobFailed):
        job_create(owner=ada, kind="detectors", inputs={"image": image.pk})
    assert not Job.objects.exists()


def test_a_photo_of_the_account_is_read_when_the_job_runs(ada: User, settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "none"
    runtime.reset()
    image = stored_image(ada, size=(300, 200))
    job = job_create(owner=ada, kind="detectors", inputs={"image": image.pk})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.result["width"], job.result["height"]) == (300, 200)


def test_a_broken_picture_fails_with_a_reason(ada: User) -> None:
    broken = io.BytesIO(drawn_jpeg(200, 150)).getvalue()[:300]
    job = job_create(owner=ada, kind="detectors", files={"picture": JobUpload(broken, "image/jpeg")})
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.reason
