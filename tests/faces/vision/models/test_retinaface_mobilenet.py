"""RetinaFace MobileNet: what goes into the network, and what is made of its rows."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from albums.imaging.sessions import OnnxSession, open_session
from faces.vision.geometry import shrink_to
from faces.vision.models.retinaface_mobilenet import MEAN_BGR, VARIANCES, RetinaFaceMobileNet, anchors
from faces.vision.types import Box
from tests.faces.coloured import POINTS

SIZES = [(32, 32), (1, 1), (33, 47), (255, 257), (100, 640), (641, 97), (480, 640), (31, 500)]
PORTRAIT = "images/Al_Sharpton/Al_Sharpton_0001.jpg"


class Scripted:
    """A network that sees the given faces: it answers with the rows that stand for them."""

    def __init__(self, *faces: tuple[Box, float]) -> None:
        self.faces = faces
        self.seen: list[NDArray[np.float32]] = []

    def run(self, *inputs: NDArray[Any]) -> list[NDArray[Any]]:
        self.seen.append(inputs[0])
        height, width = inputs[0].shape[2:]
        grid = anchors(height, width)
        moves = np.zeros((len(grid), 4), dtype=np.float32)
        scores = np.tile(np.array([[1, 0]], dtype=np.float32), (len(grid), 1))
        points = np.zeros((len(grid), 10), dtype=np.float32)
        for box, score in self.faces:
            # The anchor that training would have given this face: the nearest in place and size.
            off = np.abs(grid[:, :2] - box.centre).sum(axis=1) + np.abs(grid[:, 2] - max(box.w, box.h))
            free = np.where(scores[:, 1] > 0, np.inf, off)
            row = int(free.argmin())
            centre, side = grid[row, :2], grid[row, 2]
            moves[row, :2] = (np.array(box.centre) - centre) / VARIANCES[0] / side
            moves[row, 2:] = np.log(np.array([box.w, box.h]) / side) / VARIANCES[1]
            spots = POINTS * [box.w, box.h] + [box.x, box.y]
            points[row] = ((spots - centre) / VARIANCES[0] / side).ravel()
            scores[row] = 1 - score, score
        return [moves[None], scores[None], points[None]]


def blank(width: int, height: int) -> NDArray[np.uint8]:
    return np.zeros((height, width, 3), dtype=np.uint8)


def close(found: Box, expected: Box, within: float = 0.05) -> bool:
    one, other = (np.array([box.x, box.y, box.w, box.h]) for box in (found, expected))
    return bool(np.abs(one - other).max() < within)


@pytest.fixture(scope="module")
def network(models_dir: Path) -> OnnxSession:
    return open_session(models_dir / "retinaface_mobilenet.onnx")


@pytest.mark.parametrize("size", SIZES)
def test_there_is_an_anchor_for_every_row_of_the_network(network: OnnxSession, size: tuple[int, int]) -> None:
    rows = network.run(np.zeros((1, 3, *size), dtype=np.float32))
    assert [output.shape[1] for output in rows] == [len(anchors(*size))] * 3


def test_anchors_lie_in_the_middle_of_their_cells_row_by_row_with_two_sizes_each() -> None:
    grid = anchors(64, 96)
    assert len(grid) == 2 * (8 * 12 + 4 * 6 + 2 * 3)
    assert grid[:4].tolist() == [[4, 4, 16], [4, 4, 32], [12, 4, 16], [12, 4, 32]]
    assert grid[2 * 12].tolist() == [4, 12, 16]
    assert grid[2 * 8 * 12].tolist() == [8, 8, 64]
    assert grid[-1].tolist() == [80, 48, 512]


def test_the_network_is_given_bgr_minus_the_mean() -> None:
    network = Scripted()
    RetinaFaceMobileNet(network).detect(np.full((20, 30, 3), (200, 100, 50), dtype=np.uint8))
    (seen,) = network.seen
    assert seen.shape == (1, 3, 20, 30)
    assert seen.dtype == np.float32
    assert seen[0, :, 7, 7].tolist() == (np.array([50, 100, 200]) - MEAN_BGR).tolist()


@pytest.mark.parametrize("seed", range(10))
def test_a_face_comes_out_where_the_network_saw_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    side = float(rng.uniform(20, 200))
    box = Box(
        float(rng.uniform(0, 400)), float(rng.uniform(0, 200)), side, side * float(rng.uniform(0.9, 1.4))
    )
    (found,) = RetinaFaceMobileNet(Scripted((box, 0.9))).detect(blank(640, 500))
    assert close(found.box, box)
    assert np.abs(found.landmarks - (POINTS * [box.w, box.h] + [box.x, box.y])).max() < 0.05
    assert found.landmarks.dtype == np.float32
    assert found.score == pytest.approx(0.9)


def test_boxes_and_landmarks_are_in_pixels_of_the_given_picture_although_it_was_shrunk() -> None:
    network = Scripted((Box(50, 40, 60, 80), 0.9))
    (found,) = RetinaFaceMobileNet(network, long_side=400).detect(blank(2000, 1000))
    assert network.seen[0].shape == (1, 3, 200, 400)
    assert close(found.box, Box(250, 200, 300, 400), within=0.3)
    assert np.abs(found.landmarks - (POINTS * [300, 400] + [250, 200])).max() < 0.3


def test_faces_come_best_first_and_the_unsure_are_left_out() -> None:
    network = Scripted(
        (Box(10, 10, 40, 40), 0.6), (Box(200, 10, 40, 40), 0.99), (Box(100, 100, 40, 40), 0.45)
    )
    found = RetinaFaceMobileNet(network).detect(blank(320, 200))
    assert [round(face.score, 2) for face in found] == [0.99, 0.6]
    assert len(RetinaFaceMobileNet(network, threshold=0.4).detect(blank(320, 200))) == 3


def test_two_rows_for_one_face_are_one_face() -> None:
    network = Scripted((Box(50, 50, 60, 60), 0.8), (Box(53, 52, 60, 60), 0.95))
    (found,) = RetinaFaceMobileNet(network).detect(blank(320, 200))
    assert close(found.box, Box(53, 52, 60, 60))


def test_a_box_ends_at_the_edge_of_the_photo() -> None:
    (found,) = RetinaFaceMobileNet(Scripted((Box(-20, -10, 60, 60), 0.9))).detect(blank(320, 200))
    assert close(found.box, Box(0, 0, 40, 50))


@pytest.mark.parametrize("box", [Box(50, 50, 11, 40), Box(50, 50, 40, 9), Box(-40, 20, 50, 50)])
def test_what_is_too_small_to_tell_people_apart_is_no_face(box: Box) -> None:
    assert RetinaFaceMobileNet(Scripted((box, 0.9))).detect(blank(320, 200)) == []


def test_a_photo_without_faces_has_none() -> None:
    assert RetinaFaceMobileNet(Scripted()).detect(blank(320, 200)) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (64, 64)])
def test_the_network_finds_no_face_in_an_empty_picture_of_any_shape(
    network: OnnxSession, size: tuple[int, int]
) -> None:
    assert RetinaFaceMobileNet(network).detect(np.full((*size, 3), 90, dtype=np.uint8)) == []


@pytest.mark.data
def test_a_portrait_has_its_face_with_the_landmarks_in_order(network: OnnxSession, lfw: Path) -> None:
    portrait = np.asarray(Image.open(lfw / PORTRAIT).convert("RGB"))
    found = RetinaFaceMobileNet(network).detect(portrait)[0]
    left, right, nose, mouth_left, mouth_right = found.landmarks
    assert found.score > 0.9
    assert abs(found.box.centre[0] - 125) < 25
    assert abs(found.box.centre[1] - 125) < 25
    assert left[0] < nose[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])


@pytest.mark.data
def test_a_face_is_found_at_the_same_place_in_a_larger_photo(network: OnnxSession, lfw: Path) -> None:
    portrait = np.asarray(Image.open(lfw / PORTRAIT).convert("RGB"))
    large = np.asarray(cv2.resize(portrait, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    shrunk, factor = shrink_to(large, 300)
    detector = RetinaFaceMobileNet(network, long_side=300)
    big, small = detector.detect(large)[0], detector.detect(shrunk)[0]
    assert big.box.iou(small.box.scaled(factor, factor)) > 0.95
