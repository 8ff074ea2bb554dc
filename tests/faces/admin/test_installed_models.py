"""faces.admin.installed_models: which are whole, who uses them, and how to mend them."""

from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from faces.admin.installed_models import shown_models
from faces.models import OwnerModels
from faces.vision.weights.files import record_write
from faces.vision.weights.table import MODELS, model_named


def test_each_model_has_its_state_its_users_and_the_command_that_mends_it(
    visitor: Client, ada: User, settings: Any, tmp_path: Path
) -> None:
    settings.MODELS_DIR = tmp_path
    yunet = model_named("yunet")
    for name, content in ((yunet.file, b"whole"), (model_named("sface128").file, b"found")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    record = record_write(model=yunet, path=tmp_path / yunet.file, origin="a test")
    OwnerModels.objects.create(owner=ada, detector="yunet", embedder="sface128")
    shown = {model.name: model for model in shown_models(thoroughly=True)}
    assert set(shown) == {model.name for model in MODELS}
    assert (shown["yunet"].state, shown["yunet"].sha256, shown["yunet"].accounts) == (
        "installed", record.sha256, 1,
    )  # fmt: skip
    # Who has no photos yet, as the operator, will have the models of the settings: both networks.
    assert (shown["sface128"].state, shown["sface128"].accounts) == ("damaged", 2)
    assert shown["sface128"].mend == "bin/manage fetch_models sface128"
    assert (shown["facenet128"].state, shown["facenet128"].accounts) == ("missing", 1)
    page = visitor.get(f"{reverse('admin:models')}?digest=1").content.decode()
    assert "bin/manage fetch_models sface128" in page
    assert "it has no record of its installation" in page
