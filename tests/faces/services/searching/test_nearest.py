"""The nearest faces and people of one user, whatever the others have."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from faces.models import Face, Person
from faces.querysets import FaceQuerySet
from faces.services.core import vector_search
from faces.services.core.vector_search import VectorSearch
from faces.services.searching import nearest as searching
from faces.services.searching.nearest import NearFace, NearPerson, nearest
from faces.vision.profiles import profile_of
from tests.rows import embedding_rows, face_row, face_rows, image_row
from tests.vision_stubs import MODEL, at_distance, unit

pytestmark = pytest.mark.django_db
HERE = unit(1)


@pytest.fixture
def eve() -> User:
    return User.objects.create_user("eve")


def stored(
    image: Image, distance: float, *, person: Person | None = None, model: str = MODEL, axis: int = 1
) -> Face:
    """A face in `image` at this distance from `HERE`."""
    vector = at_distance(distance, axis=axis)[: profile_of(model).dimensions]
    return face_row(image, person=person, crop=False, vector=vector, model=model)


def nearest_faces(user: User | AnonymousUser, count: int = 10, without: Sequence[int] = ()) -> list[NearFace]:
    return nearest(user=user, vector=HERE, model=MODEL, faces=count, people=0, without=without)[0]


def nearest_people(user: User | AnonymousUser, count: int = 10) -> list[NearPerson]:
    return nearest(user=user, vector=HERE, model=MODEL, faces=0, people=count)[1]


def ids(user: User | AnonymousUser, count: int = 10, without: Sequence[int] = ()) -> list[int]:
    found = nearest_faces(user, count, without)
    return [match.face.pk for match in found]


def test_faces_come_nearest_first_with_distance_and_probability(ada: User) -> None:
    image = image_row(ada)
    far, near, middle = (stored(image, distance) for distance in (1.0, 0.1, 0.5))
    found = nearest_faces(ada)
    assert [match.face for match in found] == [near, middle, far]
    assert [match.distance for match in found] == pytest.approx([0.1, 0.5, 1.0], abs=1e-6)
    assert found[0].probability > 0.97
    assert found[2].probability < 0.03


def test_another_users_faces_never_appear(ada: User, eve: User) -> None:
    theirs = Person.objects.create(owner=eve, name="Eve's")
    photo = image_row(eve)
    for _ in range(5):
        stored(photo, 0.0, person=theirs)
    mine = stored(image_row(ada), 1.2)
    assert ids(ada) == [mine.pk]
    assert nearest_people(ada) == []
    assert ids(AnonymousUser()) == []


def test_what_is_no_face_of_another_model_or_left_out_never_appears(ada: User) -> None:
    image = image_row(ada)
    dismissed, other_model, left_out, shown = (
        stored(image, 0.1),
        stored(image, 0.1, model="sface128"),
        stored(image, 0.1),
        stored(image, 0.1),
    )
    Face.objects.filter(pk=dismissed.pk).update(dismissed=True)
    assert other_model.pk not in ids(ada)
    assert ids(ada, without=[left_out.pk]) == [shown.pk]


def test_the_requested_number_is_found_although_all_nearer_faces_are_anothers(
    ada: User, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd, image = image_row(eve), image_row(ada)
    faces = face_rows([crowd] * 300, [None] * 300)
    embedding_rows(faces, (at_distance(0.1 + number / 10_000, axis=2) for number in range(300)))
    mine = [stored(image, 0.9 + number / 100).pk for number in range(3)]
    assert ids(ada, 3) == mine
    # The same for a user with so many faces that the index is used first, and gives up after few rows.
    monkeypatch.setattr(vector_search, "INDEXED_FROM", 0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.max_scan_tuples = 1")
        cursor.execute("SET LOCAL hnsw.ef_search = 10")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert ids(ada, 3) == mine


def test_index_and_comparing_with_each_agree(ada: User) -> None:
    image = image_row(ada)
    for number in range(30):
        stored(image, number / 30, axis=1 + number % 7)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    exact = VectorSearch(ada.pk, HERE, MODEL).exact(10)
    found = VectorSearch(ada.pk, HERE, MODEL).indexed(10)
    # Rows of tests before are still in the index, dead, so that it may miss one.
    assert len(set(found) & set(exact)) >= 8
    assert found == sorted(found, key=lambda one: one.distance)


def test_people_come_by_their_nearest_face_without_the_hidden(ada: User) -> None:
    image = image_row(ada)
    anna, ben = (Person.objects.create(owner=ada, name=name) for name in ("Anna", "Ben"))
    hidden = Person.objects.create(owner=ada, name="Hidden", hidden=True)
    for distance, person in ((0.05, hidden), (0.1, None), (0.2, ben), (0.3, ben), (0.4, anna)):
        stored(image, distance, person=person)
    found = nearest_people(ada)
    assert [match.person for match in found] == [ben, anna]
    assert found[0].distance == pytest.approx(0.2, abs=1e-6)
    assert found[0].face.person == ben


@pytest.mark.parametrize("more", [4, 11, 4_000], ids=["not at all", "not enough", "enough"])
def test_a_person_with_very_many_faces_hides_no_other(
    ada: User, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "FACES_SEARCHED", 4)
    monkeypatch.setattr(vector_search, "WIDER", more)
    image = image_row(ada)
    often, once, twice = (Person.objects.create(owner=ada, name=name) for name in "abc")
    for number in range(10):
        stored(image, 0.1 + number / 100, person=often)
    stored(image, 0.8, person=once)
    stored(image, 0.7, person=twice)
    found = nearest_people(ada, 3)
    assert [match.person for match in found] == [often, twice, once]
    assert [match.person for match in nearest_people(ada, 2)] == [
        often,
        twice,
    ]


def test_a_search_asks_for_the_owner_beside_the_vectors_and_reads_no_photos(ada: User) -> None:
    stored(image_row(ada), 0.1, person=Person.objects.create(owner=ada))
    with CaptureQueriesContext(connection) as captured:
        VectorSearch(ada.pk, HERE, MODEL).exact(10)
    (query,) = captured.captured_queries
    assert f'"faces_faceembedding"."owner_id" = {ada.pk}' in query["sql"]
    assert "albums_image" not in query["sql"]


def test_what_somebody_shares_is_not_searched(ada: User, eve: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if Ada could see all of Eve's faces."""
    stored(image_row(eve), 0.0, person=Person.objects.create(owner=eve))
    mine = stored(image_row(ada), 1.2)
    monkeypatch.setattr(FaceQuerySet, "visible_to", lambda faces, user: faces.all())
    assert ids(ada) == [mine.pk]
    assert nearest_people(ada) == []


def test_the_number_of_queries_does_not_grow_with_what_is_found(ada: User) -> None:
    image = image_row(ada)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            found = nearest_people(ada)
            _ = [(match.person.name, match.face.image.name) for match in found]
        return len(captured)

    stored(image, 0.1, person=Person.objects.create(owner=ada))
    few = queries()
    for number in range(8):
        stored(image, 0.2 + number / 20, person=Person.objects.create(owner=ada))
    assert queries() == few <= 4
