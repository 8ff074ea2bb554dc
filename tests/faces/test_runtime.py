"""The models of a process: opened once, when needed, as configured."""

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from faces import runtime
from faces.conf import FaceSettings, face_settings
from faces.vision.embedding import FaceEmbedder
from faces.vision.errors import ModelDamaged, ModelMissing
from faces.vision.models.facenet import FaceNet128
from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
from tests.faces.coloured import ColourDetector, ColourEmbedder


@pytest.fixture(autouse=True)
def nothing_open() -> Iterator[None]:
    runtime.reset()
    yield
    runtime.reset()


@pytest.fixture
def empty(tmp_path: Path) -> FaceSettings:
    return FaceSettings("retinaface_mobilenet", "facenet128", 1024, tmp_path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[FaceSettings]:
    """The settings with which a detector was opened."""
    requested: list[FaceSettings] = []

    def open_detector(wanted: FaceSettings) -> ColourDetector:
        time.sleep(0.02)
        requested.append(wanted)
        return ColourDetector()

    monkeypatch.setattr(runtime, "open_detector", open_detector)
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    return requested


def test_models_are_opened_once_for_each_setting(opened: list[FaceSettings], empty: FaceSettings) -> None:
    other = dataclasses.replace(empty, detection_side=640)
    assert runtime.get_pipeline(empty) is runtime.get_pipeline(empty)
    assert runtime.get_pipeline(other) is not runtime.get_pipeline(empty)
    assert opened == [empty, other]


def test_the_configured_models_are_opened_by_default(opened: list[FaceSettings]) -> None:
    runtime.get_pipeline()
    assert opened == [face_settings()]


def test_many_at_once_open_them_once(opened: list[FaceSettings], empty: FaceSettings) -> None:
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(runtime.get_pipeline(empty))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(opened) == 1
    assert len({id(pipeline) for pipeline in got}) == 1


def test_after_a_reset_they_are_opened_anew(opened: list[FaceSettings], empty: FaceSettings) -> None:
    first = runtime.get_pipeline(empty)
    runtime.reset()
    assert runtime.get_pipeline(empty) is not first
    assert len(opened) == 2


def test_a_missing_model_is_missing_until_it_is_installed(
    empty: FaceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        with pytest.raises(ModelMissing, match="bin/manage fetch_models retinaface_mobilenet"):
            runtime.get_pipeline(empty)
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: ColourDetector())
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    assert runtime.get_pipeline(empty).detector.name == "coloured"


@pytest.mark.parametrize(
    "name", ["retinaface_mobilenet", "retinaface_resnet50", "yunet", "viola_jones", "facenet128", "sface128"]
)
def test_every_kind_says_that_it_is_missing_and_how_to_mend_it(empty: FaceSettings, name: str) -> None:
    open_it: Callable[[FaceSettings], object]
    if name.endswith("128"):
        open_it, wanted = runtime.open_embedder, dataclasses.replace(empty, embedder=name)
    else:
        open_it, wanted = runtime.open_detector, dataclasses.replace(empty, detector=name)
    with pytest.raises(ModelMissing, match=f"bin/manage fetch_models {name}"):
        open_it(wanted)


def test_a_file_that_is_no_model_is_damaged(empty: FaceSettings) -> None:
    (empty.models_dir / "retinaface_mobilenet.onnx").write_bytes(
        b"<html>sign in to the hotel's network</html>"
    )
    with pytest.raises(ModelDamaged, match="bin/manage fetch_models"):
        runtime.get_pipeline(empty)


def test_the_default_models_find_and_describe(models_dir: Path) -> None:
    wanted = FaceSettings("retinaface_mobilenet", "facenet128", 640, models_dir)
    pipeline = runtime.get_pipeline(wanted)
    assert isinstance(pipeline.detector, RetinaFaceMobileNet)
    assert isinstance(pipeline.embedder, FaceEmbedder)
    assert [type(network) for network in pipeline.embedder.networks] == [FaceNet128]
    assert pipeline.faces_in([np.full((90, 120, 3), 77, dtype=np.uint8)]) == [[]]
    faces = [(crop,) for crop in np.random.default_rng(0).integers(0, 256, (3, 160, 160, 3), dtype=np.uint8)]
    vectors = pipeline.embedder.embed(faces).vectors
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert np.abs(pipeline.embedder.embed(faces[:1]).vectors - vectors[:1]).max() < 1e-4
