"""Photos in the bin: their faces are nowhere, and come back as if they had never been away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client

from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.bin import images_bin, images_erase, images_restore
from albums.services.progress import stages
from faces.exceptions import NotThere
from faces.models import Change, Face, FaceEmbedding, FaceScan, OwnerModels, Person, Verdict
from faces.services import people
from faces.services.clustering import owner_is_stale, owner_recluster
from faces.services.detection import scans_claim, scans_open, scans_run
from faces.services.embeddings import faces_lacking
from faces.services.exports import people_rows
from faces.services.facts import anchors_of, conflicts, owner_faces
from faces.services.journal import change_undo, change_undoable
from faces.services.nearest import nearest
from faces.services.owner_models import owner_models
from faces.services.people_states import people_state
from faces.services.placement import faces_place
from faces.services.reindexing import reindex_wish
from faces.services.review import questions
from tests.faces import coloured
from tests.faces.coloured import ColourDetector
from tests.faces.services.conftest import EMBEDDER, World

pytestmark = pytest.mark.django_db


def photos_of(*faces: Face) -> ImageQuerySet:
    return Image.objects.filter(pk__in=[face.image_id for face in faces])


def throw_away(world: World, *faces: Face) -> None:
    images_bin(images=photos_of(*faces), by=world.owner)


def take_back(world: World, *faces: Face) -> None:
    images_restore(images=photos_of(*faces), by=world.owner)


def state() -> dict[str, list[Any]]:
    """Everything that is known of people and faces."""
    tables = (Person, Face, Verdict, FaceScan, Change, FaceEmbedding)
    return {
        table.__name__: [
            {name: list(value) if isinstance(value, np.ndarray) else value for name, value in row.items()}
            for row in table.objects.order_by("pk").values()
        ]
        for table in tables
    }


@pytest.fixture
def family(world: World) -> list[Face]:
    """Anna in four photos, confirmed in the first, which is her cover; Ben in two of them, refused once."""
    first, second, third = world.photo(0, 1), world.photo(0, 1), world.photo(0)
    fourth = world.photo(0)
    anna = world.person(first[0], second[0], third[0], fourth[0], name="Anna")
    world.person(first[1], second[1])
    people.person_cover(person=anna, face=Face.objects.get(pk=first[0].pk), by=world.owner)
    people.faces_reject(faces=[Face.objects.get(pk=fourth[0].pk)], by=world.owner)
    return [*first, *second, *third, *fourth]


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
    found = {person.name: person for person in Person.objects.with_counts()}
    assert (found["Anna"].face_count, found["Anna"].photo_count) == (2, 2)
    assert (found[""].face_count, found[""].photo_count) == (1, 1)
    throw_away(world, family[2])
    # Ben has no name: without a face to be seen there is nobody to be seen.
    assert [person.name for person in Person.objects.worth_showing()] == ["Anna"]
    page = client.get("/people/").content.decode()
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


def test_a_face_in_the_bin_is_visible_to_nobody_and_nothing_can_be_said_of_it(
    world: World, family: list[Face]
) -> None:
    throw_away(world, family[0])
    there = set(Face.objects.visible_to(world.owner).values_list("pk", flat=True))
    assert there == {face.pk for face in family[2:]}
    assert family[0].pk not in people_state(world.owner.pk).places
    assert {row[0] for row in people_rows(world.owner)} == {"2.jpg", "3.jpg", "4.jpg"}
    assert not FaceScan.objects.visible_to(world.owner).filter(image=family[0].image).exists()
    with pytest.raises(NotThere):
        people.faces_confirm(faces=[family[1]], by=world.owner)


def test_a_waiting_face_does_not_wait_in_the_bin(world: World) -> None:
    face = world.photo(-1)[0]
    assert list(Face.objects.waiting()) == [face]
    throw_away(world, face)
    assert not Face.objects.waiting().exists()
    FaceEmbedding.objects.all().delete()
    assert not faces_lacking(Face.objects.all(), embedder=EMBEDDER).exists()


def test_progress_counts_what_is_not_in_the_bin(world: World, family: list[Face]) -> None:
    throw_away(world, family[0], family[2])
    found = {stage.name: stage for stage in stages(world.owner.pk)}
    assert (found["read"].done, found["read"].total) == (2, 2)
    assert (found["scan"].done, found["scan"].total, found["scan"].detail) == (2, 2, "2 faces")
    assert found["group"].detail == "1 person"


def test_grouping_leaves_the_bin_alone(world: World) -> None:
    kept = [world.photo(0)[0] for _ in range(4)]
    binned = [world.photo(1)[0] for _ in range(4)]
    owner_recluster(world.owner)
    before = dict(Face.objects.values_list("pk", "person_id"))
    throw_away(world, *binned)
    run = owner_recluster(world.owner)
    assert run is not None
    assert (run.faces, run.people) == (4, 1)
    assert len(owner_faces(world.owner.pk, embedder=EMBEDDER).ids) == 4
    # Nor is the person of whom nothing else is left removed.
    assert dict(Face.objects.values_list("pk", "person_id")) == before
    assert len({before[face.pk] for face in kept}) == 1


def test_people_are_grouped_again_when_photos_come_back_after_a_grouping(world: World) -> None:
    faces = [world.photo(0)[0] for _ in range(3)]
    owner_recluster(world.owner)
    throw_away(world, faces[0])
    take_back(world, faces[0])
    assert not owner_is_stale(world.owner.pk)
    throw_away(world, faces[0])
    owner_recluster(world.owner)
    take_back(world, faces[0])
    assert owner_is_stale(world.owner.pk)


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


def test_what_is_in_the_bin_is_not_found_and_places_nobody(world: World) -> None:
    faces = [world.photo(0, spread=0.01)[0] for _ in range(3)]
    world.person(*faces, name="Anna")
    look = np.asarray(world.looks[0], dtype=np.float32)

    def found() -> tuple[int, int]:
        near, of_people = nearest(user=world.owner, vector=look, model=EMBEDDER, faces=9, people=9)
        return len(near), len(of_people)

    assert found() == (3, 1)
    throw_away(world, *faces[:2])
    assert found() == (1, 1)
    throw_away(world, faces[2])
    assert found() == (0, 0)
    new = world.photo(0, spread=0.01)[0]
    assert faces_place(faces=[new], vectors=[look], embedder=EMBEDDER) == []


def test_review_asks_nothing_about_the_bin(world: World) -> None:
    first, second = (world.person(*(world.photo(0)[0] for _ in range(2))) for _ in range(2))
    twice = world.photo(3, 3)
    Face.objects.update(crop="faces/none.jpg")
    world.person(*twice, name="Cleo")
    assert len(questions(owner=world.owner, limit=9).questions) == 2
    throw_away(world, *second.faces.all(), *twice)
    assert questions(owner=world.owner, limit=9).questions == []
    assert conflicts(world.owner) == []
    take_back(world, *second.faces.all(), *twice)
    assert len(questions(owner=world.owner, limit=9).questions) == 2
    assert first.faces.count() == 2


def test_people_who_are_merged_meanwhile_have_the_faces_of_both_when_these_come_back(
    world: World, family: list[Face]
) -> None:
    anna, ben = Person.objects.get(name="Anna"), Person.objects.get(name="")
    throw_away(world, family[1])
    before = state()
    people.person_merge(into=anna, others=[ben], by=world.owner)
    # In the other photo both are Anna now, and the guess gave way.
    assert Face.objects.get(pk=family[1].pk).binned
    change = change_undoable(world.owner)
    assert change is not None
    change_undo(change=change, by=world.owner)
    after = state()
    assert {**after, "Change": []} == {**before, "Change": []}
    take_back(world, family[1])
    assert Face.objects.get(pk=family[1].pk).person_id == ben.pk


def test_undoing_brings_a_face_back_into_the_bin_where_its_photo_is(world: World) -> None:
    face = world.photo(0)[0]
    kept = world.person(face, name="Anna")
    people.faces_dismiss(faces=[Face.objects.get(pk=face.pk)], by=world.owner)
    throw_away(world, face)
    change = change_undoable(world.owner)
    assert change is not None
    change_undo(change=change, by=world.owner)
    face.refresh_from_db()
    assert (face.binned, face.dismissed, face.person_id) == (True, False, kept.pk)
    take_back(world, face)
    face.refresh_from_db()
    assert not face.binned


def test_a_photo_thrown_away_while_it_is_looked_at_shows_no_face_when_that_ends(
    owner: User, detector: ColourDetector
) -> None:
    image = coloured.photo(owner, red=(20, 30, 100))
    scans_open([image.pk])
    detector.before = lambda _pixels: images_bin(images=Image.objects.filter(pk=image.pk), by=owner)
    scans_run(scans_claim([image.pk]))
    assert [face.binned for face in Face.objects.all()] == [True]
    images_restore(images=Image.objects.filter(pk=image.pk), by=owner)
    assert [face.binned for face in Face.objects.all()] == [False]


def test_a_photo_in_the_bin_is_looked_at_when_it_comes_back(owner: User, detector: ColourDetector) -> None:
    image = coloured.photo(owner, red=(20, 30, 100))
    images_bin(images=Image.objects.filter(pk=image.pk), by=owner)
    assert scans_open([image.pk]) == []
    images_restore(images=Image.objects.filter(pk=image.pk), by=owner)
    assert scans_open([image.pk]) == [image.pk]
    images_bin(images=Image.objects.filter(pk=image.pk), by=owner)
    assert scans_claim([image.pk]) == []


def test_reindexing_passes_the_bin_over_and_what_comes_back_is_looked_at_with_the_models_of_then(
    world: World,
) -> None:
    first, second = world.photo(0)[0], world.photo(0)[0]
    FaceScan.objects.update(detector="yunet", embedder=EMBEDDER)
    OwnerModels.objects.create(owner=world.owner, detector="yunet", embedder=EMBEDDER)
    throw_away(world, first)
    assert [image.pk for image in reindex_wish(owner=world.owner).images] == [second.image_id]
    OwnerModels.objects.update(embedder="sface128")
    assert owner_models(world.owner.pk).embedder == "sface128"
    take_back(world, first)
    states = dict(FaceScan.objects.values_list("image_id", "state"))
    assert states == {first.image_id: "pending", second.image_id: "done"}


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
        text="Looked at all photos again",
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
