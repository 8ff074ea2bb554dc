"""Tiles of a panorama: every face once, whole, at its place."""

from itertools import pairwise

import numpy as np
import pytest

from faces.vision.boxes.scales import detect_at_two_scales
from faces.vision.boxes.tiles import WHOLE, detect_in_tiles, is_panorama, tile_starts
from faces.vision.types import Box, Detection, Pixels

TILE, OVERLAP = 400, 100


@pytest.mark.parametrize(
    ("size", "expected"),
    [((3000, 1000), False), ((3001, 1000), True), ((1000, 3001), True), ((4000, 3000), False)],
    ids=str,
)
def test_a_picture_longer_than_three_to_one_is_a_panorama(size: tuple[int, int], expected: bool) -> None:
    assert is_panorama(*size) is expected


@pytest.mark.parametrize("length", [1, 399, 400, 401, 700, 701, 1000, 65_535])
def test_tiles_cover_the_picture_and_overlap_enough(length: int) -> None:
    starts = tile_starts(length, tile=TILE, overlap=OVERLAP)
    assert starts[0] == 0
    assert starts[-1] == max(0, length - TILE)
    assert all(right - left <= TILE - OVERLAP for left, right in pairwise(starts))


class Squares:
    """A detector that finds white squares, one beside the other, as far as the tile shows them."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, picture: Pixels) -> list[Detection]:
        height, width = picture.shape[:2]
        self.sizes.append((width, height))
        upright = height > width
        white = picture[..., 0] > 127
        along = white.any(axis=1 if upright else 0).astype(int)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], along, [0]])))
        found = []
        for first, last in edges.reshape(-1, 2):
            part = white[first:last] if upright else white[:, first:last]
            across = np.flatnonzero(part.any(axis=0 if upright else 1))
            low, high = float(across[0]), float(across[-1] + 1)
            box = (
                Box(low, first, high - low, last - first)
                if upright
                else Box(first, low, last - first, high - low)
            )
            points = np.tile(np.array(box.centre, dtype=np.float32), (5, 1))
            found.append(Detection(box, points, 0.9))
        return found


def with_squares(*boxes: Box, length: int, across: int = 200, upright: bool = False) -> Pixels:
    picture = np.zeros((length, across, 3) if upright else (across, length, 3), dtype=np.uint8)
    for box in boxes:
        picture[int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)] = 255
    return picture


@pytest.mark.parametrize("upright", [False, True], ids=["lying", "upright"])
@pytest.mark.parametrize("start", range(250, 420, 7))
def test_a_face_anywhere_at_a_seam_is_found_once_and_whole(start: int, upright: bool) -> None:
    side = OVERLAP * WHOLE
    there = Box(60, start, side, side) if upright else Box(start, 60, side, side)
    picture = with_squares(there, length=1000, upright=upright)
    (found,) = detect_in_tiles(Squares(), picture, tile=TILE, overlap=OVERLAP, side=TILE)
    assert found.box == there
    assert found.landmarks[0] == pytest.approx(there.centre)


def test_faces_of_shrunk_tiles_are_in_pixels_of_the_picture() -> None:
    there = [Box(200, 40, 60, 60), Box(1500, 100, 80, 80), Box(1900, 0, 100, 100)]
    detect = Squares()
    found = detect_in_tiles(
        detect, with_squares(*there, length=2000, across=400), tile=800, overlap=200, side=400
    )
    assert set(detect.sizes) == {(400, 200)}
    assert sorted((one.box for one in found), key=lambda box: box.x) == there


def test_the_short_side_of_a_panorama_has_as_many_pixels_as_that_of_a_photo() -> None:
    detect = Squares()
    detect_at_two_scales(
        detect, with_squares(length=15_000, across=1500), long_side=1280, largest_face=512, small_side=400
    )
    assert set(detect.sizes) == {(1280, 960), (900, 300)}


def test_a_face_that_fills_a_panorama_is_one_face() -> None:
    there = Box(3000, 0, 1200, 1500)
    found = detect_at_two_scales(
        Squares(), with_squares(there, length=15_000, across=1500), long_side=1280, largest_face=512
    )
    assert [one.box for one in found] == [there]


def test_a_small_panorama_is_not_cut_into_tiles() -> None:
    detect = Squares()
    detect_at_two_scales(
        detect, with_squares(length=1280, across=300), long_side=1280, largest_face=512, small_side=400
    )
    assert detect.sizes == [(1280, 300), (400, 94)]
