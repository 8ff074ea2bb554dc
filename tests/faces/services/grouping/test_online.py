"""A new face is assigned at once if the match is clear, and stays unassigned otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from faces.models import Face, FaceEmbedding
from faces.services.grouping.online import faces_assign_online
from faces.services.grouping.repeats import photo_repeats
from faces.services.grouping.run import owner_recluster
from faces.services.people import edits

EMBEDDER = "facenet_sface256"


@pytest.fixture
def album(world, owner):
    photos = [world.photo(at % 4, (at + 1) % 4) for at in range(8)]
    owner_recluster(owner)
    return photos


def who(face: Face) -> int | None:
    return Face.objects.get(pk=face.pk).person_id


def placed(*faces: Face) -> list[int | None]:
    vectors = [FaceEmbedding.objects.get(face=face).vector for face in faces]
    faces_assign_online(
        faces=faces, vectors=[np.asarray(vector, np.float32) for vector in vectors], embedder=EMBEDDER
    )
    return [who(face) for face in faces]


def test_a_face_that_is_clearly_somebody_is_placed(world, album):
    assert placed(*world.photo(0)) == [who(album[0][0])]


def test_a_stranger_waits(world, album):
    assert placed(*world.photo(-1)) == [None]


def test_a_face_between_two_people_waits(world, album):
    (face,) = world.photo(0)
    between = world.looks[0] + world.looks[1]
    FaceEmbedding.objects.filter(face=face).update(vector=between / np.linalg.norm(between))
    assert placed(face) == [None]


def test_a_poor_face_waits(world, album):
    (face,) = world.photo(0)
    face.poor_reason = "blurred"
    assert placed(face) == [None]


def test_a_person_is_assigned_once_per_photo_unless_allowed(world, album, owner):
    twins = world.photo(0, 0)
    assert sorted(placed(*twins), key=str) == sorted([None, who(album[0][0])], key=str)
    excepted = world.photo(0, 0)
    photo_repeats(image=excepted[0].image, allowed=True, by=owner)
    assert placed(*excepted) == [who(album[0][0])] * 2


def test_a_face_is_not_placed_with_somebody_it_is_known_not_to_be(world, album, owner):
    (face,) = world.photo(0)
    edits.faces_reject(faces=[face], person=Face.objects.get(pk=album[0][0].pk).person, by=owner)
    assert placed(face) == [None]


def test_placing_takes_one_search(world, album, django_assert_max_num_queries):
    (face,) = world.photo(0)
    vector = np.asarray(FaceEmbedding.objects.get(face=face).vector, np.float32)
    with django_assert_max_num_queries(8) as queries:
        faces_assign_online(faces=[face], vectors=[vector], embedder=EMBEDDER)
    assert sum("<=>" in query["sql"] for query in queries.captured_queries) == 1


def test_others_people_are_never_near(world, album, stranger):
    theirs = type(world)(stranger)
    theirs.looks = world.looks
    assert placed(*theirs.photo(0)) == [None]
