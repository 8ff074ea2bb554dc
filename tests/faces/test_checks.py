"""`bin/manage check` on the models that the settings name, and those of each owner."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import checks
from django.db import connection

from config.commands import preparation
from faces.checks import estimates_check, models_check, optional_models_check, owner_models_check
from faces.models import OwnerModels
from faces.vision.weights.files import record_write
from faces.vision.weights.table import MODELS, Purpose, model_named
from tests.faces.attributes import install_stand_in, switch_on


@pytest.fixture
def installed(tmp_path: Path, settings) -> Path:
    """Stand-ins for the configured models: the check looks at records, not into networks."""
    settings.MODELS_DIR, settings.DETECTOR, settings.EMBEDDER = tmp_path, "yunet", "sface128"
    optional = [
        model.name
        for model in MODELS
        if model.installed_by_default and model.purpose not in (Purpose.DETECTOR, Purpose.EMBEDDER)
    ]
    for name in ("yunet", "sface128", *optional):
        model = model_named(name)
        (tmp_path / model.file).write_bytes(name.encode())
        record_write(model=model, path=tmp_path / model.file, origin="a test")
    return tmp_path


def test_whole_models_give_no_message(installed: Path) -> None:
    assert models_check() == []


def test_a_missing_model_is_an_error_that_says_what_to_run(installed: Path) -> None:
    (installed / "yunet.onnx").unlink()
    (message,) = models_check()
    assert (message.id, message.hint) == ("faces.E001", "Run: bin/manage fetch_models yunet")
    assert message.is_serious()


def test_a_damaged_model_is_an_error_that_says_what_was_found(installed: Path) -> None:
    (installed / "sface128.onnx").write_bytes(b"half")
    (message,) = models_check()
    assert message.id == "faces.E002"
    assert "4 bytes, not 8" in message.msg
    assert message.hint == "Run: bin/manage fetch_models sface128"


def test_only_the_configured_models_are_checked(installed: Path, settings) -> None:
    settings.DETECTOR = "retinaface_resnet50"
    (message,) = models_check()
    assert "retinaface_resnet50" in message.msg


def test_a_missing_optional_model_is_a_warning_and_the_start_command_installs_it(
    installed: Path, db: None
) -> None:
    assert optional_models_check() == []
    (installed / "face_landmarks.onnx").unlink()
    (message,) = optional_models_check()
    assert (message.id, message.hint) == ("faces.W001", "Run: bin/manage fetch_models face_landmarks")
    assert not message.is_serious()
    assert preparation.missing_optional_models() == ["face_landmarks"]
    assert preparation.missing_models() == []


def test_a_missing_model_of_an_owner_is_an_error_whatever_the_settings_say(
    installed: Path, ada: User
) -> None:
    OwnerModels.objects.create(owner=ada, detector="retinaface_mobilenet", embedder="sface128")
    (message,) = owner_models_check(databases=["default"])
    assert (message.id, message.hint) == ("faces.E001", "Run: bin/manage fetch_models retinaface_mobilenet")
    assert message.is_serious()
    assert models_check() == []


def test_a_model_of_owners_and_settings_is_named_once(installed: Path, ada: User, grace: User) -> None:
    for owner in (ada, grace):
        OwnerModels.objects.create(owner=owner, detector="yunet", embedder="facenet128")
    (installed / "yunet.onnx").unlink()
    found = checks.run_checks(tags=["models"], databases=["default"])
    # Django keeps its checks in a set: they come in any order.
    missing = [message.obj for message in found if message.id == "faces.E001"]
    assert sorted(missing) == ["facenet128", "yunet"]
    assert sorted(preparation.missing_models()) == ["facenet128", "yunet"], "what the start command installs"


def test_owners_models_are_checked_only_with_a_database(installed: Path, ada: User) -> None:
    OwnerModels.objects.create(owner=ada, detector="viola_jones", embedder="facenet128")
    assert checks.run_checks(tags=["models"]) == []


def test_before_there_are_tables_it_has_nothing_to_say(installed: Path, db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE faces_ownermodels RENAME TO not_made_yet")
    assert owner_models_check(databases=["default"]) == []


def test_a_model_that_this_version_does_not_know_is_an_error_too(installed: Path, ada: User) -> None:
    OwnerModels.objects.create(owner=ada, detector="yunet", embedder="of_tomorrow")
    (message,) = owner_models_check(databases=["default"])
    assert message.id == "faces.E003"
    assert "of_tomorrow" in message.msg


def test_the_model_of_age_and_gender_is_missed_once_an_owner_has_switched_them_on(
    installed: Path, ada: User
) -> None:
    assert estimates_check(databases=["default"]) == []
    switch_on(ada)
    (message,) = estimates_check(databases=["default"])
    assert (message.id, message.hint) == ("faces.W001", "Run: bin/manage fetch_models age_gender")
    assert "age_gender" in preparation.missing_optional_models()
    assert estimates_check() == []


@pytest.mark.parametrize("names", [["age_gender"], ["age_dlib", "gender_dlib"]])
def test_either_model_of_age_and_gender_is_enough(installed: Path, ada: User, names: list[str]) -> None:
    switch_on(ada)
    install_stand_in(*names)
    assert estimates_check(databases=["default"]) == []


def test_before_the_column_of_age_and_gender_is_there_nothing_is_missed(installed: Path, ada: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE faces_facerecognition DROP COLUMN attributes")
    assert estimates_check(databases=["default"]) == []
