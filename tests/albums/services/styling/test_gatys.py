"""Jobs that paint by optimisation: what they need, what they show, and how they end early."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User

from albums import imaging
from albums.exceptions import JobCode, JobFailed, StyleCode
from albums.imaging.effects import gatys as engine
from albums.imaging.effects.vgg16 import LAYERS, Convolution, features_write
from albums.models import Image, Job
from albums.services.jobs.context import JobContext
from albums.services.jobs.jobs import JobUpload, job_create, job_stop
from albums.services.jobs.running import job_run
from albums.services.styling import gatys
from albums.services.styling.gatys import gatys_check, gatys_missing, gatys_options
from tests.rows import drawn_jpeg, stored_image

pytestmark = pytest.mark.django_db

needs_torch = pytest.mark.skipif(
    not engine.torch_installed(), reason="torch is not installed (requirements-gatys.txt)"
)


@pytest.fixture
def photo(ada: User) -> Image:
    return stored_image(ada)


@pytest.fixture
def upload() -> JobUpload:
    return JobUpload(drawn_jpeg(80, 60, shade=7), "image/jpeg")


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with torch and a model, whose weights are random."""
    random, inputs, layers = np.random.default_rng(1), 3, {}
    for name, channels in LAYERS.items():
        weights = np.zeros((channels, inputs, 3, 3), np.float32)
        if name < "block5_conv2":
            weights[...] = random.standard_normal(weights.shape, np.float32) * (2 / (9 * inputs)) ** 0.5
        layers[name] = Convolution(weights, np.zeros(channels, np.float32))
        inputs = channels
    features_write(tmp_path / "features", layers)
    monkeypatch.setattr(gatys, "installed_model", lambda _name: tmp_path / "features")
    monkeypatch.setattr(engine, "THREADS", 1)


def started(owner: User, photo: Image, upload: JobUpload, **options: float) -> Job:
    inputs = {"image": photo.pk, "source": "upload"}
    return job_create(owner=owner, kind="gatys", inputs=inputs, options=options, files={"style": upload})


def test_without_torch_or_the_model_no_job_starts(
    ada: User, photo: Image, upload: JobUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "torch_installed", lambda: False)
    assert gatys_missing() == StyleCode.TORCH_MISSING
    with pytest.raises(JobFailed) as failure:
        started(ada, photo, upload)
    assert failure.value.code == StyleCode.TORCH_MISSING
    monkeypatch.setattr(engine, "torch_installed", lambda: True)
    with pytest.raises(JobFailed) as failure:
        started(ada, photo, upload)
    assert failure.value.code == StyleCode.FEATURES_MISSING
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("style", 11),
        ("style", -1),
        ("style", "1"),
        ("content", True),
        ("smoothness", None),
        ("iterations", 9),
        ("iterations", 50.5),
        ("long_side", 4000),
        ("colour", 1),
    ],
)
def test_a_wrong_option_is_named(name: str, value: object) -> None:
    with pytest.raises(JobFailed) as failure:
        gatys_options({"content": 1, name: value})
    assert (failure.value.code, failure.value.values) == (StyleCode.BAD_OPTION, {"name": name})


def test_options_are_optional() -> None:
    assert gatys_options({}).long_side == 512
    assert gatys_options({"style": 2, "iterations": 40}).iterations == 40


def test_the_photo_of_another_account_and_a_built_in_style_are_refused(grace: User, photo: Image) -> None:
    own = stored_image(grace, number=2)
    for inputs, code in (
        ({"image": photo.pk, "source": "upload"}, JobCode.PHOTO_GONE),
        ({"image": own.pk, "source": "photo", "style_image": photo.pk}, JobCode.PHOTO_GONE),
        ({"image": own.pk, "source": "builtin", "style": "starry-night"}, StyleCode.UNKNOWN),
        ({"image": own.pk, "source": "link", "style_link": "http://example.org/"}, "links_off"),
    ):
        with pytest.raises(JobFailed) as failure:
            gatys_check(grace, inputs, {})
        assert failure.value.code == code


@needs_torch
@pytest.mark.usefixtures("ready")
def test_a_job_paints_the_photo_and_has_the_losses(ada: User, photo: Image, upload: JobUpload) -> None:
    job = started(ada, photo, upload, iterations=10)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, (job.reason, job.detail)
    assert (job.result["width"], job.result["height"]) == (96, 64)
    assert len(job.result["losses"]) == 10
    assert job.result["losses"][-1][3] < job.result["losses"][0][3]
    with job.results()["painting.jpg"].file.open("rb") as file:
        assert imaging.decode(io.BytesIO(file.read())).shape == (64, 96, 3)


@needs_torch
@pytest.mark.usefixtures("ready")
def test_a_stopped_job_has_the_picture_as_it_is(
    ada: User, photo: Image, upload: JobUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = started(ada, photo, upload, iterations=300)
    shown = []

    def preview(context: JobContext, name: str, content: bytes, _content_type: str) -> None:
        shown.append((name, content[:2]))
        job_stop(job=context.job)

    monkeypatch.setattr(JobContext, "preview", preview)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert 0 < len(job.result["losses"]) < 300
    assert list(job.results()) == ["painting.jpg"]
    assert shown[0] == ("preview.jpg", b"\xff\xd8")


@needs_torch
@pytest.mark.usefixtures("ready")
def test_a_painting_of_too_many_minutes_becomes_the_result_as_it_is(
    ada: User, photo: Image, upload: JobUpload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gatys, "MOST_SECONDS", 0.0)
    job = started(ada, photo, upload, iterations=300)
    began = time.monotonic()
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, len(job.result["losses"])) == (Job.State.DONE, 1)
    assert time.monotonic() - began < 60


@needs_torch
@pytest.mark.usefixtures("ready")
def test_a_narrow_style_is_an_expected_failure(ada: User, photo: Image) -> None:
    job = started(ada, photo, JobUpload(drawn_jpeg(300, 20), "image/jpeg"), iterations=10)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.reason) == (Job.State.FAILED, StyleCode.TOO_NARROW)
