"""The person that each group continues."""

import numpy as np

from faces.services.grouping.constraints import OwnerFaces
from faces.services.grouping.plan import people_of_groups


def arrays(people: list[int], known: list[int]) -> OwnerFaces:
    count = len(people)
    return OwnerFaces(
        ids=np.arange(count),
        photos=np.arange(count),
        people=np.array(people),
        known=np.array(known),
        strong=np.ones(count, dtype=bool),
        repeats=np.zeros(count, dtype=bool),
        vectors=np.zeros((count, 2), dtype=np.float32),
        clarity=np.ones(count, dtype=np.float32),
    )


def test_a_group_continues_the_person_it_shares_most_faces_with() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    faces = arrays([10, 10, 20, 20, 20, -1], [-1] * 6)
    assert people_of_groups(labels, faces, decided=set()) == {0: 10, 1: 20}


def test_a_person_who_falls_apart_goes_with_the_larger_part() -> None:
    labels = np.array([0, 0, 1, 1, 1, -1])
    faces = arrays([10] * 6, [-1] * 6)
    assert people_of_groups(labels, faces, decided=set()) == {1: 10}


def test_when_people_become_one_group_the_named_one_goes_on() -> None:
    labels = np.zeros(5, dtype=np.int64)
    faces = arrays([10, 10, 10, 20, 20], [-1] * 5)
    assert people_of_groups(labels, faces, decided={20}) == {0: 20}
    assert people_of_groups(labels, faces, decided=set()) == {0: 10}


def test_what_is_known_decides_against_any_majority() -> None:
    labels = np.zeros(4, dtype=np.int64)
    faces = arrays([10, 10, 10, 20], [-1, -1, -1, 20])
    assert people_of_groups(labels, faces, decided={10, 20}) == {0: 20}
