"""Live verification: the page, and its answers to frames. The models are stubbed at their seams."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from albums.models import Image
from faces import picture_faces
from faces.models import Person
from faces.services.core.consent import recognition_set
from faces.services.searching.verification_base import base_sign
from faces.vision.errors import ModelMissing
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box
from tests.rows import drawn_jpeg, group_of
from tests.vision_stubs import MODEL, at_distance, stub_pipeline, unit

PAGE, FRAME = "/studio/verify/", "/studio/verify/frame/"
SMALL, LARGE = Box(0.1, 0.1, 0.2, 0.2), Box(0.5, 0.3, 0.3, 0.5)
UsePipeline = Callable[[FacePipeline], None]


@pytest.fixture
def use_pipeline(monkeypatch: pytest.MonkeyPatch) -> UsePipeline:
    return lambda pipeline: monkeypatch.setattr(picture_faces, "get_pipeline", lambda _models: pipeline)


def picture(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("me.jpg", drawn_jpeg(640, 480) if content is None else content)


def attribute(page: str, name: str) -> str:
    found = re.search(rf'data-{name}="([^"]*)"', page)
    assert found
    return found[1]


def test_the_page_allows_the_camera_and_says_that_nothing_is_stored(signed_in: Client) -> None:
    response = signed_in.get(PAGE)
    assert response.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "is stored" in response.content.decode()


def test_a_picture_becomes_a_base_that_frames_are_compared_with(
    signed_in: Client, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[SMALL, LARGE], [LARGE]], [unit(0, 1), unit(1), at_distance(0.1)]))
    page = signed_in.post(PAGE, {"picture": picture()}).content.decode()
    assert "2 faces: select another one" in page
    assert attribute(page, "person") == ""
    answer = signed_in.post(FRAME, {"frame": picture(), "base": attribute(page, "base")})
    values = answer.json()
    assert answer.status_code == 200
    assert values["text"] == "Very likely the same person"
    assert values["percent"] == "over 99%"
    assert values["face"] == pytest.approx([0.5, 0.3, 0.3, 0.5])
    assert not Image.objects.exists()


def test_a_person_of_the_albums_is_selected_by_a_link(
    signed_in: Client, owner: User, use_pipeline: UsePipeline
) -> None:
    anna = group_of(owner, 2, name="Anna")
    assert f"{PAGE}?person={anna.pk}" in signed_in.get(PAGE).content.decode()
    assert "Anna" in signed_in.get(PAGE, {"q": "ann"}).content.decode()
    assert "Anna" not in signed_in.get(PAGE, {"q": "ben"}).content.decode()
    page = signed_in.get(PAGE, {"person": anna.pk}).content.decode()
    assert attribute(page, "person") == str(anna.pk)
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    answer = signed_in.post(FRAME, {"frame": picture(), "person": anna.pk})
    assert 0 <= answer.json()["probability"] <= 1


def test_a_frame_without_a_face_is_no_error(
    signed_in: Client, owner: User, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[]], []))
    base = base_sign(user=owner, model=MODEL, vector=unit(1))
    assert signed_in.post(FRAME, {"frame": picture(), "base": base}).json() == {"face": None}


def test_another_accounts_person_and_base_are_refused(
    signed_in: Client, stranger: User, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[LARGE]], [unit(1)]))
    person = group_of(stranger, 2, name="Eve")
    assert signed_in.get(PAGE, {"person": person.pk}).status_code == 404
    assert signed_in.post(FRAME, {"frame": picture(), "person": person.pk}).status_code == 404
    base = base_sign(user=stranger, model=MODEL, vector=unit(1))
    answer = signed_in.post(FRAME, {"frame": picture(), "base": base})
    assert answer.status_code == 409
    assert answer.json()["message"] == "The picture to compare with is no longer valid. Choose it again."


@pytest.mark.parametrize("missing", ["frame", "base", "both"])
def test_an_incomplete_request_is_refused(signed_in: Client, owner: User, missing: str) -> None:
    values: dict[str, object] = {
        "frame": picture(),
        "base": base_sign(user=owner, model=MODEL, vector=unit(1)),
    }
    if missing == "both":
        values["person"] = "1"
    else:
        del values[missing]
    assert signed_in.post(FRAME, values).status_code == 400


def test_a_frame_is_sent_by_post_of_a_signed_in_user(client: Client, signed_in: Client) -> None:
    assert signed_in.get(FRAME).status_code == 405
    client.logout()
    assert client.post(FRAME).status_code == 302


def test_a_picture_without_a_face_and_a_broken_one_say_why(
    signed_in: Client, use_pipeline: UsePipeline
) -> None:
    use_pipeline(stub_pipeline([[]], []))
    response = signed_in.post(PAGE, {"picture": picture()})
    assert response.status_code == 400
    assert "No face found in this image" in response.content.decode()
    response = signed_in.post(PAGE, {"picture": picture(b"no picture")})
    assert response.status_code == 400
    assert "isn&#x27;t a readable image" in response.content.decode()


def test_a_person_without_a_scanned_face_is_explained(signed_in: Client, owner: User) -> None:
    person = Person.objects.create(owner=owner, name="Anna")
    response = signed_in.get(PAGE, {"person": person.pk})
    assert response.status_code == 409
    assert "No face of this person has been scanned" in response.content.decode()


def test_a_missing_model_is_explained(
    signed_in: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_models: object) -> FacePipeline:
        raise ModelMissing("facenet128", None)

    monkeypatch.setattr(picture_faces, "get_pipeline", missing)
    assert signed_in.post(PAGE, {"picture": picture()}).status_code == 503
    base = base_sign(user=owner, model=MODEL, vector=unit(1))
    answer = signed_in.post(FRAME, {"frame": picture(), "base": base})
    assert answer.status_code == 503
    assert "fetch_models facenet128" in answer.json()["message"]


@pytest.mark.parametrize("path", [PAGE, "/studio/how-sure/", "/studio/detectors/"])
def test_without_recognition_the_pages_say_so(signed_in: Client, owner: User, path: str) -> None:
    recognition_set(owner=owner, enabled=False)
    assert "Face recognition is off" in signed_in.get(path).content.decode()
