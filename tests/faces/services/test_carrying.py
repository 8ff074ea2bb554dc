"""Which faces found anew are there already, and which stay though they were not found."""

from faces.models import Face
from faces.services.carrying import carry_over
from faces.vision.types import Box


def face(pk: int, x: float, *, size: float = 0.2) -> Face:
    return Face(pk=pk, x=x, y=0.1, w=size, h=size)


def test_a_face_that_overlaps_by_half_is_the_same() -> None:
    carried = carry_over(there=[face(1, 0.1)], found=[Box(0.15, 0.1, 0.2, 0.2)], held=())
    assert carried.same == {0: 0}
    assert (carried.new, carried.kept, carried.gone) == ([], [], [])


def test_a_face_that_overlaps_less_is_new_and_the_old_one_goes() -> None:
    carried = carry_over(there=[face(1, 0.1)], found=[Box(0.25, 0.1, 0.2, 0.2)], held=())
    assert carried.same == {}
    assert (carried.new, carried.kept, carried.gone) == ([0], [], [0])


def test_a_face_of_which_something_was_said_stays_though_it_is_not_found() -> None:
    carried = carry_over(there=[face(1, 0.1), face(2, 0.6)], found=[Box(0.6, 0.1, 0.2, 0.2)], held={1})
    assert carried.same == {0: 1}
    assert (carried.new, carried.kept, carried.gone) == ([], [0], [])


def test_a_face_that_stays_is_not_added_once_more_with_another_box() -> None:
    much_larger = Box(0.0, 0.0, 0.4, 0.4)
    carried = carry_over(there=[face(1, 0.1)], found=[much_larger], held={1})
    assert (carried.same, carried.new, carried.kept) == ({}, [], [0])
    assert carry_over(there=[face(1, 0.1)], found=[much_larger], held=()).new == [0]


def test_each_face_is_carried_over_once_the_greatest_overlap_first() -> None:
    found = [Box(0.12, 0.1, 0.2, 0.2), Box(0.1, 0.1, 0.2, 0.2)]
    carried = carry_over(there=[face(1, 0.1)], found=found, held=())
    assert carried.same == {1: 0}
    assert carried.new == [0]
