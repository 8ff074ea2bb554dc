"""Saying who one face is: it alone, or the group without a name that it is in. Each is one change."""

import pytest

from faces import exceptions
from faces.models import Change, Face, Person, Verdict
from faces.services.history.history import change_undo, change_undoable
from faces.services.people.naming import face_group, face_name, group_merge
from faces.services.searching.candidates import people_like


def who(face: Face) -> str:
    person = Face.objects.select_related("person").get(pk=face.pk).person
    return "" if person is None else person.name or "unnamed"


def again(face: Face) -> Face:
    return Face.objects.select_related("person").get(pk=face.pk)


def undo(owner) -> None:
    newest = change_undoable(owner)
    assert newest is not None
    change_undo(change=newest, by=owner)


def test_a_waiting_face_becomes_somebody_new_or_somebody_known(world, owner):
    (one,), (two,) = world.photo(0), world.photo(0)
    first = face_name(face=one, name="Anna", by=owner)
    assert face_name(face=two, name=" anna ", by=owner) == first
    assert Change.objects.count() == 2


def test_a_name_is_for_the_whole_group_and_the_face_that_was_pointed_at_is_confirmed(world, owner):
    (one,), (two,), (three,) = world.photo(0), world.photo(0), world.photo(0)
    group = world.person(one, two, three)
    Face.objects.filter(pk=one.pk).update(quality=0.1)
    face_name(face=again(one), name="Anna", by=owner)
    assert {who(face) for face in (one, two, three)} == {"Anna"}
    assert Verdict.objects.filter(face=one, person=group, kind="is").exists()
    (change,) = Change.objects.all()
    assert change.summary == "Named Anna"
    undo(owner)
    assert {who(face) for face in (one, two, three)} == {"unnamed"}
    assert not Verdict.objects.exists()


def test_a_name_can_be_for_the_one_face_alone(world, owner):
    (one,), (two,) = world.photo(0), world.photo(1)
    world.person(one, two)
    face_name(face=again(one), name="Anna", by=owner, alone=True)
    assert (who(one), who(two)) == ("Anna", "unnamed")


def test_a_taken_name_requires_confirmation_before_a_merge(world, owner):
    (one,), (two,), (three,) = world.photo(0), world.photo(0), world.photo(0)
    anna = world.person(one, name="Anna")
    world.person(two, three)
    with pytest.raises(exceptions.NameTaken):
        face_name(face=again(two), name="Anna", by=owner)
    assert who(three) == "unnamed"
    assert not Change.objects.exists()
    assert group_merge(face=again(two), into=anna, by=owner) == anna
    assert {who(face) for face in (one, two, three)} == {"Anna"}
    assert Change.objects.count() == 1
    undo(owner)
    assert who(three) == "unnamed"


def test_a_group_of_one_goes_to_the_namesake_at_once_and_leaves_no_empty_person(world, owner):
    (one,), (two,) = world.photo(0), world.photo(0)
    world.person(one, name="Anna")
    world.person(two)
    assert face_group(again(two)) is None
    face_name(face=again(two), name="Anna", by=owner)
    assert who(two) == "Anna"
    assert Person.objects.count() == 1


def test_a_face_of_a_named_person_is_moved_and_the_others_stay(world, owner):
    (one,), (two,) = world.photo(0), world.photo(1)
    world.person(one, two, name="Anna")
    face_name(face=again(two), name="Bea", by=owner)
    assert (who(one), who(two)) == ("Anna", "Bea")


def test_without_a_name_nothing_happens(world, owner):
    (one,) = world.photo(0)
    with pytest.raises(exceptions.NameRefused):
        face_name(face=one, name="  ", by=owner)


def test_the_likeliest_people_are_offered_without_rejected_ones(world, owner):
    (one,), (two,), (other,) = world.photo(0), world.photo(0), world.photo(1)
    anna = world.person(one, name="Anna")
    world.person(other, name="Bea")
    assert [one.person_id for one in people_like(again(two), user=owner)][:1] == [anna.pk]
    Verdict.objects.create(face=two, person=anna, kind="is_not", by=owner)
    assert anna.pk not in [one.person_id for one in people_like(again(two), user=owner)]


def test_people_already_in_the_photo_are_not_offered(world, owner):
    (one,) = world.photo(0)
    here, new = world.photo(0, 0)
    anna = world.person(one, here, name="Anna")
    assert anna.pk not in [one.person_id for one in people_like(again(new), user=owner)]


def test_people_of_others_and_groups_without_a_name_are_not_offered(world, owner, stranger):
    (one,), (two,) = world.photo(0), world.photo(0)
    world.person(one)
    assert people_like(again(two), user=owner) == []


def test_a_face_that_was_not_embedded_yet_has_no_likely_people(world, owner):
    (one,) = world.photo(0)
    one.embeddings.all().delete()
    assert people_like(one, user=owner) == []
