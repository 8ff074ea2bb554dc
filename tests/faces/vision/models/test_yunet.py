"""YuNet: boxes and landmarks in the pixels of the picture that was given."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from faces.vision.errors import ModelDamaged, ModelMissing
from faces.vision.models.yunet import YuNet

PORTRAIT = "images/Al_Sharpton/Al_Sharpton_0001.jpg"


@pytest.fixture(scope="module")
def model(install: Callable[..., Path]) -> Path:
    return install("yunet") / "yunet.onnx"


@pytest.fixture(scope="module")
def portrait(lfw: Path) -> np.ndarray:
    return np.asarray(Image.open(lfw / PORTRAIT).convert("RGB"))


@pytest.mark.data
def test_a_face_is_found_with_its_landmarks_from_left_to_right(model: Path, portrait: np.ndarray) -> None:
    found = YuNet(model).detect(portrait)[0]
    left, right, nose, mouth_left, mouth_right = found.landmarks
    assert found.landmarks.dtype == np.float32
    assert 0 <= found.score <= 1
    assert left[0] < nose[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


@pytest.mark.data
def test_boxes_are_mapped_back_when_the_picture_was_shrunk(model: Path, portrait: np.ndarray) -> None:
    large = cv2.resize(portrait, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small, big = YuNet(model).detect(portrait)[0], YuNet(model, long_side=250).detect(large)[0]
    assert big.box.iou(small.box.scaled(4, 4)) > 0.8
    assert np.abs(big.landmarks - small.landmarks * 4).max() < 20


def test_a_picture_without_faces_has_none(model: Path) -> None:
    assert YuNet(model).detect(np.full((37, 501, 3), 90, dtype=np.uint8)) == []


def test_a_missing_and_a_broken_file_have_different_errors(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        YuNet(tmp_path / "yunet.onnx")
    (tmp_path / "yunet.onnx").write_bytes(b"no network")
    with pytest.raises(ModelDamaged):
        YuNet(tmp_path / "yunet.onnx")
