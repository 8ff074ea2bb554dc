"""The scores of RetinaFace's anchors by stride."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from albums.imaging.sessions import open_session
from faces.vision.explain.anchors import anchor_scores, strides_shown
from faces.vision.types import Box
from tests.faces.vision.models.test_retinaface_mobilenet import Scripted


def test_a_face_is_in_the_grid_of_its_size_at_its_place() -> None:
    picture = np.zeros((101, 170, 3), dtype=np.uint8)
    small = Scripted((Box(64, 48, 16, 16), 0.9))
    grids = anchor_scores(small, picture)
    assert [grid.shape for grid in grids] == [(13, 22, 2), (7, 11, 2), (4, 6, 2)]
    row, column, size = np.unravel_index(int(grids[0].argmax()), grids[0].shape)
    assert grids[0].max() == pytest.approx(0.9)
    assert abs((column + 0.5) * 8 - 72) <= 8
    assert abs((row + 0.5) * 8 - 56) <= 8
    assert size == 0
    assert grids[1].max() == grids[2].max() == 0


def test_the_map_is_hot_where_the_face_is() -> None:
    picture = np.full((160, 320, 3), 60, dtype=np.uint8)
    shown = strides_shown(Scripted((Box(200, 40, 64, 64), 0.95)), picture)
    assert [one.faces for one in shown] == [0, 1, 0]
    assert [one.anchors for one in shown] == [20 * 40 * 2, 10 * 20 * 2, 5 * 10 * 2]
    hot = shown[1].picture
    assert hot.shape == picture.shape
    assert np.ptp(hot[72, 232].astype(int)) > 40
    assert np.ptp(hot[20, 40].astype(int)) == 0


@pytest.mark.data
def test_a_large_face_scores_on_a_coarse_grid(models_dir: Path, portrait: NDArray[np.uint8]) -> None:
    session = open_session(models_dir / "retinaface_mobilenet.onnx")
    shown = strides_shown(session, portrait)
    assert shown[0].faces == 0
    assert max(one.best for one in shown[1:]) > 0.9
