"""The face that photos of one person have in common."""

import numpy as np

from faces.vision.grouping.common_face import CommonFaces, common_faces
from tests.faces.coloured import near, seeded

Faces = list[tuple[int, str, float]]
"""Photo, person and area of each face."""


def selected(faces: Faces, photo_count: int) -> tuple[list[str | None], CommonFaces]:
    """Return the person who was selected in each photo."""
    found = common_faces(
        np.stack([near(seeded(who), place) for place, (_photo, who, _area) in enumerate(faces)]),
        photos=np.array([photo for photo, _who, _area in faces]),
        areas=np.array([area for _photo, _who, area in faces]),
        photo_count=photo_count,
        same=0.6,
        farthest_alone=0.75,
    )
    return [None if index < 0 else faces[index][1] for index in found.selected], found


def test_of_one_photo_it_is_the_largest_face() -> None:
    assert selected([(0, "friend", 0.02), (0, "anna", 0.09), (0, "stranger", 0.01)], 1)[0] == ["anna"]


def test_a_smaller_face_that_is_in_more_photos_is_preferred_to_a_larger_one() -> None:
    faces = [(0, "anna", 0.04), (0, "friend", 0.05), (1, "anna", 0.04), (2, "anna", 0.03), (2, "other", 0.04)]
    assert selected(faces, 3)[0] == ["anna", "anna", "anna"]


def test_of_two_people_who_are_always_together_it_is_the_one_in_front() -> None:
    faces = [(photo, who, area) for photo in range(4) for who, area in (("ben", 0.02), ("anna", 0.05))]
    assert selected(faces, 4)[0] == ["anna"] * 4


def test_a_photo_of_other_people_alone_has_no_face_of_the_person() -> None:
    faces = [(0, "anna", 0.1), (1, "anna", 0.1), (2, "ben", 0.1), (2, "cleo", 0.1), (3, "dara", 0.1)]
    who, found = selected(faces, 4)
    assert who == ["anna", "anna", None, None]
    assert np.isnan(found.distances[2:]).all()
    assert (found.distances[:2] < 0.1).all()


def test_without_faces_nothing_is_selected() -> None:
    empty = common_faces(
        np.zeros((0, 1), np.float32),
        photos=np.zeros(0, np.int64),
        areas=np.zeros(0),
        photo_count=2,
        same=0.6,
        farthest_alone=0.7,
    )
    assert empty.selected.tolist() == [-1, -1]
