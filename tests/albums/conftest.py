"""A stored photo and the hostile files."""

import os
import tarfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from albums.services.uploading.uploads import image_store
from tests import drawing
from tests.faces.conftest import install, models_home

# Installs models for pictures.
__all__ = ["install", "models_home"]


@pytest.fixture
def stored(ada: User, tmp_path: Path) -> Image:
    """A stored and unread photo of Ada's."""
    photo = drawing.write_photo(tmp_path / "given" / "photo.jpg")
    image = image_store(owner=ada, source=photo, source_path="photo.jpg").image
    assert image is not None
    return image


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of unpacked hostile files, whose names no shell reads."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    archive = Path(os.environ.get("TROMBINE_TEST_DATA") or beside) / "hostile.tar.gz"
    if not archive.exists():
        if os.environ.get("TROMBINE_REQUIRE_DATA") == "1":
            pytest.fail(f"TROMBINE_REQUIRE_DATA is 1, and there is no {archive}")
        pytest.skip(f"there is no {archive}; TROMBINE_TEST_DATA names the folder")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder / "hostile"
