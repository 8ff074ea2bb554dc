"""The default models, and pictures with known answers, which are not part of the project."""

import os
from pathlib import Path

import pytest

from faces.conf import FaceSettings
from faces.runtime import get_pipeline
from faces.vision.models.retinaface_mobilenet import LONG_SIDE
from faces.vision.pipeline import FacePipeline
from tests.faces.conftest import install, lfw, models_dir, models_home

# The fixtures of the faces' tests, for these too.
__all__ = ["install", "lfw", "models_dir", "models_home"]


@pytest.fixture(scope="session")
def pipeline(models_dir: Path) -> FacePipeline:
    """The default detector and embedder, as they come."""
    return get_pipeline(FaceSettings("retinaface_mobilenet", "facenet_sface256", LONG_SIDE, models_dir))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of the shared pictures, with the tools beside it."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("TROMBINE_TEST_DATA") or beside)
    if not folder.is_dir():
        if os.environ.get("TROMBINE_REQUIRE_DATA") == "1":
            pytest.fail(f"TROMBINE_REQUIRE_DATA is 1, and there is no {folder}")
        pytest.skip(f"there is no {folder}; TROMBINE_TEST_DATA names it")
    return folder
