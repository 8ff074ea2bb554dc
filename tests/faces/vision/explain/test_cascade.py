"""The stages of Viola-Jones: the same windows as OpenCV's, and pictures of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.errors import ModelDamaged
from faces.vision.explain.cascade_file import Cascade, cascade_read
from faces.vision.explain.cascade_pictures import ENLARGED, STAGES_SHOWN, CascadeShown, cascade_shown
from faces.vision.explain.cascade_windows import IntegralImage, cascade_run
from faces.vision.types import Box


@pytest.fixture(scope="module")
def shown(cascade: Cascade, portrait: NDArray[np.uint8]) -> CascadeShown:
    return cascade_shown(cascade, portrait)


def test_the_file_has_the_stages_and_features_of_its_window(cascade: Cascade) -> None:
    assert cascade.side == 24
    assert len(cascade.stages) == 25
    assert len(cascade.stages[0].features) == 9
    right, bottom = (cascade.rectangles[..., at] + cascade.rectangles[..., at + 2] for at in (0, 1))
    assert right.max() <= 24
    assert bottom.max() <= 24
    # Over an even picture every feature is zero: light and dark rectangles outweigh each other.
    areas = cascade.rectangles[..., 2] * cascade.rectangles[..., 3]
    assert np.abs((areas * cascade.weights).sum(axis=1)).max() < 1e-6


@pytest.mark.parametrize(
    "content",
    [
        "<html></html>",
        "no xml",
        '<!DOCTYPE x [<!ENTITY a "b">]><opencv_storage>&a;</opencv_storage>',
        "<opencv_storage><cascade><featureType>LBP</featureType></cascade></opencv_storage>",
        "<opencv_storage><cascade><featureType>HAAR</featureType></cascade></opencv_storage>",
    ],
)
def test_another_file_is_damaged(tmp_path: Path, content: str) -> None:
    file = tmp_path / "cascade.xml"
    file.write_text(content)
    with pytest.raises(ModelDamaged):
        cascade_read(file)


@pytest.mark.data
def test_the_windows_that_pass_all_stages_are_those_of_opencv(
    cascade: Cascade, cascade_path: Path, portrait: NDArray[np.uint8]
) -> None:
    grey = cv2.equalizeHist(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY))
    found = cascade_run(cascade, grey, scale_step=1.2, smallest=40)
    own = {tuple(window) for window in np.round(found.after(25)).astype(int).tolist()}
    opencv = cv2.CascadeClassifier(str(cascade_path)).detectMultiScale(
        grey, scaleFactor=1.2, minNeighbors=0, minSize=(40, 40)
    )
    theirs = {(int(x), int(y), int(side)) for x, y, side, _height in opencv}
    # OpenCV skips the window beside one that the first stage rejects.
    assert len(theirs) > 5
    assert theirs <= own
    assert len(own) <= len(theirs) + 2


def test_a_rectangle_sum_takes_four_values() -> None:
    grey = np.arange(30, dtype=np.uint8).reshape(5, 6)
    image = IntegralImage.of(grey)
    sums = image.rectangle(np.array([0, image.row + 2]), 1, 1, 3, 2)
    assert sums.tolist() == [grey[1:3, 1:4].sum(), grey[2:4, 3:6].sum()]


def test_an_even_picture_has_windows_and_none_passes(cascade: Cascade) -> None:
    found = cascade_run(cascade, np.full((40, 50), 90, np.uint8), scale_step=1.1, smallest=24)
    assert found.counts[0] > 100
    assert set(found.counts[1:]) == {0}
    assert found.after(1).shape == (0, 3)


def test_a_picture_smaller_than_the_window_has_no_windows(cascade: Cascade) -> None:
    shown = cascade_shown(cascade, np.full((10, 12, 3), 90, np.uint8))
    assert set(shown.counts) == {0}
    assert shown.best is None
    assert shown.features == ()


@pytest.mark.data
def test_each_stage_leaves_fewer_windows_and_the_best_one_is_on_the_face(shown: CascadeShown) -> None:
    counts = np.array(shown.counts)
    assert (np.diff(counts) <= 0).all()
    assert counts[1] < 0.7 * counts[0]
    assert 0 < counts[-1] < 0.001 * counts[0]
    assert shown.best
    assert Box(75, 75, 100, 100).iou(shown.best) > 0.4


@pytest.mark.data
def test_the_pictures_show_ever_fewer_windows(shown: CascadeShown) -> None:
    assert set(shown.stages) == {*STAGES_SHOWN, 25}
    first, last = shown.stages[1], shown.stages[25]
    assert first.shape == last.shape == shown.grey.shape == shown.integral.shape
    # Heat is yellow, where red is far above blue; grey is neither.
    heat = [np.mean(np.ptp(picture.astype(int), axis=2) > 40) for picture in (first, last)]
    assert heat[0] > 10 * heat[1] > 0


@pytest.mark.data
def test_the_first_features_vote_for_the_face(shown: CascadeShown) -> None:
    assert [feature.picture.shape for feature in shown.features] == [(24 * ENLARGED, 24 * ENLARGED, 3)] * 6
    assert sum(feature.vote for feature in shown.features) > 0
    assert shown.example
    corners = shown.example.corners
    assert corners[3] - corners[1] - corners[2] + corners[0] == shown.example.total
    assert 0 < shown.example.mean < 256
