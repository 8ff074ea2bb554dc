"""Age and gender in the API: the setting, the fields of faces, the filters, and the export."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from faces import attribute_tasks
from faces.models import Face, FaceAttributes, Person
from faces.services.attributes.consent import attributes_enabled
from faces.services.core.consent import recognition_set
from tests.faces.attributes import estimate, install_stand_in, switch_on
from tests.rows import face_row, image_rows, whole

SETTING = "/api/v1/me/attributes/"


@pytest.fixture
def signed_in(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def faces(ada: User) -> list[Face]:
    """A child, and an adult named Anna."""
    images = image_rows(ada, 2)
    anna = Person.objects.create(owner=ada, name="Anna")
    made = [face_row(images[0], crop=False), face_row(images[1], person=anna, crop=False)]
    estimate(made[0], 8, male=0.95)
    estimate(made[1], 34.2, male=0.04)
    return made


@pytest.fixture
def queued(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return the queued work; the models folder is empty."""
    settings.MODELS_DIR = tmp_path
    sent: list[object] = []
    monkeypatch.setattr("api.views.attributes.enqueue_sweep", lambda: sent.append("sweep"))
    monkeypatch.setattr(cache, "add", lambda *_args, **_kwargs: True)
    monkeypatch.setattr(attribute_tasks.resume_attributes, "delay", sent.append)
    return sent


def put(client: Client, enabled: object) -> Any:
    return client.put(SETTING, {"enabled": enabled}, content_type="application/json")


def test_it_is_switched_on_and_off_with_a_receipt(
    signed_in: Client,
    ada: User,
    faces: list[Face],
    queued: list[object],
    django_capture_on_commit_callbacks: Any,
) -> None:
    off = {"enabled": False, "available": False, "done": 0, "total": 0}
    assert signed_in.get(SETTING).json() == off
    missing = put(signed_in, True)
    assert (missing.status_code, missing.json()["code"]) == (503, "model_unavailable")
    assert "fetch_models age_gender" in missing.json()["detail"]
    install_stand_in()
    with django_capture_on_commit_callbacks(execute=True):
        assert put(signed_in, True).json() == {"enabled": True, "erased": None}
    assert signed_in.get(SETTING).json() == off | {"enabled": True, "available": True}
    with django_capture_on_commit_callbacks(execute=True):
        assert put(signed_in, False).json() == {"enabled": False, "erased": {"estimates": 2}}
    assert put(signed_in, False).json() == {"enabled": False, "erased": None}
    assert queued == [ada.pk, "sweep"]
    assert not FaceAttributes.objects.exists()
    receipt = signed_in.get("/api/v1/me/receipts/").json()["results"][0]
    assert (receipt["what"], receipt["erased"]) == ("age and gender", {"estimates": 2})


def test_it_conflicts_with_face_recognition_being_off(signed_in: Client, ada: User) -> None:
    recognition_set(owner=ada, enabled=False)
    answer = put(signed_in, True)
    assert (answer.status_code, answer.json()["code"]) == (409, "recognition_off")
    assert put(signed_in, "perhaps").status_code == 400
    assert not attributes_enabled(ada.pk)


def test_a_face_has_its_age_and_gender_as_estimates(signed_in: Client, faces: list[Face]) -> None:
    child, anna = signed_in.get("/api/v1/faces/").json()["results"]
    assert child["age"] == {"years": 8, "low": 5, "high": 11, "estimated": True}
    assert child["gender"] is None
    assert (anna["age"]["years"], anna["age"]["estimated"]) == (34, True)
    assert anna["gender"] == {"value": "female", "probability": 0.96}
    Person.objects.update(birth_date=date(1980, 1, 1))
    anna = signed_in.get(f"/api/v1/faces/{faces[1].pk}/").json()
    assert anna["age"] == {"years": 44, "low": 44, "high": 44, "estimated": False}


def test_a_face_without_estimates_has_neither(signed_in: Client, faces: list[Face]) -> None:
    FaceAttributes.objects.all().delete()
    for face in signed_in.get("/api/v1/faces/").json()["results"]:
        assert (face["age"], face["gender"]) == (None, None)


@pytest.mark.parametrize(
    ("age", "place"), [("children", 0), ("adults", 1), ("30-40", 1), ("34", 1), ("0-8", 0)]
)
def test_faces_and_photos_are_filtered_by_age(
    signed_in: Client, faces: list[Face], age: str, place: int
) -> None:
    listed = signed_in.get(f"/api/v1/faces/?age={age}").json()["results"]
    assert [face["id"] for face in listed] == [faces[place].pk]
    photos = signed_in.get(f"/api/v1/images/?age={age}").json()["results"]
    assert [photo["id"] for photo in photos] == [faces[place].image_id]


def test_several_ages_match_any_of_them_and_what_is_none_is_refused(
    signed_in: Client, faces: list[Face]
) -> None:
    assert len(signed_in.get("/api/v1/faces/?age=children&age=adults").json()["results"]) == 2
    answer = signed_in.get("/api/v1/faces/?age=old")
    assert answer.status_code == 400
    assert "Not an age: old" in answer.json()["fields"]["age"][0]


def test_ages_are_among_the_completions(signed_in: Client, ada: User) -> None:
    switch_on(ada)
    (group,) = signed_in.get("/api/v1/search/suggestions/?q=30 to 40").json()["groups"]
    assert (group["part"], group["choices"]) == ("age", [{"value": "30-40", "label": "30 to 40 years old"}])


def test_the_export_has_the_estimates_while_they_are_on(
    signed_in: Client, ada: User, grace: User, faces: list[Face]
) -> None:
    estimate(face_row(image_rows(grace, 1)[0], crop=False), 50)
    assert "estimates.json" not in _exported(signed_in)
    switch_on(ada)
    rows = json.loads(_exported(signed_in)["estimates.json"])
    assert [(row["face"], row["age"], row["male"], row["model"]) for row in rows] == [
        (faces[0].pk, 8, 0.95, "age_gender"),
        (faces[1].pk, 34.2, 0.04, "age_gender"),
    ]


def _exported(client: Client) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole(client.get("/api/v1/me/export/")))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
