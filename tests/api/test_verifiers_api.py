"""Trained verifiers in the API."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from tests.faces.trained_verifiers import stored_verifier
from tests.rows import face_row, image_row
from tests.vision_stubs import at_distance, unit

API = "/api/v1"


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


def verify(client: Client, owner: User, **more: str) -> Any:
    first, second = (face_row(image_row(owner), crop=False, vector=at) for at in (unit(1), at_distance(0.3)))
    body = {"first_face": first.pk, "second_face": second.pk, **more}
    return client.post(f"{API}/verify/", body, content_type="application/json")


def test_they_are_listed_with_their_tests(signed_in: Client) -> None:
    assert signed_in.get(f"{API}/verifiers/").json() == {"verifiers": []}
    stored_verifier("class")
    stored_verifier("light", embedder="sface128")
    (one,) = signed_in.get(f"{API}/verifiers/").json()["verifiers"]
    assert (one["name"], one["model"]) == ("class", "facenet_sface256")
    assert one["people"] == {"train": 6, "validation": 2, "test": 2}
    assert one["verifier"]["accuracy"] == 0.9
    assert (one["verifier"]["threshold"], one["distance"]["threshold"]) == (None, 0.5)


def test_one_decides_a_comparison(signed_in: Client, owner: User) -> None:
    stored_verifier("strict", bias=-8)
    alone, strict = verify(signed_in, owner).json(), verify(signed_in, owner, verifier="strict").json()
    assert (alone["same"], alone["verifier"]) == (True, "")
    assert (strict["same"], strict["verifier"]) == (False, "strict")
    assert strict["probability"] == pytest.approx(0.2689, abs=1e-3)
    assert strict["distance"] == pytest.approx(alone["distance"])


def test_an_unknown_one_is_a_problem(signed_in: Client, owner: User) -> None:
    answer = verify(signed_in, owner, verifier="nobody")
    assert (answer.status_code, answer.json()["code"]) == (422, "no_such_verifier")
    assert answer.json()["detail"] == "This model isn't available any more. Choose another one."
