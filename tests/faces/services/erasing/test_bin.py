"""Photos in the bin: their faces are nowhere, and come back as if they had never been away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.test import Client

from albums.services.core.progress import stages
from albums.services.erasing.bin import images_erase
from faces.exceptions import NotThere
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person
from faces.services.detecting.stored_embeddings import faces_lacking
from faces.services.exporting.csv import people_rows
from faces.services.grouping.constraints import anchors_of, owner_faces
from faces.services.grouping.online import faces_assign_online
from faces.services.grouping.run import owner_recluster
from faces.services.people import edits
from faces.services.people.stats import stats_refresh
from faces.services.reindexing.state_diff import people_state
from faces.services.reviewing.queue import questions
from faces.services.searching.nearest import nearest
from tests.faces.services.conftest import World
from tests.faces.services.erasing.binning import anna_and_ben, photos_of, state, take_back, throw_away
from tests.faces.services.grouping.contradictions import contradictions
from tests.rows import MODEL

pytestmark = pytest.mark.django_db


@pytest.fixture
def family(world: World) -> list[Face]:
    return anna_and_ben(world)


def test_what_comes_back_is_the_very_same(world: World, family: list[Face]) -> None:
    before = state()
    throw_away(world, *family[:3])
    assert Face.objects.filter(binned=True).count() == 4
    assert state() != before
    take_back(world, *family[:3])
    assert state() == before


def test_the_people_page_counts_what_is_not_in_the_bin(
    world: World, family: list[Face], client: Client
) -> None:
    client.force_login(world.owner)
    throw_away(world, family[0])
    stats_refresh(owner_id=world.owner.pk)
    found = {person.name: person for person in Person.objects.with_counts()}
    assert (found["Anna"].face_count, found["Anna"].photo_count) == (2, 2)
    assert (found[""].face_count, found[""].photo_count) == (1, 1)
    throw_away(world, family[2])
    stats_refresh(owner_id=world.owner.pk)
    # Ben has no name: without a visible face he is not shown.
    page = client.get("/people/").content.decode()
    assert [person.name for person in Person.objects.worth_showing()] == ["Anna"]
    assert "Anna" in page
    assert f"/people/{Person.objects.get(name='').pk}/" not in page


def test_a_cover_in_the_bin_stays_the_cover_and_is_not_shown(
    world: World, family: list[Face], client: Client
) -> None:
    Face.objects.update(crop="faces/none.jpg")
    client.force_login(world.owner)
    anna = Person.objects.get(name="Anna")
    throw_away(world, family[0])
    anna.refresh_from_db()
    assert anna.cover_id == family[0].pk
    for address in ("/people/", f"/people/{anna.pk}/"):
        assert f"/faces/{family[0].pk}/crop.jpg" not in client.get(address).content.decode()
    assert client.get(f"/faces/{family[0].pk}/crop.jpg").status_code == 404


def test_a_face_in_the_bin_is_invisible_and_takes_no_verdict(world: World, family: list[Face]) -> None:
    throw_away(world, family[0])
    there = set(Face.objects.visible_to(world.owner).values_list("pk", flat=True))
    assert there == {face.pk for face in family[2:]}
    assert family[0].pk not in people_state(world.owner.pk).places
    assert {row[0] for row in people_rows(world.owner)} == {"2.jpg", "3.jpg", "4.jpg"}
    assert not FaceScan.objects.visible_to(world.owner).filter(image=family[0].image).exists()
    with pytest.raises(NotThere):
        edits.faces_confirm(faces=[family[1]], by=world.owner)


def test_a_waiting_face_does_not_wait_in_the_bin(world: World) -> None:
    face = world.photo(-1)[0]
    assert list(Face.objects.unassigned()) == [face]
    throw_away(world, face)
    assert not Face.objects.unassigned().exists()
    FaceEmbedding.objects.all().delete()
    assert not faces_lacking(Face.objects.all(), embedder=MODEL).exists()


def test_progress_counts_what_is_not_in_the_bin(world: World, family: list[Face]) -> None:
    throw_away(world, family[0], family[2])
    found = {stage.name: stage for stage in stages(world.owner.pk)}
    assert (found["read"].done, found["read"].total) == (2, 2)
    assert (found["scan"].done, found["scan"].total, found["scan"].detail) == (2, 2, "2 faces")
    assert found["group"].detail == "1 person"


def test_grouping_leaves_the_bin_alone(world: World) -> None:
    anna_faces = [world.photo(0)[0] for _ in range(4)]
    binned = [world.photo(1)[0] for _ in range(4)]
    owner_recluster(world.owner)
    before = dict(Face.objects.values_list("pk", "person_id"))
    throw_away(world, *binned)
    run = owner_recluster(world.owner)
    assert run is not None
    assert (run.faces, run.people) == (4, 1)
    assert len(owner_faces(world.owner.pk, embedder=MODEL).ids) == 4
    # Nor is the person of whom nothing else is left removed.
    assert dict(Face.objects.values_list("pk", "person_id")) == before
    assert len({before[face.pk] for face in anna_faces}) == 1


def test_a_named_person_is_found_again_while_the_face_they_are_known_by_is_in_the_bin(
    world: World, family: list[Face]
) -> None:
    anna = Person.objects.get(name="Anna")
    assert anchors_of(world.owner.pk)[family[0].pk] == anna.pk
    throw_away(world, family[0])
    anchors = anchors_of(world.owner.pk)
    assert family[0].pk not in anchors
    assert anna.pk in anchors.values()
    owner_recluster(world.owner)
    assert Face.objects.get(pk=family[2].pk).person_id == anna.pk


def test_faces_in_the_bin_are_not_found_and_assign_no_other_face(world: World) -> None:
    faces = [world.photo(0, spread=0.01)[0] for _ in range(3)]
    world.person(*faces, name="Anna")
    look = np.asarray(world.looks[0], dtype=np.float32)

    def found() -> tuple[int, int]:
        near, of_people = nearest(user=world.owner, vector=look, model=MODEL, faces=9, people=9)
        return len(near), len(of_people)

    assert found() == (3, 1)
    throw_away(world, *faces[:2])
    assert found() == (1, 1)
    throw_away(world, faces[2])
    assert found() == (0, 0)
    new = world.photo(0, spread=0.01)[0]
    faces_assign_online(faces=[new], vectors=[look], embedder=MODEL)
    assert Face.objects.get(pk=new.pk).person is None


def test_review_asks_nothing_about_the_bin(world: World) -> None:
    first, second = (world.person(*(world.photo(0)[0] for _ in range(2))) for _ in range(2))
    twice = world.photo(3, 3)
    Face.objects.update(crop="faces/none.jpg")
    world.person(*twice, name="Cleo")
    assert len(questions(owner=world.owner, limit=9).questions) == 2
    throw_away(world, *second.faces.all(), *twice)
    assert questions(owner=world.owner, limit=9).questions == []
    assert contradictions(world.owner) == []
    take_back(world, *second.faces.all(), *twice)
    assert len(questions(owner=world.owner, limit=9).questions) == 2
    assert first.faces.count() == 2


def test_what_is_erased_is_gone_with_everything_that_hung_on_it(
    world: World, family: list[Face], django_capture_on_commit_callbacks: Any
) -> None:
    anna = Person.objects.get(name="Anna")
    storage = Face.crop.field.storage
    storage.save("faces/now.jpg", ContentFile(b"a picture"))
    Face.objects.filter(pk=family[0].pk).update(crop="faces/now.jpg")
    change = Change.objects.create(
        owner=world.owner,
        kind=Change.Kind.REINDEX,
        text="Rescanned all photos",
        rows={
            "face": {
                "900": {"before": {"image_id": family[0].image_id, "crop": "faces/old.jpg"}, "after": None},
                "901": {"before": {"image_id": family[2].image_id, "crop": "faces/other.jpg"}, "after": None},
            },
            "embedding": {
                "1": {"before": {"face_id": 900, "vector": [0.5]}, "after": None},
                "2": {"before": {"face_id": 901, "vector": [0.5]}, "after": None},
            },
        },
    )
    for name in ("faces/old.jpg", "faces/other.jpg"):
        storage.save(name, ContentFile(b"a picture"))
    throw_away(world, family[0])
    with django_capture_on_commit_callbacks(execute=True):
        assert images_erase(images=photos_of(*family)) == 1
    assert not Face.objects.filter(pk__in=[family[0].pk, family[1].pk]).exists()
    assert Face.objects.filter(pk=family[2].pk, binned=False).exists()
    change.refresh_from_db()
    assert set(change.rows["face"]) == {"901"}
    assert set(change.rows["embedding"]) == {"2"}
    assert not storage.exists("faces/now.jpg")
    assert not storage.exists("faces/old.jpg")
    assert storage.exists("faces/other.jpg")
    anna.refresh_from_db()
    assert (anna.name, anna.cover_id) == ("Anna", None)
