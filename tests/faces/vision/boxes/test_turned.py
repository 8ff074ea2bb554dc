"""A photo that lies on its side or stands on its head: its faces are found, at their places in it."""

import cv2
import numpy as np
import pytest

from faces.vision.alignment import BoxCrop
from faces.vision.boxes.turned import (
    CUTOUT_SIDE,
    box_turned_back,
    brought_upright,
    points_turned_back,
    turned,
)
from faces.vision.pipeline import FacePipeline
from faces.vision.types import Box, Detection, Pixels
from tests.faces.coloured import POINTS, ColourEmbedder

FACE = Box(0.2, 0.1, 0.3, 0.4)
"""Of the upright photo."""


class UprightFaces:
    """A detector that finds the face of an upright photo alone: red is above green."""

    name = "upright"

    def __init__(self, *, false: float = 0.0, score: float = 0.99) -> None:
        self.false, self.score = false, score
        self.looks: list[tuple[int, int]] = []

    def detect(self, picture: Pixels, /) -> list[Detection]:
        height, width = picture.shape[:2]
        self.looks.append((height, width))
        above, below = picture[: height // 2, :, 0].mean(), picture[height // 2 :, :, 0].mean()
        upright = above - below > 40
        if not upright and not self.false:
            return []
        box = FACE if upright else Box(0.5, 0.5, 0.2, 0.2)
        box = box.scaled(width, height)
        points = np.asarray(POINTS * [box.w, box.h] + [box.x, box.y], dtype=np.float32)
        return [Detection(box, points, self.score if upright else self.false)]


def photo() -> Pixels:
    picture = np.zeros((300, 400, 3), dtype=np.uint8)
    picture[:150, :, 0] = picture[150:, :, 1] = 200
    picture[30:150, 80:200, 2] = 255
    return picture


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("false", [0.0, 0.7])
def test_the_face_of_a_turned_photo_is_found_at_its_place_in_it(turns: int, false: float) -> None:
    stored = turned(photo(), -turns % 4)
    ((found,),) = FacePipeline(UprightFaces(false=false), ColourEmbedder()).faces_in([stored])
    expected = box_turned_back(FACE, turns)
    place = (found.box.x, found.box.y, found.box.w, found.box.h)
    assert place == pytest.approx((expected.x, expected.y, expected.w, expected.h), abs=1e-6)
    height, width = stored.shape[:2]
    x, y = found.box.centre
    assert stored[int(y * height), int(x * width), 2] == 255, "the face is there in the stored photo"
    assert found.quality.pose > 0.5


def test_a_photo_with_a_good_face_costs_one_look_and_two_at_the_face_alone() -> None:
    detector = UprightFaces()
    FacePipeline(detector, ColourEmbedder()).faces_in([photo()])
    assert detector.looks == [(300, 400), (CUTOUT_SIDE, CUTOUT_SIDE), (CUTOUT_SIDE, CUTOUT_SIDE)]


def test_a_photo_with_an_excellent_face_costs_one_look() -> None:
    detector = UprightFaces(score=0.9995)
    FacePipeline(detector, ColourEmbedder()).faces_in([photo()])
    assert detector.looks == [(300, 400)]


def test_a_face_on_its_head_that_passes_for_a_good_one_is_turned() -> None:
    """It scores more than enough, with eyes above the mouth; alone and turned it scores even more."""
    stored = turned(photo(), 2)
    ((found,),) = FacePipeline(UprightFaces(false=0.98, score=0.999), ColourEmbedder()).faces_in([stored])
    expected = box_turned_back(FACE, 2)
    place = (found.box.x, found.box.y, found.box.w, found.box.h)
    assert place == pytest.approx((expected.x, expected.y, expected.w, expected.h), abs=1e-6)


def test_a_face_that_is_as_good_on_its_head_turns_no_photo() -> None:
    detector = UprightFaces(false=0.99, score=0.99)
    ((found,),) = FacePipeline(detector, ColourEmbedder()).faces_in([photo()])
    assert found.box.x == pytest.approx(FACE.x)
    assert len(detector.looks) == 3


def test_a_photo_without_faces_stays_as_it_is() -> None:
    detector = UprightFaces()
    assert FacePipeline(detector, ColourEmbedder()).faces_in([np.zeros((300, 400, 3), np.uint8)]) == [[]]
    assert len(detector.looks) == 4


def test_an_uncertain_face_in_another_orientation_turns_no_photo() -> None:
    detector = UprightFaces(score=0.92)
    assert FacePipeline(detector, ColourEmbedder()).faces_in([turned(photo(), 1)]) == [[]]


@pytest.mark.parametrize("turns", range(4))
def test_the_crop_of_a_stored_face_is_that_of_the_upright_one(turns: int) -> None:
    crop = BoxCrop(side=60, across=1.2, down=1.04)
    rng = np.random.default_rng(1)
    upright = cv2.resize(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8), (400, 300))
    points = np.asarray(POINTS * [FACE.w, FACE.h] + [FACE.x, FACE.y], dtype=np.float32)

    def cut(picture: Pixels, box: Box, landmarks: np.ndarray) -> Pixels:
        height, width = picture.shape[:2]
        return crop(
            picture,
            Detection(box.scaled(width, height), landmarks * np.asarray([width, height], np.float32), 1.0),
        )

    stored = turned(upright, -turns % 4)
    back = cut(stored, box_turned_back(FACE, turns), points_turned_back(points, turns))
    difference = np.abs(back.astype(int) - cut(upright, FACE, points).astype(int))
    assert difference.mean() < 12


@pytest.mark.parametrize("turns", range(4))
def test_the_picture_of_a_face_is_brought_upright_by_its_eyes(turns: int) -> None:
    points = np.asarray(POINTS * [120, 120] + [80, 30], dtype=np.float32)
    sizes = np.asarray([[400, 300], [300, 400] if turns % 2 else [400, 300]], np.float32)
    lying = points_turned_back(points / sizes[0], turns) * sizes[1]
    picture, landmarks = brought_upright(turned(photo(), -turns % 4), lying)
    assert np.array_equal(picture, photo())
    assert landmarks == pytest.approx(points, abs=1e-3)
