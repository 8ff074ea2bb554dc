"""Files of installed models."""

from pathlib import Path

import pytest

from albums.imaging.model_errors import ModelMissing
from albums.services.core.installed_models import installed_model


def test_the_file_of_an_installed_model_is_found(install) -> None:
    models = install("style_builtin")
    assert installed_model("style_builtin") == models / "style_builtin.onnx"


@pytest.mark.parametrize("name", ["style_builtin", "style_of_tomorrow"])
def test_a_model_that_is_not_installed_is_named_with_the_command_that_installs_it(
    settings, tmp_path: Path, name: str
) -> None:
    settings.MODELS_DIR = tmp_path
    with pytest.raises(ModelMissing, match=f"bin/manage fetch_models {name}"):
        installed_model(name)
