"""Groups become people: verdicts hold, assignments move, each owner separately."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from albums.models import Image
from faces.models import ClusteringRun, Face, FaceEmbedding, Person
from faces.services.grouping.constraints import owner_faces
from faces.services.grouping.run import last_run
from faces.services.people.edits import person_name
from tests.faces.attributes import estimate
from tests.faces.coloured import face, near, seeded
from tests.faces.services.grouping.regrouping import ids, people, regroup
from tests.rows import image_rows


@pytest.fixture
def photos(ada: User) -> Iterator[Image]:
    """Return photos of Ada's."""
    return iter(image_rows(ada, 40))


@pytest.fixture
def red(photos: Iterator[Image]) -> list[Face]:
    return [face(next(photos), "red") for _ in range(4)]


@pytest.fixture
def blue(photos: Iterator[Image]) -> list[Face]:
    return [face(next(photos), "blue") for _ in range(3)]


def test_groups_become_people_and_the_rest_waits(
    ada: User, photos: Iterator[Image], red: list[Face], blue: list[Face]
) -> None:
    alone = face(next(photos), "green")
    run = regroup(ada)
    assert sorted(map(sorted, people().values())) == [sorted(ids(*red)), sorted(ids(*blue))]
    alone.refresh_from_db()
    assert alone.person is None
    assert Person.objects.filter(owner=ada, name="").count() == 2
    assert (run.faces, run.people, run.waiting, run.moved) == (8, 2, 1, 7)
    assert run.state == ClusteringRun.State.DONE
    assert run.embedder == "facenet_sface256"
    assert run.parameters["distance"] > 0
    assert run.finished_at is not None


def test_age_and_gender_are_never_looked_at(
    ada: User, photos: Iterator[Image], red: list[Face], blue: list[Face]
) -> None:
    for number, one in enumerate([*red, *blue]):
        estimate(one, 20.0 * number, male=number % 2)
    with CaptureQueriesContext(connection) as queries:
        regroup(ada)
    assert sorted(map(sorted, people().values())) == [sorted(ids(*red)), sorted(ids(*blue))]
    assert queries.captured_queries
    assert not any("attributes" in query["sql"] for query in queries.captured_queries)


def test_nothing_to_group_is_a_run_without_people(ada: User) -> None:
    run = regroup(ada)
    assert (run.faces, run.people, run.waiting, run.moved) == (0, 0, 0, 0)
    assert run.state == ClusteringRun.State.DONE


def test_grouping_again_preserves_every_person_and_moves_no_face(
    ada: User, red: list[Face], blue: list[Face]
) -> None:
    regroup(ada)
    before = people()
    assert regroup(ada).moved == 0
    assert people() == before


def test_new_photos_join_the_people_who_are_there(
    ada: User, photos: Iterator[Image], red: list[Face], blue: list[Face]
) -> None:
    regroup(ada)
    before = people()
    newcomers = [face(next(photos), "red") for _ in range(3)]
    assert regroup(ada).moved == 3
    assert set(people()) == set(before)
    (person,) = {row.person_id for row in Face.objects.filter(pk__in=ids(*red))}
    assert people()[person or 0] == ids(*red, *newcomers)


def test_a_name_and_its_cover_survive_when_all_other_faces_have_changed(
    ada: User, photos: Iterator[Image], red: list[Face]
) -> None:
    regroup(ada)
    person = person_name(person=Person.objects.get(), name="Ruby", by=ada)
    cover = person.cover
    assert cover is not None
    # Everything but the named face now looks like somebody else.
    for embedding in FaceEmbedding.objects.exclude(face=cover):
        embedding.vector = near(seeded("green"), embedding.pk)  # type: ignore[assignment]  # a field without types
        embedding.save()
    regroup(ada)
    person.refresh_from_db()
    assert (person.name, person.cover) == ("Ruby", cover)
    assert people()[person.pk] == {cover.pk}
    assert len(people()) == 2


def test_the_cover_of_a_name_stays_with_it_though_others_took_the_group(
    ada: User, red: list[Face], blue: list[Face]
) -> None:
    regroup(ada)
    ruby, sky = (Person.objects.get(faces=faces[0]) for faces in (red, blue))
    person_name(person=ruby, name="Ruby", by=ada)
    sky = person_name(person=sky, name="Sky", by=ada)
    # Somebody says that this blue face is Ruby: two covers among blue faces.
    Person.objects.filter(pk=ruby.pk).update(cover=next(row for row in blue if row != sky.cover))
    regroup(ada)
    for person in Person.objects.exclude(name=""):
        assert person.cover is not None
        assert person.cover.person_id == person.pk
    assert Person.objects.get(pk=sky.pk).name == "Sky"


def test_two_names_are_never_joined(ada: User, photos: Iterator[Image]) -> None:
    faces = [face(next(photos), "red") for _ in range(8)]
    one, other = (Person.objects.create(owner=ada) for _ in "12")
    Face.objects.filter(pk__in=ids(*faces[:4])).update(person=one)
    Face.objects.filter(pk__in=ids(*faces[4:])).update(person=other)
    person_name(person=one, name="Ruby", by=ada)
    person_name(person=other, name="Scarlet", by=ada)
    regroup(ada)
    assert {person.name for person in Person.objects.filter(faces__isnull=False)} == {"Ruby", "Scarlet"}
    assert sum(len(group) for group in people().values()) == 8


def test_unnamed_people_without_faces_go_named_and_hidden_ones_stay(ada: User, red: list[Face]) -> None:
    empty = Person.objects.create(owner=ada)
    named = Person.objects.create(owner=ada, name="Gone abroad")
    hidden = Person.objects.create(owner=ada, hidden=True)
    regroup(ada)
    assert not Person.objects.filter(pk=empty.pk).exists()
    assert Person.objects.filter(pk__in=[named.pk, hidden.pk]).count() == 2


def test_a_hidden_person_stays_hidden_with_their_faces(ada: User, red: list[Face]) -> None:
    regroup(ada)
    Person.objects.update(hidden=True)
    before = people()
    regroup(ada)
    assert people() == before
    assert Person.objects.get().hidden


def test_poor_faces_wait_until_there_is_a_good_one(ada: User, photos: Iterator[Image]) -> None:
    poor = [face(next(photos), "red", poor_reason="too_small") for _ in range(3)]
    assert regroup(ada).people == 0
    good = face(next(photos), "red")
    assert regroup(ada).people == 1
    assert list(people().values()) == [ids(good, *poor)]


def test_two_faces_in_one_photo_are_two_people(ada: User, photos: Iterator[Image], red: list[Face]) -> None:
    image = next(photos)
    twins = [face(image, "red", by=0.1) for _ in range(2)]
    regroup(ada)
    with_red = set(people()[next(iter(people()))])
    assert len(with_red & ids(*twins)) == 1


def test_other_owners_are_left_alone(ada: User, grace: User, red: list[Face]) -> None:
    hers = [face(image, "red") for image in image_rows(grace, 3)]
    person = Person.objects.create(owner=grace)
    empty = Person.objects.create(owner=grace)
    Face.objects.filter(pk=hers[0].pk).update(person=person)
    regroup(ada)
    assert people() == {person.pk: {hers[0].pk}, Person.objects.get(owner=ada).pk: ids(*red)}
    assert Person.objects.filter(pk=empty.pk).exists()
    assert last_run(grace.pk) is None


def of_another_model(*faces: Face) -> None:
    for row in faces:
        vector = near(seeded("red", dimensions=128), row.pk)
        FaceEmbedding.objects.filter(face=row).update(model="sface128", vector=vector)


def test_vectors_of_another_model_are_not_compared(
    ada: User, photos: Iterator[Image], red: list[Face]
) -> None:
    of_another_model(red[0])
    run = regroup(ada)
    assert run.faces == 3
    assert list(people().values()) == [ids(*red[1:])]


def test_the_other_models_vectors_group_when_it_is_configured(
    ada: User, red: list[Face], settings: object
) -> None:
    of_another_model(*red[:2])
    settings.EMBEDDER = "sface128"  # type: ignore[attr-defined]  # a fixture
    run = regroup(ada)
    assert (run.embedder, run.faces, run.people) == ("sface128", 2, 1)


def test_the_arrays_of_an_owner_come_in_the_order_of_ids(
    ada: User, red: list[Face], blue: list[Face]
) -> None:
    person = Person.objects.create(owner=ada, name="Ruby", cover=red[1])
    unnamed = Person.objects.create(owner=ada, cover=red[2])
    Face.objects.filter(pk=red[1].pk).update(person=person)
    Face.objects.filter(pk=red[2].pk).update(person=unnamed)
    Face.objects.filter(pk=blue[0].pk).update(poor_reason="blurred")
    faces = owner_faces(ada.pk, embedder="facenet_sface256")
    assert faces.ids.tolist() == [row.pk for row in red + blue]
    assert faces.photos.tolist() == [row.image_id for row in red + blue]
    assert faces.people.tolist() == [-1, person.pk, unnamed.pk, -1, -1, -1, -1]
    assert faces.known.tolist() == [-1, person.pk, unnamed.pk, -1, -1, -1, -1], "a cover is an anchor"
    assert faces.strong.tolist() == [True] * 4 + [False] + [True] * 2
    assert faces.vectors.shape == (7, 256)
    assert faces.vectors.dtype == np.float32
    assert np.linalg.norm(faces.vectors, axis=1) == pytest.approx(np.ones(7), abs=1e-5)
