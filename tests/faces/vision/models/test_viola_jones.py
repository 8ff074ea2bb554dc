"""The cascade of 2001, on OpenCV 5."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from faces.vision.errors import ModelDamaged, ModelMissing
from faces.vision.models.viola_jones import ViolaJones

PORTRAIT = "images/Al_Sharpton/Al_Sharpton_0001.jpg"


@pytest.fixture(scope="module")
def cascade(install: Callable[..., Path]) -> Path:
    return install("viola_jones") / "viola_jones.xml"


@pytest.fixture(scope="module")
def portrait(lfw: Path) -> np.ndarray:
    return np.asarray(Image.open(lfw / PORTRAIT).convert("RGB"))


@pytest.mark.data
def test_a_frontal_face_is_found_and_its_landmarks_lie_in_the_box(
    cascade: Path, portrait: np.ndarray
) -> None:
    found = ViolaJones(cascade).detect(portrait)[0]
    x, y = found.landmarks[:, 0], found.landmarks[:, 1]
    assert found.landmarks.shape == (5, 2)
    assert 0 <= found.score <= 1
    assert found.box.x < x.min() < x.max() < found.box.x + found.box.w
    assert found.box.y < y.min() < y.max() < found.box.y + found.box.h
    assert 80 < found.box.centre[0] < 170


@pytest.mark.data
def test_boxes_are_mapped_back_when_the_picture_was_shrunk(cascade: Path, portrait: np.ndarray) -> None:
    large = cv2.resize(portrait, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small = ViolaJones(cascade).detect(portrait)[0]
    big = ViolaJones(cascade, long_side=250).detect(large)[0]
    assert big.box.iou(small.box.scaled(4, 4)) > 0.7


def test_a_picture_without_faces_has_none(cascade: Path) -> None:
    assert ViolaJones(cascade).detect(np.full((80, 300, 3), 90, dtype=np.uint8)) == []


def test_a_picture_smaller_than_the_window_has_none(cascade: Path) -> None:
    assert ViolaJones(cascade).detect(np.full((10, 12, 3), 90, dtype=np.uint8)) == []


def test_a_missing_and_a_broken_file_have_different_errors(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        ViolaJones(tmp_path / "cascade.xml")
    (tmp_path / "cascade.xml").write_text("<html></html>")
    with pytest.raises(ModelDamaged):
        ViolaJones(tmp_path / "cascade.xml")
