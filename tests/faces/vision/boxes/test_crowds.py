"""The small faces of a crowd are found by a closer look, each once."""

import cv2
import numpy as np

from faces.vision.boxes.scales import detect_at_two_scales
from faces.vision.types import Box, Detection, Pixels

SIDE = 1280
SEEN = 20
"""Pixels from which the detector below sees a face."""


class Squares:
    """A detector that finds white squares of at least `SEEN` pixels."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self, picture: Pixels) -> list[Detection]:
        self.looks += 1
        white = (picture[..., 0] > 127).astype(np.uint8)
        _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(white)
        boxes = [Box(*map(float, row[:4])) for row in stats[1:]]
        return [
            Detection(box, np.tile(np.array(box.centre, dtype=np.float32), (5, 1)), 0.9)
            for box in boxes
            if box.longer_side >= SEEN
        ]


def crowd(*, small: int, seen: int) -> tuple[Pixels, list[Box]]:
    """A picture at 1.6 times the detector's size, with faces just below what it sees, and just above."""
    picture = np.zeros((1536, 2048, 3), dtype=np.uint8)
    boxes = []
    for number in range(small + seen):
        row, column = divmod(number, 20)
        side = 28 if number < small else 36
        left, top = 40 + 100 * column, 60 + 90 * row
        picture[top : top + side, left : left + side] = 255
        boxes.append(Box(left, top, side, side))
    return picture, boxes


def found(picture: Pixels) -> tuple[list[Detection], int]:
    squares = Squares()
    faces = detect_at_two_scales(squares, picture, long_side=SIDE, largest_face=512)
    return faces, squares.looks


def test_a_crowd_is_found_whole_and_each_face_once() -> None:
    picture, boxes = crowd(small=50, seen=4)
    faces, _looks = found(picture)
    assert len(faces) == len(boxes)
    assert all(max(box.iou(face.box) for face in faces) > 0.7 for box in boxes)


def test_an_upright_picture_of_a_crowd_is_found_whole_too() -> None:
    picture, boxes = crowd(small=50, seen=4)
    faces, _looks = found(np.ascontiguousarray(picture.transpose(1, 0, 2)))
    assert len(faces) == len(boxes)


def test_a_few_small_faces_cost_no_closer_look() -> None:
    picture, _boxes = crowd(small=3, seen=3)
    faces, looks = found(picture)
    assert (len(faces), looks) == (3, 2)
