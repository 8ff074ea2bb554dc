"""Photos in the bin during merges, undo, scans and a change of the model."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from albums.models import Image
from albums.services.erasing.bin import images_bin, images_restore
from faces.models import Face, FaceScan, OwnerModels, Person
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.grouping.run import owner_is_stale, owner_recluster
from faces.services.history.history import change_undo, change_undoable
from faces.services.people import edits
from faces.services.reindexing.run import reindex_request
from tests.faces import coloured
from tests.faces.coloured import ColourDetector
from tests.faces.services.conftest import World
from tests.faces.services.erasing.binning import anna_and_ben, state, take_back, throw_away
from tests.rows import MODEL

pytestmark = pytest.mark.django_db


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


def test_people_who_are_merged_meanwhile_have_the_faces_of_both_when_these_come_back(
    world: World,
) -> None:
    family = anna_and_ben(world)
    anna, ben = Person.objects.get(name="Anna"), Person.objects.get(name="")
    throw_away(world, family[1])
    before = state()
    edits.person_merge(into=anna, others=[ben], by=world.owner)
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
    anna = world.person(face, name="Anna")
    edits.faces_dismiss(faces=[Face.objects.get(pk=face.pk)], by=world.owner)
    throw_away(world, face)
    change = change_undoable(world.owner)
    assert change is not None
    change_undo(change=change, by=world.owner)
    face.refresh_from_db()
    assert (face.binned, face.dismissed, face.person_id) == (True, False, anna.pk)
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
    FaceScan.objects.update(detector="yunet", embedder=MODEL)
    OwnerModels.objects.create(owner=world.owner, detector="yunet", embedder=MODEL)
    throw_away(world, first)
    assert [image.pk for image in reindex_request(owner=world.owner).images] == [second.image_id]
    OwnerModels.objects.update(embedder="sface128")
    assert owner_models(world.owner.pk).embedder == "sface128"
    take_back(world, first)
    states = dict(FaceScan.objects.values_list("image_id", "state"))
    assert states == {first.image_id: "pending", second.image_id: "done"}
