"""bin/manage fetch_models."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from faces.vision.weights.table import MODELS


def run_command(*arguments: str) -> str:
    out = StringIO()
    call_command("fetch_models", *arguments, stdout=out)
    return out.getvalue()


def test_the_list_shows_every_model_and_installs_nothing(settings, tmp_path: Path) -> None:
    settings.MODELS_DIR = tmp_path / "models"
    listing = run_command("--list")
    assert all(model.name in listing for model in MODELS)
    assert not settings.MODELS_DIR.exists()


def test_an_unknown_name_is_answered_with_the_names_that_are() -> None:
    with pytest.raises(CommandError, match="facenet128"):
        run_command("facenet")


def test_the_command_fails_with_the_reason_of_every_model_that_could_not_be_had(
    offline: None, settings, tmp_path: Path
) -> None:
    settings.MODELS_DIR, settings.MODELS_SOURCE = tmp_path / "models", None
    with pytest.raises(CommandError) as failure:
        run_command()
    assert "retinaface_mobilenet could not be installed" in str(failure.value)
    assert "facenet128 could not be installed" in str(failure.value)
    assert "sface128 could not be installed" in str(failure.value)


def test_verify_tells_a_damaged_model(settings, tmp_path: Path, index: list[str]) -> None:
    settings.MODELS_DIR = tmp_path
    (tmp_path / "yunet.onnx").write_bytes(b"something")
    with pytest.raises(CommandError, match="must be installed again"):
        run_command("--verify", "yunet")


def test_the_default_models_are_there_after_the_command(models_dir: Path, settings) -> None:
    settings.MODELS_DIR = models_dir
    settings.DETECTOR, settings.EMBEDDER = "retinaface_mobilenet", "facenet_sface256"
    names = ", ".join(model.name for model in MODELS if model.installed_by_default)
    assert run_command() == f"installed already: {names}\n"
    assert "damaged" not in run_command("--verify")
