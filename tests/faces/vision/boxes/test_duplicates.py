"""One face found twice is one face; two people cheek to cheek are two."""

import numpy as np
import pytest

from faces.vision.boxes.duplicates import LEAST_OVERLAP, SURE, duplicates
from faces.vision.errors import UnknownModel
from faces.vision.profiles import profile_of
from faces.vision.types import Box

FRONT = Box(100, 100, 80, 100)
BESIDE = Box(140, 110, 80, 100)
ELSEWHERE = Box(400, 100, 80, 100)
MODEL = "facenet_sface256"


def looks(distance: float) -> list[np.ndarray]:
    """Two vectors at this cosine distance."""
    similarity = 1 - distance
    return [np.array([1.0, 0.0]), np.array([similarity, np.sqrt(1 - similarity**2)])]


def test_a_second_box_on_a_face_with_the_same_look_is_an_echo() -> None:
    assert duplicates([FRONT, BESIDE], looks(0.2), [0, 1], embedder=MODEL) == {1}


def test_the_better_face_stays_wherever_it_stands_in_the_list() -> None:
    assert duplicates([FRONT, BESIDE], looks(0.2), [1, 0], embedder=MODEL) == {0}


def test_somebody_else_behind_a_face_is_no_echo() -> None:
    assert duplicates([FRONT, BESIDE], looks(0.8), [0, 1], embedder=MODEL) == set()


def test_a_mirror_image_elsewhere_in_the_photo_is_no_echo() -> None:
    assert duplicates([FRONT, ELSEWHERE], looks(0.0), [0, 1], embedder=MODEL) == set()


def test_a_small_box_inside_a_large_one_counts_by_the_small_one() -> None:
    inside = Box(110, 110, 20, 20)
    assert duplicates([FRONT, inside], looks(0.1), [0, 1], embedder=MODEL) == {1}


@pytest.mark.parametrize(("overlap", "gone"), [(LEAST_OVERLAP - 0.02, set()), (LEAST_OVERLAP + 0.02, {1})])
def test_the_overlap_that_counts_is_the_share_of_the_smaller_box(overlap: float, gone: set[int]) -> None:
    other = Box(FRONT.x + FRONT.w * (1 - overlap), FRONT.y, FRONT.w, FRONT.h)
    assert duplicates([FRONT, other], looks(0.1), [0, 1], embedder=MODEL) == gone


def test_how_near_is_near_belongs_to_the_model() -> None:
    for model in (MODEL, "sface128"):
        limit = profile_of(model).calibration.distance(SURE)
        assert duplicates([FRONT, BESIDE], looks(limit - 0.01), [0, 1], embedder=model) == {1}
        assert duplicates([FRONT, BESIDE], looks(limit + 0.01), [0, 1], embedder=model) == set()
    with pytest.raises(UnknownModel):
        duplicates([FRONT, BESIDE], looks(0.1), [0, 1], embedder="nobody's")


def test_an_echo_of_an_echo_goes_with_the_face_that_stays() -> None:
    boxes = [FRONT, BESIDE, Box(120, 105, 80, 100)]
    assert duplicates(boxes, [looks(0.2)[0]] * 3, [0, 1, 2], embedder=MODEL) == {1, 2}
