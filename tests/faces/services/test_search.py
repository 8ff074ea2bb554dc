"""Who looks like this: the user's own faces only, the nearest, and enough of them."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from numpy.typing import NDArray

from albums.exceptions import ImageRefused
from albums.models import Image
from faces.models import Face, FaceEmbedding, Person
from faces.services.search import FACES_WANTED, PEOPLE_WANTED, lookalikes, nearest_faces
from tests.faces.coloured import ColourDetector, Place, drawn, face, near, rows, seeded


def asked(user: User | AnonymousUser, *, face_index: int | None = None, **people: Place) -> Any:
    return lookalikes(user=user, picture=BytesIO(drawn(**people)), face_index=face_index)


def many_faces(owner: User, vectors: NDArray[np.float32], model: str = "facenet128") -> list[Face]:
    """A face for each vector, written in bulk."""
    images = rows(owner, len(vectors))
    faces = Face.objects.bulk_create(
        Face(
            image=image,
            x=0.1,
            y=0.1,
            w=0.1,
            h=0.1,
            landmarks=[0.5] * 10,
            score=0.9,
            quality=0.9,
            detector="coloured",
        )
        for image in images
    )
    FaceEmbedding.objects.bulk_create(
        FaceEmbedding(face=row, model=model, vector=vector)
        for row, vector in zip(faces, vectors, strict=True)
    )
    return faces


def around(
    centre: NDArray[np.float32], count: int, *, by: tuple[float, float], seed: int
) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return np.stack([near(centre, seed, number, by=float(rng.uniform(*by))) for number in range(count)])


def test_the_nearest_faces_and_their_people_come_first(ada: User, detector: ColourDetector) -> None:
    images = rows(ada, 4)
    ruby, sky = Person.objects.create(owner=ada, name="Ruby"), Person.objects.create(owner=ada, name="Sky")
    red = [face(images[0], "red", person=ruby), face(images[1], "red", person=ruby)]
    blue = face(images[2], "blue", person=sky)
    waiting = face(images[3], "red")
    result = asked(ada, red=(48, 32, 96))
    assert [row.pk for row, _ in result.faces[:3]] == [
        row.pk for row, _ in sorted(result.faces[:3], key=lambda pair: pair[1])
    ]
    assert {row for row, _ in result.faces[:3]} == {*red, waiting}
    assert result.faces[3][0] == blue
    assert [person for person, _ in result.people] == [ruby, sky]
    assert result.people[0][1] < 0.3
    assert result.people[1][1] > 0.6


def test_distances_are_cosine_distances(ada: User, detector: ColourDetector) -> None:
    (row,) = many_faces(ada, np.stack([seeded("red")]))
    opposite = many_faces(ada, np.stack([-seeded("red")]))[0]
    found = dict(nearest_faces(user=ada, vector=seeded("red"), count=5))
    assert found[row] == pytest.approx(0, abs=1e-6)
    assert found[opposite] == pytest.approx(2, abs=1e-6)


def test_the_faces_in_the_picture_are_shown_relative_to_it_and_the_largest_is_taken(
    ada: User, detector: ColourDetector
) -> None:
    result = asked(ada, blue=(10, 20, 60), red=(240, 80, 120))
    assert [round(box.x * 480) for box in result.faces_found] == [10, 240]
    assert result.chosen == 1


@pytest.mark.parametrize(("index", "chosen"), [(0, 0), (1, 1), (2, 1), (-1, 1), (None, 1)])
def test_another_face_can_be_chosen_and_a_wrong_number_is_the_largest(
    ada: User, detector: ColourDetector, index: int | None, chosen: int
) -> None:
    images = rows(ada, 2)
    expected = [face(images[0], "blue"), face(images[1], "red")]
    result = asked(ada, face_index=index, blue=(10, 20, 60), red=(240, 80, 120))
    assert result.chosen == chosen
    assert result.faces[0][0] == expected[chosen]


def test_a_picture_without_faces_finds_nobody(ada: User, detector: ColourDetector) -> None:
    face(rows(ada, 1)[0])
    result = asked(ada)
    assert (result.faces_found, result.chosen, result.people, result.faces) == ([], -1, [], [])


def test_the_picture_is_not_kept(ada: User, detector: ColourDetector) -> None:
    asked(ada, red=(48, 32, 96))
    assert not Image.objects.exists()
    assert not Face.objects.exists()


def test_a_file_that_is_no_picture_is_refused(ada: User, detector: ColourDetector) -> None:
    with pytest.raises(ImageRefused):
        lookalikes(user=ada, picture=BytesIO(b"<html>no</html>"))


def test_only_the_users_own_faces_are_found(ada: User, grace: User, detector: ColourDetector) -> None:
    hers = face(rows(grace, 1)[0], "red", person=Person.objects.create(owner=grace, name="Secret"))
    assert asked(ada, red=(48, 32, 96)).faces == []
    assert asked(ada, red=(48, 32, 96)).people == []
    assert [row for row, _ in asked(grace, red=(48, 32, 96)).faces] == [hers]
    assert asked(AnonymousUser(), red=(48, 32, 96)).faces == []


def test_hidden_people_are_not_named(ada: User, detector: ColourDetector) -> None:
    face(rows(ada, 1)[0], "red", person=Person.objects.create(owner=ada, name="Gone", hidden=True))
    assert asked(ada, red=(48, 32, 96)).people == []


def test_answers_are_bounded(ada: User, detector: ColourDetector) -> None:
    for image in rows(ada, FACES_WANTED + 10):
        face(image, "red", person=Person.objects.create(owner=ada))
    result = asked(ada, red=(48, 32, 96))
    assert len(result.faces) == FACES_WANTED
    assert len(result.people) == PEOPLE_WANTED
    assert result.people[0][1] == result.faces[0][1]


def test_vectors_of_another_model_are_not_compared(ada: User, detector: ColourDetector) -> None:
    other = near(seeded("red"), "other")
    many_faces(ada, np.stack([other]), model="sface128")
    # A model of another length must not even be looked at.
    many_faces(ada, np.stack([seeded("long", dimensions=512)]), model="long512")
    (mine,) = many_faces(ada, np.stack([seeded("blue")]))
    assert [row for row, _ in asked(ada, red=(48, 32, 96)).faces] == [mine]


@pytest.mark.parametrize("by_index", [False, True])
def test_as_many_as_wanted_are_found_even_among_many_others_rows(
    ada: User, grace: User, by_index: bool
) -> None:
    wanted = seeded("red")
    # Everybody else's faces are nearer than any of Ada's.
    many_faces(grace, around(wanted, 1500, by=(0.1, 0.4), seed=1))
    mine = many_faces(ada, around(wanted, 40, by=(0.5, 1.5), seed=2))
    vectors = {row.face_id: np.asarray(row.vector) for row in FaceEmbedding.objects.filter(face__in=mine)}
    expected = sorted(vectors, key=lambda pk: 1 - float(vectors[pk] @ wanted))[:24]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if by_index:
            for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        found = nearest_faces(user=ada, vector=wanted, count=24)
    assert len(found) == 24
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)
    assert len({row.pk for row, _ in found} & set(expected)) >= 22, "an approximate index may miss one"
    assert {row.image.owner_id for row, _ in found} == {ada.pk}


def test_the_number_of_queries_does_not_grow(
    ada: User, detector: ColourDetector, django_assert_max_num_queries: Any
) -> None:
    for image in rows(ada, 30):
        face(image, "red", person=Person.objects.create(owner=ada))
    with django_assert_max_num_queries(5):
        for row, _ in asked(ada, red=(48, 32, 96)).faces:
            assert row.image.source_path
            assert row.person
