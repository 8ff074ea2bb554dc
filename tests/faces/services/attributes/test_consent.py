"""Consent to age and gender: off by default, one's own, and off means erased."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from faces.models import ErasureReceipt, FaceAttributes, FaceRecognition
from faces.services.attributes.consent import (
    attributes_available,
    attributes_by_fallback,
    attributes_enabled,
    attributes_end,
    attributes_start,
    owners_with_attributes,
)
from faces.services.attributes.estimation import faces_unestimated
from faces.services.core.consent import RecognitionOff, recognition_set
from faces.vision.errors import ModelMissing
from faces.vision.models.age_gender import FALLBACK
from tests.faces.attributes import estimate, install_stand_in, switch_on
from tests.rows import face_row, stored_image


@pytest.fixture
def models(settings: Any, tmp_path: Path) -> Path:
    """A models folder with a stand-in for the file of the model."""
    settings.MODELS_DIR = tmp_path
    install_stand_in()
    return tmp_path


def test_it_is_off_until_the_owner_switches_it_on(owner: User, stranger: User, models: Path) -> None:
    assert not attributes_enabled(owner.pk)
    attributes_start(owner=owner)
    assert attributes_enabled(owner.pk)
    assert not attributes_enabled(stranger.pk)
    assert owners_with_attributes() == [owner.pk]


def test_a_decision_about_recognition_does_not_switch_it_on(owner: User) -> None:
    recognition_set(owner=owner, enabled=True)
    assert not attributes_enabled(owner.pk)


def test_without_the_model_it_stays_off(owner: User, settings: Any, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path
    assert not attributes_available()
    with pytest.raises(ModelMissing, match="fetch_models age_gender"):
        attributes_start(owner=owner)
    assert not attributes_enabled(owner.pk)


def test_without_face_recognition_it_stays_off_and_does_not_come_back_with_it(
    owner: User, models: Path
) -> None:
    attributes_start(owner=owner)
    recognition_set(owner=owner, enabled=False)
    with pytest.raises(RecognitionOff):
        attributes_start(owner=owner)
    recognition_set(owner=owner, enabled=True)
    assert not attributes_enabled(owner.pk)


def test_switching_off_erases_the_owners_estimates_and_counts_them(owner: User, stranger: User) -> None:
    for number in (1, 2):
        estimate(face_row(stored_image(owner, number=number)), 30)
    theirs = estimate(face_row(stored_image(stranger)), 30)
    switch_on(owner)
    receipt = attributes_end(owner=owner)
    assert receipt is not None
    assert (receipt.what, receipt.counts) == ("age and gender", {"estimates": 2})
    assert list(FaceAttributes.objects.all()) == [theirs]
    assert FaceRecognition.objects.get(owner=owner).enabled
    assert attributes_end(owner=owner) is None
    assert ErasureReceipt.objects.count() == 1


def test_the_fallback_is_enough_and_is_replaced_by_the_better_model(
    owner: User, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    install_stand_in("age_dlib")
    assert not attributes_available()
    install_stand_in("gender_dlib")
    assert attributes_by_fallback()
    attributes_start(owner=owner)
    assert attributes_enabled(owner.pk)
    install_stand_in("age_gender")
    assert attributes_available()
    assert not attributes_by_fallback()


def test_estimates_of_the_fallback_are_made_anew_by_the_better_model(
    owner: User, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    install_stand_in("age_dlib", "gender_dlib")
    row = estimate(face_row(stored_image(owner)), 30)
    FaceAttributes.objects.update(model=FALLBACK)
    assert not faces_unestimated(owner.pk).exists()
    install_stand_in("age_gender")
    assert faces_unestimated(owner.pk).get().pk == row.face_id
    FaceAttributes.objects.update(model="age_gender")
    (tmp_path / "age_gender.onnx").unlink()
    assert not faces_unestimated(owner.pk).exists()
