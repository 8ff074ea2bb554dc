"""Accounts, models whose answers are known, and real models and pictures, which are not in the project."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import F

from faces import runtime
from faces.models import FaceEmbedding
from faces.services.model_store import install as installer
from faces.services.model_store.install import models_install, models_selected
from faces.services.model_store.sources import SourceError
from faces.vision.errors import ModelUnreachable
from faces.vision.weights.table import ModelFile, WheelFile
from tests.faces.coloured import ColourDetector, ColourEmbedder
from tests.faces.small_model import SMALL, wheel

REQUIRED = os.environ.get("TROMBINE_REQUIRE_DATA") == "1"


class Silent:
    """Progress without a viewer."""

    def phase(self, text: str) -> None: ...

    def advance(self, done: int, total: int) -> None: ...


@pytest.fixture
def silent() -> Silent:
    return Silent()


@pytest.fixture(scope="session")
def models_home() -> Path:
    """The folder where weights outlive a run: TROMBINE_TEST_MODELS, or the one of the settings."""
    return Path(os.environ.get("TROMBINE_TEST_MODELS") or settings.MODELS_DIR)


@pytest.fixture(scope="session")
def install(models_home: Path) -> Callable[..., Path]:
    """Install models by name, the default ones without names, and return their folder.

    The product's own installer does it, under its own lock: processes of one run wait for each other.
    """

    def run(*names: str) -> Path:
        failures: list[ModelUnreachable] = []

        def failed(model: ModelFile, error: ModelUnreachable) -> None:
            failures.append(error)

        models_install(
            models=models_selected(names=names),
            models_dir=models_home,
            local_folder=settings.MODELS_SOURCE,
            progress=Silent(),
            on_failure=failed,
        )
        if failures and REQUIRED:
            pytest.fail(f"TROMBINE_REQUIRE_DATA is 1, and {failures[0]}")
        if failures:
            pytest.skip(str(failures[0]))
        return models_home

    return run


@pytest.fixture(scope="session")
def models_dir(install: Callable[..., Path]) -> Path:
    """The models folder with the default models in it."""
    return install()


@pytest.fixture(scope="session")
def lfw() -> Path:
    """The folder of Labeled Faces in the Wild: `pairs.csv` and `images/`."""
    return _pictures("lfw")


@pytest.fixture(scope="session")
def orl() -> Path:
    """The folder of ORL: ten head shots of each of 40 people, `s1/1.pgm`."""
    return _pictures("orl")


def _pictures(name: str) -> Path:
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("TROMBINE_TEST_DATA") or beside) / name
    if not folder.is_dir():
        if REQUIRED:
            pytest.fail(f"TROMBINE_REQUIRE_DATA is 1, and there is no {folder}")
        pytest.skip(f"there is no {folder}; TROMBINE_TEST_DATA names its parent")
    return folder


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[ColourDetector]:
    """The detector that this process uses, in place of the configured one; so is the embedder."""
    made = ColourDetector()
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: made)
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    runtime.reset()
    yield made
    runtime.reset()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """A package index with the small wheel in it; the list says what was downloaded."""
    requested: list[str] = []

    def from_index(file: WheelFile, folder: Path, progress: object) -> Path:
        requested.append(file.requirement)
        return wheel(tmp_path / "index")

    monkeypatch.setattr(installer, "from_index", from_index)
    return requested


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No source beyond this machine answers."""

    def refuse(*_args: object) -> Path:
        raise SourceError("no network")

    monkeypatch.setattr(installer, "from_index", refuse)
    monkeypatch.setattr(installer, "from_npm", refuse)
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


@pytest.fixture(autouse=True)
def _vectors_keep_to_their_owner(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did with faces: the owner beside each vector is still that of the photo."""
    rows = request.node.get_closest_marker("django_db") or {"db", "transactional_db"} & {
        *request.fixturenames
    }
    if rows:
        request.getfixturevalue("db")
    yield
    if rows:
        assert not FaceEmbedding.objects.exclude(owner=F("face__image__owner")).exists()
