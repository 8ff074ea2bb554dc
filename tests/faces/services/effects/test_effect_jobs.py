"""Jobs that morph faces and show people growing up, from drawn faces to their files."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from PIL import Image as Pillow

from albums.exceptions import JobFailed
from albums.models import Job
from albums.services.jobs.jobs import JobUpload, job_create
from albums.services.jobs.running import job_run
from faces import runtime
from faces.models import Face, Person
from faces.services.effects.growing_up import periods
from tests.faces.coloured import ColourEmbedder
from tests.faces.drawn_faces import SIDE, detection, drawn_face, stored_face
from tests.rows import drawn_jpeg

pytestmark = pytest.mark.django_db
BLUE = (0.6, 0.7, 1.0)


@pytest.fixture(autouse=True)
def _landmarks(install: Callable[..., Path], settings: Any) -> None:
    settings.MODELS_DIR = install("face_landmarks")


def run(owner: User, kind: str, **arguments: Any) -> Job:
    job = job_create(owner=owner, kind=kind, **arguments)
    job_run(job_id=job.pk)
    job.refresh_from_db()
    return job


def morph(owner: User, first: Face, second: Face, **options: Any) -> Job:
    values = {"frames": 4, "side": 256, **options}
    return run(owner, "morph", inputs={"first": first.pk, "second": second.pk}, options=values)


def pictures(job: Job, name: str) -> list[np.ndarray]:
    with Pillow.open(job.results()[name].file) as animation:
        found = []
        for number in range(getattr(animation, "n_frames", 1)):
            animation.seek(number)
            found.append(np.asarray(animation.convert("RGB"), dtype=int))
        return found


def test_two_stored_faces_become_an_animation_a_video_and_a_portrait(ada: User) -> None:
    job = morph(ada, stored_face(ada), stored_face(ada, mouth=14, shade=BLUE))
    assert job.state == "done", (job.reason, job.detail)
    assert job.result == {"frames": 4, "side": 256, "step": 200}
    frames = [f"frame-{number:03}.jpg" for number in range(4)]
    assert sorted(job.results()) == [*frames, "half-way.jpg", "morph.webm", "morph.webp"]
    animation = pictures(job, "morph.webp")
    assert [picture.shape for picture in animation] == [(256, 256, 3)] * 4
    # From skin to blue, step by step; what is stored frame by frame is the same.
    tints = [float((picture[..., 2] - picture[..., 0])[100:150, 100:150].mean()) for picture in animation]
    assert tints == sorted(tints)
    assert tints[-1] - tints[0] > 60
    for name, picture in zip(frames, animation, strict=True):
        assert np.abs(pictures(job, name)[0] - picture).mean() < 4
    (middle,) = pictures(job, "half-way.jpg")
    assert tints[1] < float((middle[..., 2] - middle[..., 0])[100:150, 100:150].mean()) < tints[2]
    assert job.results()["morph.webm"].file.read(4) == b"\x1aE\xdf\xa3", "the first bytes of a WebM file"


def test_an_uploaded_picture_is_morphed_with_a_stored_face(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Drawn:
        name = "drawn"

        def detect(self, _picture: np.ndarray, /) -> list[Any]:
            return [detection()]

    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: Drawn())
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    runtime.reset()
    file = io.BytesIO()
    Pillow.fromarray(drawn_face()).save(file, "PNG")
    job = run(
        ada,
        "morph",
        inputs={"second": stored_face(ada, shade=BLUE).pk},
        files={"first": JobUpload(file.getvalue(), "image/png")},
        options={"frames": 2, "side": 256},
    )
    runtime.reset()
    assert (job.state, job.detail) == ("done", "")


def test_a_picture_without_a_face_is_refused_with_its_number(ada: User) -> None:
    nothing = np.full((SIDE, SIDE, 3), 80, dtype=np.uint8)
    job = morph(ada, stored_face(ada), stored_face(ada, pixels=nothing))
    assert (job.state, job.reason, job.reason_values) == ("failed", "effect_no_face", {"which": 2})
    assert not job.results()


@pytest.mark.data
def test_a_face_that_looks_aside_is_refused(ada: User, lfw: Path, models_dir: Path, settings: Any) -> None:
    settings.MODELS_DIR = models_dir
    aside = lfw.parent / "friends_cast" / "original-images" / "Dr-Ross-Geller.jpeg"
    job = run(
        ada,
        "morph",
        inputs={"second": stored_face(ada).pk},
        files={"first": JobUpload(aside.read_bytes(), "image/jpeg")},
    )
    assert (job.state, job.reason, job.reason_values) == ("failed", "effect_turned_away", {"which": 1})


def test_a_broken_upload_is_refused(ada: User) -> None:
    job = run(
        ada,
        "morph",
        inputs={"first": stored_face(ada).pk},
        files={"second": JobUpload(drawn_jpeg()[:200], "image/jpeg")},
    )
    assert (job.state, job.reason, job.reason_values) == ("failed", "effect_unreadable", {"which": 2})


def test_another_accounts_face_does_not_exist(ada: User, grace: User) -> None:
    mine, theirs = stored_face(ada), stored_face(grace)
    with pytest.raises(JobFailed) as failed:
        morph(ada, mine, theirs)
    assert failed.value.code == "effect_face_gone"
    assert not Job.objects.exists()


@pytest.mark.parametrize("options", [{"frames": 1}, {"frames": "x"}, {"side": 2000}, {"shape": 3}])
def test_options_out_of_their_range_start_no_job(ada: User, options: dict[str, Any]) -> None:
    with pytest.raises(JobFailed) as failed:
        morph(ada, stored_face(ada), stored_face(ada, shade=BLUE), **options)
    assert failed.value.code == "effect_options"


def test_a_missing_model_is_named(ada: User, tmp_path: Path, settings: Any) -> None:
    settings.MODELS_DIR = tmp_path
    runtime.reset()
    job = morph(ada, stored_face(ada), stored_face(ada, shade=BLUE))
    assert (job.state, job.reason) == ("failed", "effect_no_model")


def grown(owner: User, years: dict[int, tuple[float, float, float]]) -> Person:
    person = Person.objects.create(owner=owner, name="Ada", birth_date=date(2001, 6, 1))
    for year, shade in years.items():
        stored_face(owner, shade=shade, person=person, taken=datetime(year, 5, 1, tzinfo=UTC))
    return person


def test_a_person_grows_up_from_the_earliest_to_the_latest_photo(ada: User) -> None:
    person = grown(ada, {2003: (1, 0.8, 0.7), 2010: (0.8, 0.8, 0.8), 2020: BLUE})
    stored_face(ada, shade=(1, 1, 1), person=person, taken=None)
    options = {"portraits": 6, "side": 256, "language": "fr"}
    job = run(ada, "growing_up", inputs={"person": person.pk}, options=options)
    assert job.state == "done", (job.reason, job.detail)
    assert job.result["captions"] == ["mai 2003", "mai 2010", "mai 2020"]
    assert len(pictures(job, "growing_up.webp")) == 3 + 2 * 6
    tints = [
        float((picture[..., 2] - picture[..., 0])[90:150, 100:150].mean())
        for name in sorted(job.results())
        if name.startswith("frame-")
        for picture in pictures(job, name)
    ]
    assert len(tints) == 3
    assert tints == sorted(tints)


def test_a_dark_photo_is_left_out(ada: User) -> None:
    person = grown(ada, {2003: (1, 0.8, 0.7), 2010: (0.15, 0.1, 0.1), 2020: BLUE})
    job = run(ada, "growing_up", inputs={"person": person.pk}, options={"portraits": 6, "side": 256})
    assert len(job.result["faces"]) == 2


def test_a_person_with_one_photo_cannot_grow_up(ada: User) -> None:
    person = grown(ada, {2003: (1, 0.8, 0.7)})
    with pytest.raises(JobFailed) as failed:
        run(ada, "growing_up", inputs={"person": person.pk})
    assert failed.value.code == "effect_few_portraits"


def test_another_accounts_person_does_not_exist(ada: User, grace: User) -> None:
    person = grown(grace, {2003: (1, 0.8, 0.7), 2020: BLUE})
    with pytest.raises(JobFailed) as failed:
        run(ada, "growing_up", inputs={"person": person.pk})
    assert failed.value.code == "effect_person_gone"


def test_periods_are_even_in_time_and_each_has_its_best_faces(ada: User) -> None:
    person = grown(ada, {2000: (1, 1, 1), 2001: (1, 1, 0.9), 2002: (1, 1, 0.8), 2010: BLUE})
    faces = list(person.faces.select_related("image").order_by("image__captured_at"))
    faces[1].quality = 0.95
    found = periods(faces, 2)
    assert [[face.image.captured_at.year for face in group if face.image.captured_at] for group in found] == [
        [2001, 2000, 2002],
        [2010],
    ]
    assert periods([], 3) == []
