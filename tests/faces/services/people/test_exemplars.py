"""Exemplars of people follow their faces, and keep nothing of a face that is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User

from albums.services.accounts.account_deletion import account_delete
from faces.models import DirtyPerson, Face, FaceEmbedding, OwnerModels, Person, PersonExemplar
from faces.services.core.bulk_assign import faces_move
from faces.services.erasing.erasure import person_erase, recognition_end
from faces.services.history.history import change_undo
from faces.services.people import exemplars
from faces.services.people.edits import person_merge, person_split
from faces.services.people.exemplars import exemplars_missing, exemplars_renew, exemplars_wrong
from faces.tasks import cluster_weigh
from faces.vectors import Array
from faces.vision.grouping.exemplars import Exemplar, exemplars_of
from tests.faces.services.conftest import World


@pytest.fixture(autouse=True)
def _few_faces_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exemplars, "EXEMPLARS_FROM", 2)


def listed(owner: User) -> dict[int, list[int]]:
    """The faces of each person by their exemplars; None in place of those to be computed."""
    found: dict[int, list[int]] = {}
    for row in PersonExemplar.objects.filter(owner=owner).exclude(centre=None):
        found[row.person_id] = sorted([*found.get(row.person_id, []), *row.faces])
    return found


def assigned(owner: User) -> dict[int, list[int]]:
    """The present faces of each person."""
    found: dict[int, list[int]] = {}
    faces = Face.objects.visible_to(owner).present().filter(person__isnull=False)
    for face, person in faces.order_by("pk").values_list("pk", "person_id"):
        found.setdefault(person, []).append(face)
    return found


@pytest.fixture
def two(world: World) -> tuple[Person, Person]:
    """Anna and Bert with three faces each, and their exemplars."""
    both = tuple(world.person(*(world.photo(who)[0] for _ in range(3))) for who in (0, 1))
    assert exemplars_missing(world.owner.pk) is False, "no faces have been counted yet"
    assert exemplars_renew(owner_id=world.owner.pk) == 2
    assert listed(world.owner) == assigned(world.owner)
    return both[0], both[1]


CHANGES: dict[str, Callable[[Face, Person], object]] = {
    "moved": lambda face, other: faces_move({face.pk: other.pk}),
    "unassigned": lambda face, _other: faces_move({face.pk: None}),
    "dismissed": lambda face, _other: Face.objects.filter(pk=face.pk).update(dismissed=True),
    "put in the bin": lambda face, _other: Face.objects.filter(pk=face.pk).update(binned=True),
    "deleted": lambda face, _other: face.delete(),
    "deleted with its photo": lambda face, _other: face.image.delete(),
    "without its vector": lambda face, _other: FaceEmbedding.objects.filter(face=face).delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_exemplars_with_a_face_go_at_once_when_it_is(
    world: World, two: tuple[Person, Person], change: Callable[[Face, Person], object]
) -> None:
    face = two[0].faces.order_by("pk")[0]
    gone = face.pk
    change(face, two[1])
    assert not PersonExemplar.objects.filter(faces__contains=[gone]).exists()
    assert exemplars_missing(world.owner.pk)
    assert exemplars_renew(owner_id=world.owner.pk) >= 1
    assert not exemplars_missing(world.owner.pk)
    assert exemplars_wrong(world.owner.pk) == []


def test_a_merge_a_split_and_their_undo_are_followed(world: World, two: tuple[Person, Person]) -> None:
    anna, bert = two
    person_merge(into=anna, others=[bert], by=world.owner)
    exemplars_renew(owner_id=world.owner.pk)
    assert listed(world.owner) == assigned(world.owner)
    assert len(listed(world.owner)) == 1
    change_undo(change=world.owner.face_changes.get(), by=world.owner)
    exemplars_renew(owner_id=world.owner.pk)
    assert listed(world.owner) == assigned(world.owner)
    person_split(person=anna, faces=list(anna.faces.all()[:1]), by=world.owner)
    cluster_weigh(world.owner.pk)
    assert listed(world.owner) == assigned(world.owner)
    assert len(listed(world.owner)) == 3


def test_faces_that_change_while_exemplars_are_computed_are_not_written(
    world: World, two: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    DirtyPerson.objects.create(person_id=two[0].pk)
    moved = two[0].faces.order_by("pk")[0]

    def interrupted(vectors: Array) -> Iterator[Exemplar]:
        faces_move({moved.pk: two[1].pk})
        return exemplars_of(vectors)

    monkeypatch.setattr(exemplars, "exemplars_of", interrupted)
    assert exemplars_renew(owner_id=world.owner.pk) == 0
    assert listed(world.owner) == {}
    monkeypatch.undo()
    monkeypatch.setattr(exemplars, "EXEMPLARS_FROM", 2)
    exemplars_renew(owner_id=world.owner.pk)
    assert listed(world.owner) == assigned(world.owner)


def test_few_faces_have_none(
    world: World, two: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exemplars, "EXEMPLARS_FROM", 7)
    assert not exemplars_missing(world.owner.pk)
    assert exemplars_renew(owner_id=world.owner.pk) == 0
    assert not PersonExemplar.objects.exists()


def test_exemplars_are_of_the_owners_embedder(world: World, two: tuple[Person, Person]) -> None:
    OwnerModels.objects.create(owner=world.owner, detector="yunet", embedder="sface128")
    for face in two[0].faces.all():
        FaceEmbedding.objects.create(
            face=face, owner=world.owner, model="sface128", vector=[1.0] + [0.0] * 127
        )
    assert exemplars_missing(world.owner.pk)
    exemplars_renew(owner_id=world.owner.pk)
    assert set(PersonExemplar.objects.values_list("model", "person_id")) == {("sface128", two[0].pk)}
    OwnerModels.objects.all().delete()
    exemplars_renew(owner_id=world.owner.pk)
    assert listed(world.owner) == assigned(world.owner)


@pytest.mark.parametrize("erased", ["person", "recognition", "account"])
def test_an_erasure_leaves_none(
    world: World, two: tuple[Person, Person], stranger: User, erased: str
) -> None:
    theirs = World(stranger)
    theirs.person(*(theirs.photo(0)[0] for _ in range(3)))
    exemplars_renew(owner_id=stranger.pk)
    if erased == "person":
        person_erase(person=two[0], by=world.owner)
        assert set(listed(world.owner)) == {two[1].pk}
    elif erased == "recognition":
        recognition_end(owner=world.owner)
        assert listed(world.owner) == {}
    else:
        User.objects.create_superuser("root")
        account_delete(user=world.owner)
    assert set(PersonExemplar.objects.values_list("person_id", flat=True)) == set(
        Person.objects.values_list("pk", flat=True)
    )


def test_exemplars_that_do_not_fit_the_faces_are_found(world: World, two: tuple[Person, Person]) -> None:
    PersonExemplar.objects.filter(person=two[0]).update(faces=[two[1].faces.all()[0].pk])
    assert exemplars_wrong(world.owner.pk) == [two[0].pk]
    PersonExemplar.objects.filter(person=two[1]).delete()
    assert exemplars_wrong(world.owner.pk) == sorted(person.pk for person in two)
    DirtyPerson.objects.bulk_create(DirtyPerson(person_id=person.pk) for person in two)
    assert exemplars_wrong(world.owner.pk) == []
