"""Detection at two scales: a face that fills the picture is one face, and no other face is lost."""

from collections.abc import Sequence

import numpy as np
import pytest

from faces.vision.boxes.scales import detect_at_two_scales, merge_scales
from faces.vision.types import Box, Detection, Pixels

LARGE, VISIBLE = 500.0, 60.0


def face(x: float, y: float, w: float, h: float, score: float = 0.95) -> Detection:
    return Detection(Box(x, y, w, h), np.full((5, 2), x, dtype=np.float32), score)


def merged(full: Sequence[Detection], small: Sequence[Detection]) -> list[Detection]:
    return merge_scales(full, small, large=LARGE, visible=VISIBLE)


def test_without_a_large_face_the_full_scale_stands_as_it_is() -> None:
    full = [face(0, 0, 80, 100), face(300, 0, 80, 100, 0.6)]
    assert merged(full, [face(2, 2, 80, 100), face(700, 0, 200, 300)]) == full


def test_a_large_face_takes_the_place_of_its_fragments() -> None:
    whole = face(100, 100, 800, 1000)
    fragments = [face(150, 200, 400, 450, 0.99), face(500, 500, 450, 500), face(300, 300, 60, 60, 0.6)]
    assert merged(fragments, [whole]) == [whole]


def test_of_two_boxes_of_a_large_face_the_small_scale_s_one_is_taken() -> None:
    whole = face(100, 100, 800, 1000, 0.9)
    assert merged([face(120, 250, 700, 800, 0.99)], [whole]) == [whole]


def test_a_face_within_a_large_one_stays_when_both_scales_see_it() -> None:
    whole, child = face(0, 0, 900, 1200), face(600, 800, 250, 320, 0.8)
    assert merged([child], [whole, face(605, 805, 250, 320)]) == [whole, child]


def test_one_face_of_the_small_scale_confirms_one_of_the_full_scale() -> None:
    whole, child = face(0, 0, 900, 1200), face(600, 800, 250, 320, 0.9)
    assert merged([child, face(620, 830, 250, 320, 0.8)], [whole, face(605, 805, 250, 320)]) == [whole, child]


@pytest.mark.parametrize(
    ("side", "score", "stays"), [(200, 0.95, True), (200, 0.7, False), (40, 0.7, True)], ids=str
)
def test_a_face_beside_a_large_one_stays_unless_the_small_scale_would_have_seen_it(
    side: float, score: float, stays: bool
) -> None:
    whole, beside = face(0, 0, 800, 1000, 0.99), face(1000, 100, side, side, score)
    assert merged([beside], [whole]) == ([whole, beside] if stays else [whole])


def test_two_large_faces_are_two_faces_best_first() -> None:
    one, other = face(0, 0, 600, 800, 0.8), face(650, 0, 600, 800, 0.9)
    assert merged([face(50, 50, 300, 300)], [one, other]) == [other, one]


class Counted:
    """A detector that finds one face over the whole picture and remembers the sizes it was given."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, picture: Pixels) -> list[Detection]:
        height, width = picture.shape[:2]
        self.sizes.append((width, height))
        return [face(0, 0, width, height)]


def blank(width: int, height: int) -> Pixels:
    return np.zeros((height, width, 3), dtype=np.uint8)


def test_a_picture_is_detected_at_full_and_at_small_scale_in_its_own_pixels() -> None:
    detect = Counted()
    found = detect_at_two_scales(detect, blank(2560, 1920), long_side=1280, largest_face=512, small_side=400)
    assert detect.sizes == [(1280, 960), (400, 300)]
    assert [one.box for one in found] == [Box(0, 0, 2560, 1920)]


def test_a_picture_too_small_for_a_large_face_is_detected_once() -> None:
    detect = Counted()
    detect_at_two_scales(detect, blank(500, 400), long_side=1280, largest_face=512, small_side=400)
    assert detect.sizes == [(500, 400)]
