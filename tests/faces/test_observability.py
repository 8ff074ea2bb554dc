"""The models check of /readyz; tests/config/observability has the endpoint and the metrics."""

from pathlib import Path
from typing import Any

from faces.observability import ModelsCheck


def test_missing_models_are_reported_with_the_command_and_without_their_path(
    settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    result = ModelsCheck()()
    assert not result.ok
    assert "bin/manage fetch_models retinaface_mobilenet" in result.remedy
    assert str(tmp_path) not in str(result)
    settings.SILENCED_SYSTEM_CHECKS = ["faces.E001"]
    assert ModelsCheck()().ok, "a machine that only serves pages needs none"
