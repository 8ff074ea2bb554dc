"""Angles, shrinking and the choice among boxes of one face."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.geometry import eye_angle, non_maximum_suppression, shrink_to
from faces.vision.types import Box
from tests.faces.coloured import POINTS


def turned(points: NDArray[np.float64], degrees: float) -> NDArray[np.float32]:
    """The points turned clockwise, as seen on a screen, about the origin."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn.T, dtype=np.float32)


@pytest.mark.parametrize("degrees", range(-165, 180, 15))
def test_the_angle_of_the_eyes_is_how_far_the_face_was_turned(degrees: int) -> None:
    assert eye_angle(turned(POINTS * 100, degrees)) == pytest.approx(degrees, abs=1e-3)


def test_a_right_eye_that_is_lower_is_a_positive_angle() -> None:
    assert eye_angle(np.array([[0, 0], [10, 10], [0, 0], [0, 0], [0, 0]], dtype=np.float32)) == 45


def test_eyes_in_one_point_are_level() -> None:
    assert eye_angle(np.zeros((5, 2), dtype=np.float32)) == 0


@pytest.mark.parametrize("size", [(1, 1), (100, 60), (60, 100), (100, 100)])
def test_a_picture_that_is_small_enough_is_left_as_it_is(size: tuple[int, int]) -> None:
    picture = np.zeros((*size, 3), dtype=np.uint8)
    shrunk, factor = shrink_to(picture, 100)
    assert shrunk is picture
    assert factor == 1


@pytest.mark.parametrize("size", [(101, 50), (50, 101), (4000, 3000), (1, 5000), (5000, 3), (777, 776)])
def test_a_shrunk_picture_has_the_side_and_a_factor_that_leads_back(size: tuple[int, int]) -> None:
    shrunk, factor = shrink_to(np.zeros((*size, 3), dtype=np.uint8), 100)
    height, width = shrunk.shape[:2]
    assert max(height, width) == 100
    assert min(height, width) >= 1
    # No side is off by more than half a pixel of the shrunk picture, but for sides that would vanish.
    assert abs(height * factor - size[0]) <= max(factor / 2, factor - size[0]) + 1e-6
    assert abs(width * factor - size[1]) <= max(factor / 2, factor - size[1]) + 1e-6


def test_shrinking_averages_instead_of_picking_pixels() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (800, 800, 3)).astype(np.uint8)
    shrunk, _ = shrink_to(noise, 80)
    assert shrunk.std() < noise.std() / 5
    assert shrunk.mean() == pytest.approx(noise.mean(), abs=1)


@pytest.mark.parametrize("side", [150, 333, 640, 799, 900])
def test_what_is_shrunk_stays_in_its_place(side: int) -> None:
    """A point of the shrunk picture times the factor is the same point of the picture."""
    picture = np.zeros((900, 1000, 3), dtype=np.uint8)
    picture[600:700, 200:300] = 255
    shrunk, factor = shrink_to(picture, side)
    rows, columns = np.nonzero(shrunk[:, :, 0] > 127)
    assert (rows.mean() + 0.5) * factor == pytest.approx(650, abs=factor / 2)
    assert (columns.mean() + 0.5) * factor == pytest.approx(250, abs=factor / 2)


def selected_one_by_one(
    corners: NDArray[np.float32], scores: NDArray[np.float32], overlap: float
) -> list[int]:
    """The same in the words of the definition."""
    boxes = [Box(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in corners.astype(float).tolist()]
    remaining: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda index: (-scores[index], index)):
        if all(boxes[index].iou(boxes[better]) <= overlap for better in remaining):
            remaining.append(index)
    return remaining


def crowd(seed: int, count: int = 60) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 100, (count, 2))
    corners = np.concatenate([low, low + rng.uniform(5, 40, (count, 2))], axis=1)
    return corners.astype(np.float32), rng.uniform(0, 1, count).astype(np.float32)


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.4, 0.7, 1.0])
@pytest.mark.parametrize("seed", range(4))
def test_of_overlapping_boxes_the_best_stays(seed: int, overlap: float) -> None:
    corners, scores = crowd(seed)
    remaining = non_maximum_suppression(corners, scores, overlap=overlap)
    assert remaining.tolist() == selected_one_by_one(corners, scores, overlap)


def test_boxes_come_best_first_whatever_the_order_of_the_input() -> None:
    corners, scores = crowd(9)
    remaining = non_maximum_suppression(corners, scores, overlap=0.4)
    assert (np.diff(scores[remaining]) <= 0).all()
    order = np.random.default_rng(3).permutation(len(scores))
    again = non_maximum_suppression(corners[order], scores[order], overlap=0.4)
    assert order[again].tolist() == remaining.tolist()


def test_equal_boxes_are_one_and_no_boxes_are_none() -> None:
    same = np.tile(np.array([[1, 1, 5, 5]], dtype=np.float32), (7, 1))
    assert non_maximum_suppression(same, np.ones(7, dtype=np.float32), overlap=0.4).tolist() == [0]
    nothing = non_maximum_suppression(
        np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=np.float32), overlap=0.4
    )
    assert nothing.size == 0
    assert nothing.dtype == np.intp


def test_boxes_without_an_area_do_no_harm() -> None:
    points = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 4, 4]], dtype=np.float32)
    remaining = non_maximum_suppression(points, np.array([0.9, 0.8, 0.7], dtype=np.float32), overlap=0.4)
    assert set(remaining.tolist()) >= {0, 2}
