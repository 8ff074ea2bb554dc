"""`manage.py check` on the models that the settings name."""

from pathlib import Path

import pytest

from faces.checks import models_check
from faces.vision.model_files import record_write
from faces.vision.model_table import model_named


@pytest.fixture
def installed(tmp_path: Path, settings) -> Path:
    """Stand-ins for the configured models: the check looks at records, not into networks."""
    settings.MODELS_DIR, settings.DETECTOR, settings.EMBEDDER = tmp_path, "yunet", "sface128"
    for name in ("yunet", "sface128"):
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


def test_only_the_configured_models_are_asked_for(installed: Path, settings) -> None:
    settings.DETECTOR = "retinaface_resnet50"
    (message,) = models_check()
    assert "retinaface_resnet50" in message.msg
