"""Trained verifiers are listed, decide comparisons, and are left out when damaged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from faces.exceptions import NoSuchVerifier
from faces.models import OwnerModels
from faces.services.searching.verification import verifiers_for, verify
from faces.services.searching.verifiers import verifiers, verifiers_folder
from faces.vision.errors import ModelDamaged
from tests.faces.trained_verifiers import stored_verifier
from tests.rows import face_row, image_row
from tests.vision_stubs import at_distance, unit

pytestmark = pytest.mark.django_db
Compare = Callable[..., object]


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


def test_a_verifier_decides_in_place_of_the_distance(ada: User) -> None:
    first, second = (face_row(image_row(ada), crop=False, vector=at) for at in (unit(1), at_distance(0.3)))
    stored_verifier("strict", bias=-8)
    stored_verifier("lenient", bias=-2)
    alone = verify(user=ada, first=first, second=second)
    strict, lenient = (
        verify(user=ada, first=first, second=second, verifier=name) for name in ("strict", "lenient")
    )
    assert (alone.same, alone.verifier) == (True, "")
    assert (strict.same, strict.verifier) == (False, "strict")
    assert strict.probability == pytest.approx(0.2689, abs=1e-3)
    assert lenient.same
    assert strict.distance == lenient.distance == alone.distance


def test_they_are_listed_by_name_and_replaced_as_a_whole() -> None:
    for name in ("orl", "class", "orl"):
        stored_verifier(name)
    assert [one.name for one in verifiers()] == ["class", "orl"]
    assert sorted(path.name for path in verifiers_folder().iterdir()) == ["class", "orl"]
    assert verifiers()[0].metrics["people"] == {"train": 6, "validation": 2, "test": 2}


def test_one_for_another_embedder_is_not_offered_and_not_used(ada: User) -> None:
    stored_verifier(embedder="sface128")
    face = face_row(image_row(ada), crop=False, vector=unit(1))
    assert verifiers_for(ada) == []
    with pytest.raises(NoSuchVerifier):
        verify(user=ada, first=face, second=face, verifier="class")
    OwnerModels.objects.create(owner=ada, detector="yunet", embedder="sface128")
    assert [one.name for one in verifiers_for(ada)] == ["class"]


@pytest.mark.parametrize("name", ["nobody", "../verifiers/class", "class/", ".", "CLASS", "x" * 300])
def test_an_unknown_name_reads_no_file(ada: User, name: str) -> None:
    stored_verifier()
    face = face_row(image_row(ada), crop=False, vector=unit(1))
    with pytest.raises(NoSuchVerifier):
        verify(user=ada, first=face, second=face, verifier=name)


@pytest.mark.parametrize("content", ["", "[]", "{}", json.dumps({"embedder": "x", "trained_at": "soon"})])
def test_a_damaged_folder_is_left_out(content: str) -> None:
    stored_verifier()
    stored_verifier("damaged")
    (verifiers_folder() / "damaged" / "metrics.json").write_text(content)
    assert [one.name for one in verifiers()] == ["class"]


def test_a_damaged_model_is_an_error_of_the_server(ada: User) -> None:
    stored_verifier()
    (verifiers_folder() / "class" / "model.onnx").write_bytes(b"no model")
    face = face_row(image_row(ada), crop=False, vector=unit(1))
    with pytest.raises(ModelDamaged):
        verify(user=ada, first=face, second=face, verifier="class")
