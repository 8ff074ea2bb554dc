"""Erasing one person, who is not found again."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from faces import tasks
from faces.exceptions import NotThere
from faces.models import (
    Change,
    Face,
    FaceAttributes,
    FaceEmbedding,
    FaceScan,
    Person,
    StagedFace,
    Verdict,
)
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.erasing.erasure import person_erase
from faces.services.history.history import change_undo, change_undoable
from faces.services.people.edits import (
    person_merge,
    person_name,
)
from tests.faces.attributes import estimate
from tests.faces.coloured import ColourDetector, photo
from tests.faces.services.conftest import World
from tests.faces.services.erasing.families import family, is_there, staged


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


def test_a_person_goes_with_everything_and_others_stay_as_they_are(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    anna, bert, faces = family(world)
    hers, his = [faces[0], faces[2], faces[4]], [faces[1], faces[3]]
    for face in faces:
        estimate(face, 30)
    staged(faces[0].image)
    with django_capture_on_commit_callbacks(execute=True):
        receipt = person_erase(person=anna, by=world.owner)
    assert set(Face.objects.all()) == set(his)
    assert set(FaceEmbedding.objects.values_list("face", flat=True)) == {face.pk for face in his}
    assert not any(is_there(face) for face in hers)
    assert all(is_there(face) for face in his)
    assert list(Person.objects.all()) == [bert]
    assert not StagedFace.objects.exists()
    assert set(Verdict.objects.values_list("face", "kind")) == {(face.pk, "is") for face in his}
    assert set(FaceAttributes.objects.values_list("face", flat=True)) == {face.pk for face in his}
    assert receipt.counts["faces"] == 3
    assert receipt.counts["estimates"] == 3
    assert receipt.counts["people"] == 1
    assert receipt.what == "one person"


def test_the_journal_forgets_an_erased_person(world: World) -> None:
    anna, _bert, faces = family(world)
    more = world.photo(0)
    also = person_name(person=world.person(*more), name="Annabelle", by=world.owner)
    person_merge(into=anna, others=[also], by=world.owner)
    ids = {str(face.pk) for face in (faces[0], faces[2], faces[4], *more)}
    person_erase(person=anna, by=world.owner)
    assert Change.objects.exists()
    for change in Change.objects.all():
        assert not ids & set(change.rows.get("face", {}))
        assert "Anna" not in json.dumps(change.rows)
        assert "Anna" not in change.summary
        assert change.rows


def test_what_is_left_of_the_journal_can_still_be_undone(world: World) -> None:
    anna, bert, faces = family(world)
    person_erase(person=anna, by=world.owner)
    while change := change_undoable(world.owner):
        change_undo(change=change, by=world.owner)
    bert.refresh_from_db()
    assert bert.name == ""
    assert not Verdict.objects.exists()
    assert set(Face.objects.all()) == {faces[1], faces[3]}
    assert not Person.objects.exclude(pk=bert.pk).exists()


def test_an_erased_person_is_not_found_again_by_itself(
    owner: User, detector: ColourDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.scan_images, "delay", lambda ids: sent.append(list(ids)))
    monkeypatch.setattr(tasks.cluster_owner, "apply_async", lambda **_kwargs: None)
    images = [photo(owner, red=(10, 10, 80), blue=(200, 10, 80)) for _ in range(2)]
    ids = [image.pk for image in images]
    scans_open(ids)
    scans_run(scans_claim(ids))
    red = Person.objects.create(owner=owner)
    Face.objects.filter(x__lt=0.2).update(person=red)
    # One of the photos was to be looked at again anyway.
    FaceScan.objects.filter(image=images[0]).update(state=FaceScan.State.PENDING)
    person_erase(person=red, by=owner)
    tasks.resume_scanning(everything=True)
    assert sent == []
    assert Face.objects.count() == 2


def test_another_owners_person_cannot_be_erased(world: World, stranger: User) -> None:
    anna, _bert, _faces = family(world)
    with pytest.raises(NotThere):
        person_erase(person=anna, by=stranger)
    assert Face.objects.count() == 5
