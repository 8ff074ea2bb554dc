"""Matching detected boxes with stored faces."""

import numpy as np

from faces.models import Face
from faces.services.detecting.box_matching import faces_match, match_boxes
from faces.vision.types import Box


def face(pk: int, x: float, *, size: float = 0.2) -> Face:
    return Face(pk=pk, x=x, y=0.1, w=size, h=size)


def test_a_face_that_overlaps_by_half_is_the_same() -> None:
    matched = faces_match(there=[face(1, 0.1)], found=[Box(0.15, 0.1, 0.2, 0.2)], held=())
    assert matched.same == {0: 0}
    assert (matched.new, matched.preserved, matched.gone) == ([], [], [])


def test_a_face_that_overlaps_less_is_new_and_the_old_one_goes() -> None:
    matched = faces_match(there=[face(1, 0.1)], found=[Box(0.25, 0.1, 0.2, 0.2)], held=())
    assert matched.same == {}
    assert (matched.new, matched.preserved, matched.gone) == ([0], [], [0])


def test_a_face_with_a_verdict_stays_though_it_is_not_found_again() -> None:
    matched = faces_match(there=[face(1, 0.1), face(2, 0.6)], found=[Box(0.6, 0.1, 0.2, 0.2)], held={1})
    assert matched.same == {0: 1}
    assert (matched.new, matched.preserved, matched.gone) == ([], [0], [])


def test_a_face_that_stays_is_not_added_once_more_with_another_box() -> None:
    much_larger = Box(0.0, 0.0, 0.4, 0.4)
    matched = faces_match(there=[face(1, 0.1)], found=[much_larger], held={1})
    assert (matched.same, matched.new, matched.preserved) == ({}, [], [0])
    assert faces_match(there=[face(1, 0.1)], found=[much_larger], held=()).new == [0]


def test_each_face_is_matched_over_once_the_greatest_overlap_first() -> None:
    found = [Box(0.12, 0.1, 0.2, 0.2), Box(0.1, 0.1, 0.2, 0.2)]
    matched = faces_match(there=[face(1, 0.1)], found=found, held=())
    assert matched.same == {1: 0}
    assert matched.new == [0]


def test_boxes_are_matched_by_the_greatest_overlap_each_once() -> None:
    old = [Box(0, 0, 10, 10), Box(2, 0, 10, 10)]
    assert match_boxes(old, [Box(2, 0, 10, 10), Box(0, 0, 10, 10)]) == {0: 1, 1: 0}
    assert match_boxes(old, [Box(1, 0, 10, 10), Box(0, 0, 10, 10)]) == {1: 0, 0: 1}
    assert match_boxes(old, [Box(100, 100, 10, 10)]) == {}
    assert match_boxes([], old) == {}
    assert match_boxes(old, []) == {}


def test_matching_never_uses_a_box_twice_and_never_below_half() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        old, new = (
            [Box(*rng.uniform(0, 12, 2).tolist(), *rng.uniform(5, 10, 2).tolist()) for _ in range(count)]
            for count in rng.integers(0, 8, 2)
        )
        matched = match_boxes(old, new)
        assert len(set(matched.values())) == len(matched)
        assert all(old[there].iou(new[here]) >= 0.5 for here, there in matched.items())
