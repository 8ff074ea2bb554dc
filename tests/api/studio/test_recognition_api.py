"""Detectors explained, live verification and certainty in the API. The models are stubbed at their seams."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from albums.models import Image, Job
from faces import picture_faces
from faces.models import Person
from faces.services.searching.verification_base import base_sign
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box
from tests.rows import drawn_jpeg, group_of, stored_image
from tests.vision_stubs import MODEL, at_distance, stub_pipeline, unit

API = "/api/v1"
LARGE = Box(0.5, 0.3, 0.3, 0.5)
UsePipeline = Callable[[FacePipeline], None]


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> UsePipeline:
    return lambda pipeline: monkeypatch.setattr(picture_faces, "get_pipeline", lambda _models: pipeline)


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("frame.jpg", drawn_jpeg(640, 480))


def frame(client: Client, **more: Any) -> Any:
    return client.post(f"{API}/verify/frame/", {"frame": picture(), **more})


def test_frames_are_compared_with_a_base_that_was_embedded_once(
    signed_in: Client, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1), at_distance(0.1), at_distance(1.1)]))
    base = signed_in.post(f"{API}/verify/base/", {"picture": picture()}).json()
    assert (base["expires_in"], base["selected"]) == (3600, 0)
    answers = [frame(signed_in, base=base["base"]).json() for _ in range(2)]
    assert [answer["same"] for answer in answers] == [True, False]
    assert answers[0]["distance"] == pytest.approx(0.1, abs=1e-6)
    assert answers[0]["face"]["w"] == pytest.approx(0.3)
    assert not Image.objects.exists()


def test_a_frame_is_compared_with_a_person(signed_in: Client, owner: User, use_pipeline: UsePipeline) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    assert frame(signed_in, person=group_of(owner, 2).pk).status_code == 200
    late = frame(signed_in, person=Person.objects.create(owner=owner).pk)
    assert (late.status_code, late.json()["code"]) == (409, "person_not_read_yet")


def test_another_accounts_person_is_missing_and_its_base_invalid(
    signed_in: Client, stranger: User, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    theirs = frame(signed_in, person=group_of(stranger, 2).pk)
    nothing = frame(signed_in, person=987_654_321)
    assert (theirs.status_code, theirs.json()) == (nothing.status_code, nothing.json())
    assert theirs.status_code == 404
    stolen = frame(signed_in, base=base_sign(user=stranger, model=MODEL, vector=unit(1)))
    assert (stolen.status_code, stolen.json()["code"]) == (422, "base_expired")


def test_a_frame_without_a_face_and_an_incomplete_one_have_their_codes(
    signed_in: Client, owner: User, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[]], []))
    base = base_sign(user=owner, model=MODEL, vector=unit(1))
    empty = frame(signed_in, base=base)
    assert (empty.status_code, empty.json()["code"]) == (422, "no_face")
    assert frame(signed_in).status_code == 400
    assert frame(signed_in, base=base, person=1).status_code == 400


def test_the_detectors_run_as_a_job(signed_in: Client, owner: User, stranger: User) -> None:
    image = stored_image(owner)
    answer = signed_in.post(f"{API}/studio/detectors/", {"image": image.pk}, content_type="application/json")
    assert answer.status_code == 202
    assert (answer.json()["kind"], answer.json()["state"]) == ("detectors", "waiting")
    assert signed_in.post(f"{API}/studio/detectors/", {"picture": picture()}).status_code == 202
    assert Job.objects.filter(owner=owner).count() == 2
    theirs, nothing = (
        signed_in.post(f"{API}/studio/detectors/", {"image": pk}, content_type="application/json")
        for pk in (stored_image(stranger).pk, 987_654_321)
    )
    assert theirs.status_code == nothing.status_code
    assert theirs.json() == nothing.json()
    assert signed_in.post(f"{API}/studio/detectors/", {}).status_code == 400


def test_certainty_is_measured_and_of_own_faces(
    signed_in: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        answer = signed_in.get(f"{API}/verify/certainty/").json()
    assert answer["model"] == MODEL
    assert [row["dataset"] for row in answer["measured"]] == ["lfw", "orl"]
    assert answer["measured"][0]["figures"]["accuracy"] > 0.99
    assert answer["own"]["figures"] is None
