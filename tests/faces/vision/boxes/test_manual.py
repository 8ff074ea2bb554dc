"""A face in a box that somebody drew: what the detector finds there, or else the box itself."""

import numpy as np
import pytest

from faces.vision.boxes.manual import FACE_POINTS, detection_at
from faces.vision.types import Box, Pixels
from tests.faces.coloured import COLOURS, ColourDetector


def picture(box: Box, *, size: tuple[int, int] = (600, 800), colour: str = "red") -> Pixels:
    """A grey photo with one coloured square in it."""
    pixels = np.full((*size, 3), 128, dtype=np.uint8)
    pixels[int(box.y) : int(box.y + box.h), int(box.x) : int(box.x + box.w)] = COLOURS[colour]
    return pixels


@pytest.mark.parametrize("side", [12, 40, 160, 400])
def test_a_generous_box_becomes_that_of_the_face_in_it(side: int) -> None:
    there = Box(300, 100, side, side)
    drawn = Box(300 - side * 0.2, 100 - side * 0.2, side * 1.4, side * 1.4)
    found = detection_at(picture(there), drawn, detector=ColourDetector())
    assert found.box.iou(there) > 0.9
    assert found.score == pytest.approx(0.95)
    left_eye = found.landmarks[0]
    assert there.x < left_eye[0] < there.x + side / 2
    assert there.y < left_eye[1] < there.y + side / 2


def test_a_face_beside_the_box_is_not_taken_for_it() -> None:
    drawn = Box(100, 100, 80, 80)
    found = detection_at(picture(Box(190, 100, 60, 60)), drawn, detector=ColourDetector())
    assert found.box == drawn
    assert found.score == 0


def test_where_nothing_is_found_the_box_stays_with_the_landmarks_of_an_average_face() -> None:
    drawn = Box(100, 50, 60, 80)
    found = detection_at(picture(drawn), drawn, detector=ColourDetector(blind={"red"}))
    assert found.box == drawn
    assert found.landmarks == pytest.approx(FACE_POINTS * [60, 80] + [100, 50])


def test_the_detector_is_run_at_other_sizes_before_giving_up() -> None:
    class Shy(ColourDetector):
        """Sees only small faces."""

        def detect(self, picture: Pixels, /):
            found = super().detect(picture)
            return [one for one in found if one.box.w < 120]

    there = Box(300, 200, 100, 100)
    found = detection_at(picture(there), there, detector=Shy())
    assert found.box.iou(there) > 0.9


def test_a_box_at_the_edge_of_the_photo_is_looked_at_all_the_same() -> None:
    there = Box(0, 0, 50, 50)
    found = detection_at(picture(there), there, detector=ColourDetector())
    assert found.box.iou(there) > 0.9
