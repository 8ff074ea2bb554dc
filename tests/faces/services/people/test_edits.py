"""Decisions about people: each is recorded and can be undone."""

from __future__ import annotations

from datetime import date

import pytest

from faces import exceptions
from faces.models import Change, Face, FaceScan, Person, Verdict
from faces.services.grouping.repeats import photo_repeats
from faces.services.history.history import change_undo, change_undoable, changes_of
from faces.services.people import edits


def verdicts(kind: str = "is") -> set[tuple[int, int]]:
    return set(Verdict.objects.filter(kind=kind).values_list("face_id", "person_id"))


def undo(owner):
    newest = change_undoable(owner)
    assert newest is not None
    return change_undo(change=newest, by=owner)


def who(face: Face) -> int | None:
    return Face.objects.get(pk=face.pk).person_id


def test_naming_confirms_the_best_face_alone(world, owner):
    (one,), (two,) = world.photo(0), world.photo(0)
    Face.objects.filter(pk=two.pk).update(quality=0.99)
    ada = edits.person_name(person=world.person(one, two), name=" Ada  Lovelace ", by=owner)
    assert (ada.name, ada.cover_id) == ("Ada Lovelace", two.pk)
    assert verdicts() == {(two.pk, ada.pk)}


def test_a_name_is_given_once_whatever_the_capitals(world, owner):
    (one, two) = world.photo(0, 1)
    ada = edits.person_name(person=world.person(one), name="Ada", by=owner)
    with pytest.raises(exceptions.NameTaken) as caught:
        edits.person_name(person=world.person(two), name="ADA", by=owner)
    assert caught.value.namesake_id == ada.pk
    assert Change.objects.count() == 1


@pytest.mark.parametrize("name", ["x" * 201, "one\nline\x00"])
def test_an_invalid_name_is_refused(world, owner, name):
    person = world.person(*world.photo(0))
    with pytest.raises(exceptions.NameRefused):
        edits.person_name(person=person, name=name, by=owner)


def test_merging_preserves_the_name_and_moves_verdicts(world, owner):
    faces = [world.photo(0)[0] for _ in range(4)]
    refused = world.photo(-1)[0]
    unnamed, ada = world.person(*faces[:2]), world.person(*faces[2:])
    ada = edits.person_name(person=ada, name="Ada", by=owner)
    edits.person_details(person=ada, birth_date=date(1815, 12, 10), by=owner)
    edits.faces_reject(faces=[refused], person=ada, by=owner)
    merged = edits.person_merge(into=unnamed, others=[ada], by=owner)
    assert (merged.pk, merged.name, merged.birth_date) == (unnamed.pk, "Ada", date(1815, 12, 10))
    assert {who(face) for face in faces} == {unnamed.pk}
    assert verdicts("is_not") == {(refused.pk, unnamed.pk)}
    assert len(verdicts()) == 2
    undo(owner)
    assert [who(face) for face in faces] == [unnamed.pk] * 2 + [ada.pk] * 2
    assert Person.objects.get(pk=ada.pk).created_at == ada.created_at
    assert verdicts("is_not") == {(refused.pk, ada.pk)}


def test_a_merge_against_verdicts_is_refused_unless_forced(world, owner):
    one, two, third = (world.photo(0)[0] for _ in range(3))
    ada, eve = world.person(one, third), world.person(two)
    edits.faces_confirm(faces=[one], by=owner)
    edits.faces_reject(faces=[one], person=eve, by=owner)
    with pytest.raises(exceptions.FactsContradict) as caught:
        edits.person_merge(into=ada, others=[eve], by=owner)
    assert caught.value.face_ids == [one.pk]
    edits.person_merge(into=ada, others=[eve], by=owner, contradicted=True)
    assert who(one) == who(two) == ada.pk
    assert verdicts("is_not") == set()


def test_of_two_guesses_in_one_photo_a_merge_keeps_one(world, owner):
    left, right = world.photo(0, 0)
    one, two = (world.photo(0)[0] for _ in range(2))
    Face.objects.filter(pk__in=[one.pk, two.pk]).update(quality=0.95)
    edits.person_merge(into=world.person(left, one), others=[world.person(right, two)], by=owner)
    assert [who(left), who(right)].count(None) == 1


def test_a_split_confirms_both_sides(world, owner):
    faces = [world.photo(0)[0] for _ in range(4)]
    person = world.person(*faces)
    other = edits.person_split(person=person, faces=faces[:2], by=owner)
    person.refresh_from_db()
    assert {who(face) for face in faces[:2]} == {other.pk}
    assert verdicts() == {(faces[0].pk, other.pk), (faces[1].pk, other.pk), (person.cover_id, person.pk)}
    with pytest.raises(exceptions.NothingLeft):
        edits.person_split(person=person, faces=faces[2:], by=owner)
    with pytest.raises(exceptions.NotOfThisPerson):
        edits.person_split(person=person, faces=faces[:1], by=owner)


def test_a_rejected_face_waits_and_the_person_gets_another_cover(world, owner):
    one, two = (world.photo(0)[0] for _ in range(2))
    ada = edits.person_name(person=world.person(one, two), name="Ada", by=owner)
    cover = one if ada.cover_id == one.pk else two
    edits.faces_reject(faces=[cover], by=owner)
    ada.refresh_from_db()
    assert who(cover) is None
    assert {ada.cover_id, cover.pk} == {one.pk, two.pk}
    assert verdicts("is_not") == {(cover.pk, ada.pk)}
    with pytest.raises(exceptions.FacesUnassigned):
        edits.faces_reject(faces=[cover], by=owner)
    with pytest.raises(exceptions.FacesUnassigned):
        edits.faces_confirm(faces=[cover], by=owner)


def test_assigning_overrides_earlier_verdicts(world, owner):
    one, two = (world.photo(0)[0] for _ in range(2))
    ada, eve = world.person(one), world.person(two)
    edits.faces_confirm(faces=[one], by=owner)
    edits.faces_reject(faces=[one], person=eve, by=owner)
    assert edits.faces_assign(faces=[one], person=eve, by=owner) == eve
    assert verdicts() == {(one.pk, eve.pk)}
    assert verdicts("is_not") == set()
    new = edits.faces_assign(faces=[one, two], person=None, by=owner)
    assert new.pk not in {ada.pk, eve.pk}
    assert who(one) == who(two) == new.pk


def test_a_dismissed_face_stays_unassigned(world, owner):
    one, two = (world.photo(0)[0] for _ in range(2))
    ada = edits.person_name(person=world.person(one, two), name="Ada", by=owner)
    edits.faces_dismiss(faces=[one, two], by=owner)
    ada.refresh_from_db()
    assert (who(one), ada.cover_id, verdicts()) == (None, None, set())
    with pytest.raises(exceptions.FaceDismissed):
        edits.faces_assign(faces=[one], person=ada, by=owner)


def test_hiding_confirms_and_showing_brings_back(world, owner):
    (one,) = world.photo(0)
    person = edits.person_hide(person=world.person(one), by=owner)
    assert person.hidden
    assert verdicts() == {(one.pk, person.pk)}
    assert not edits.person_show(person=person, by=owner).hidden


def test_a_photo_where_somebody_may_be_twice_is_an_exception(world, owner):
    left, right = world.photo(0, 0)
    photo_repeats(image=left.image, allowed=True, by=owner)
    world.person(left, right)
    edits.person_name(person=Person.objects.get(), name="Ada", by=owner)
    assert who(left) == who(right)
    photo_repeats(image=left.image, allowed=False, by=owner)
    assert [who(left), who(right)].count(None) == 1
    undo(owner)
    assert who(left) == who(right)
    assert FaceScan.objects.get(image=left.image).person_repeats


def test_what_is_somebody_elses_is_not_there(world, owner, stranger):
    theirs = type(world)(stranger)
    (face,), (mine,) = theirs.photo(0), world.photo(0)
    person, ours = theirs.person(face), world.person(mine)
    for attempt in (
        lambda: edits.person_name(person=person, name="Eve", by=owner),
        lambda: edits.person_merge(into=ours, others=[person], by=owner),
        lambda: edits.faces_assign(faces=[face], person=ours, by=owner),
        lambda: edits.faces_assign(faces=[mine], person=person, by=owner),
        lambda: edits.person_cover(person=ours, face=face, by=owner),
        lambda: photo_repeats(image=face.image, allowed=True, by=owner),
    ):
        with pytest.raises(exceptions.NotThere):
            attempt()
    assert not Change.objects.exists()


def test_changes_are_undone_newest_first(world, owner, stranger):
    person = world.person(*world.photo(0))
    edits.person_name(person=person, name="Ada", by=owner)
    edits.person_name(person=person, name="Eva", by=owner)
    newest, first = changes_of(owner)
    with pytest.raises(exceptions.NotTheNewest) as caught:
        change_undo(change=first, by=owner)
    assert caught.value.newest_id == newest.pk
    with pytest.raises(exceptions.NotThere):
        change_undo(change=newest, by=stranger)
    change_undo(change=newest, by=owner)
    with pytest.raises(exceptions.AlreadyUndone):
        change_undo(change=newest, by=owner)
    assert Person.objects.get().name == "Ada"
    change_undo(change=first, by=owner)
    assert (Person.objects.get().name, Person.objects.get().cover_id) == ("", None)
    assert not Verdict.objects.exists()


def test_what_changes_nothing_is_no_change(world, owner):
    person = world.person(*world.photo(0))
    edits.person_name(person=person, name="Ada", by=owner)
    edits.person_name(person=person, name="Ada", by=owner)
    assert changes_of(owner).count() == 1
