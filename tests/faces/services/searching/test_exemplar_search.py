"""The people nearest to a vector by their exemplars are those that comparing with every face finds."""

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faces.models import Face, Person, PersonExemplar
from faces.services.core.bulk_assign import faces_move
from faces.services.core.vector_search import Near, VectorSearch
from faces.services.people import exemplars
from faces.services.people.exemplars import exemplars_renew
from faces.services.searching import exemplar_search
from faces.services.searching.exemplar_search import people_nearest
from faces.services.searching.nearest import nearest
from tests.faces.services.conftest import World
from tests.rows import DIMENSIONS, MODEL, Vector, embedding_rows, face_rows, image_row, unit

PEOPLE, FACES = 24, 5


@pytest.fixture(autouse=True)
def _few_faces_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exemplars, "EXEMPLARS_FROM", 2)
    # Fewer than there are, so that not all people are compared.
    monkeypatch.setattr(exemplar_search, "EXEMPLARS_SEARCHED", 16)
    monkeypatch.setattr(exemplar_search, "EXEMPLARS_A_PERSON", 1)


def crowd(owner: User, *, seed: int) -> list[Vector]:
    """People with some faces each, and exemplars; returns a vector near each person."""
    random = np.random.default_rng(seed)
    looks = [unit(row) for row in random.normal(size=(PEOPLE, DIMENSIONS))]
    people = Person.objects.bulk_create(Person(owner=owner) for _ in looks)
    image = image_row(owner)
    faces = face_rows([image] * PEOPLE * FACES, [person for person in people for _ in range(FACES)])
    noise = random.normal(size=(PEOPLE * FACES, DIMENSIONS)) / 20
    embedding_rows(faces, (unit(looks[row // FACES] + noise[row]) for row in range(len(faces))))
    assert exemplars_renew(owner_id=owner.pk) == PEOPLE
    return [unit(look + random.normal(size=DIMENSIONS) / 20) for look in looks]


def both(search: VectorSearch, count: int = 3) -> tuple[list[Near] | None, list[Near]]:
    return people_nearest(search, count), search.first_of_people(count)


def rounded(near: list[Near] | None) -> list[tuple[int, int | None, float]]:
    assert near is not None
    return [(one.face_id, one.person_id, round(one.distance, 5)) for one in near]


def test_the_nearest_people_are_those_of_a_comparison_with_every_face(ada: User, grace: User) -> None:
    queries = crowd(ada, seed=1)
    crowd(grace, seed=2)
    for query in queries:
        found, exact = both(VectorSearch(ada.pk, query, MODEL))
        assert rounded(found) == rounded(exact)
    mine = set(Person.objects.filter(owner=ada).values_list("pk", flat=True))
    assert {one.person_id for one in exact} <= mine


def test_hidden_people_and_faces_left_out_never_appear(ada: User) -> None:
    query = crowd(ada, seed=1)[0]
    first, second, *_ = VectorSearch(ada.pk, query, MODEL).first_of_people(3)
    Person.objects.filter(faces=second.face_id).update(hidden=True)
    for search in (
        VectorSearch(ada.pk, query, MODEL, without=[first.face_id]),
        VectorSearch(ada.pk, query, MODEL, without_person=first.person_id),
    ):
        found, exact = both(search)
        assert rounded(found) == rounded(exact)
        assert second.person_id not in {one.person_id for one in exact}


def test_people_whose_faces_have_just_changed_are_compared_face_by_face(ada: User) -> None:
    query = crowd(ada, seed=1)[0]
    first, second, *_ = VectorSearch(ada.pk, query, MODEL).first_of_people(3)
    new = Person.objects.create(owner=ada)
    faces_move({first.face_id: new.pk, second.face_id: None})
    found, exact = both(VectorSearch(ada.pk, query, MODEL))
    assert rounded(found) == rounded(exact)
    assert exact[0].person_id == new.pk


def test_without_current_exemplars_every_face_is_compared(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    query = crowd(ada, seed=1)[0]
    search = VectorSearch(ada.pk, query, MODEL)
    monkeypatch.setattr(exemplar_search, "PENDING_PEOPLE", 2)
    faces = Face.objects.order_by("pk")[: 3 * FACES : FACES]
    faces_move(dict.fromkeys([face.pk for face in faces]))
    assert people_nearest(search, 3) is None, "too many people are being computed"
    exemplars_renew(owner_id=ada.pk)
    assert people_nearest(search, 3) is not None
    monkeypatch.setattr(exemplar_search, "PENDING_FACES", 2)
    faces_move({faces[0].pk: Person.objects.earliest("pk").pk})
    assert people_nearest(search, 3) is None, "they have too many faces"
    PersonExemplar.objects.all().delete()
    assert people_nearest(search, 3) is None
    _near, people = nearest(user=ada, vector=query, model=MODEL, faces=0, people=3)
    assert [one.face.pk for one in people] == [one.face_id for one in search.first_of_people(3)]


def test_the_search_of_the_pages_reads_exemplars(ada: User) -> None:
    query = crowd(ada, seed=1)[0]
    exact = VectorSearch(ada.pk, query, MODEL).first_of_people(3)
    with CaptureQueriesContext(connection) as captured:
        near, people = nearest(user=ada, vector=query, model=MODEL, faces=2, people=3)
    assert [one.face.pk for one in people] == [one.face_id for one in exact]
    assert near[0].face.pk == exact[0].face_id
    assert len(captured) <= 12
    assert nearest(user=ada, vector=query, model="sface128", faces=2, people=3) == ([], [])


def test_a_world_of_few_people_is_searched_whole(world: World) -> None:
    anna = world.person(*(world.photo(0)[0] for _ in range(3)))
    exemplars_renew(owner_id=world.owner.pk)
    found, exact = both(VectorSearch(world.owner.pk, world.looks[0], MODEL), count=10)
    assert rounded(found) == rounded(exact)
    assert [one.person_id for one in exact] == [anna.pk]
