"""Runs move guesses, never facts, and what they did can be undone."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from faces.models import Change, Face, FaceScan, Person, Verdict
from faces.services.grouping.repeats import photo_repeats
from faces.services.grouping.run import owner_plan, owner_recluster
from faces.services.history.history import change_undo, change_undoable
from faces.services.people import edits
from tests.faces.services.grouping.contradictions import contradictions

PEOPLE = 4


@pytest.fixture
def album(world):
    """Eight photos of four people, two a photo."""
    return [world.photo(at % PEOPLE, (at + 1) % PEOPLE) for at in range(8)]


def regroup(owner):
    return owner_recluster(owner)


def undo(owner):
    newest = change_undoable(owner)
    assert newest is not None
    return change_undo(change=newest, by=owner)


def places() -> dict[int, int | None]:
    return dict(Face.objects.values_list("pk", "person_id"))


def of(album, who):
    """The faces that show person `who`, as they are now."""
    shown = [pair[0] for at, pair in enumerate(album) if at % PEOPLE == who]
    shown += [pair[1] for at, pair in enumerate(album) if (at + 1) % PEOPLE == who]
    return list(Face.objects.filter(pk__in=[face.pk for face in shown]).order_by("pk"))


def test_a_run_finds_the_people_and_is_one_change(owner, album):
    run = regroup(owner)
    assert (run.people, run.moved, run.waiting) == (PEOPLE, 16, 0)
    for who in range(PEOPLE):
        assert len({face.person_id for face in of(album, who)}) == 1
    change = Change.objects.get()
    assert (change.kind, change.by) == (Change.Kind.RUN, None)
    change_undo(change=change, by=owner)
    assert set(places().values()) == {None}
    assert not Person.objects.exists()


def test_a_run_on_unchanged_faces_changes_nothing(owner, album):
    regroup(owner)
    before = places()
    assert regroup(owner).moved == 0
    assert places() == before
    assert Change.objects.count() == 1


def test_undoing_a_run_brings_the_people_back_that_it_removed(owner, album):
    regroup(owner)
    loner = edits.faces_assign(faces=[album[0][0]], person=None, by=owner)
    Verdict.objects.all().delete()
    before, times = places(), dict(Person.objects.values_list("pk", "created_at"))
    regroup(owner)
    assert not Person.objects.filter(pk=loner.pk).exists()
    undo(owner)
    assert places() == before
    assert dict(Person.objects.values_list("pk", "created_at")) == times


def test_a_rejected_face_never_comes_back_to_that_person(owner, album):
    regroup(owner)
    face = of(album, 0)[0]
    group = face.person
    edits.faces_reject(faces=[face], by=owner)
    regroup(owner)
    face.refresh_from_db()
    assert face.person_id != group.pk
    assert {other.person_id for other in of(album, 0)[1:]} == {group.pk}


def test_a_split_is_never_joined_again(owner, album):
    regroup(owner)
    faces = of(album, 0)
    other = edits.person_split(person=faces[0].person, faces=faces[:2], by=owner)
    regroup(owner)
    now = of(album, 0)
    assert {face.person_id for face in now[:2]} == {other.pk}
    assert faces[0].person_id in {face.person_id for face in now[2:]}


def test_merged_people_stay_one(owner, album):
    regroup(owner)
    one, two = of(album, 0)[0].person, of(album, 2)[0].person
    edits.person_merge(into=one, others=[two], by=owner)
    regroup(owner)
    anchors = set(Verdict.objects.filter(person=one).values_list("face__person_id", flat=True))
    assert anchors == {one.pk}
    assert not Person.objects.filter(pk=two.pk).exists()


def test_a_named_person_keeps_name_and_id_when_everything_is_mixed(owner, album):
    regroup(owner)
    names = {}
    for who in range(PEOPLE):
        person = edits.person_name(person=of(album, who)[0].person, name=f"P{who}", by=owner)
        names[person.pk] = (person.name, person.cover_id)
    wrong = min(names)
    Face.objects.exclude(pk__in=[cover for _, cover in names.values()]).update(person_id=wrong)
    regroup(owner)
    assert {p.pk: (p.name, p.cover_id) for p in Person.objects.all()} == names
    for who in range(PEOPLE):
        assert len({face.person_id for face in of(album, who)}) == 1


def test_a_name_survives_the_deletion_of_its_cover_photo(owner, album):
    regroup(owner)
    person = edits.person_name(person=of(album, 0)[0].person, name="Ada", by=owner)
    Face.objects.get(cover_of=person).image.delete()
    regroup(owner)
    person.refresh_from_db()
    assert person.name == "Ada"
    assert Face.objects.get(cover_of=person).person_id == person.pk
    assert Face.objects.filter(person=person).count() == 3


def test_a_dismissed_face_takes_no_part(owner, album):
    face = album[0][0]
    edits.faces_dismiss(faces=[face], by=owner)
    assert regroup(owner).faces == 15
    face.refresh_from_db()
    assert face.person_id is None


def test_somebody_is_once_in_a_photo_unless_it_is_excepted(world, owner, album):
    twins = world.photo(0, 0)
    regroup(owner)
    assert len({Face.objects.get(pk=face.pk).person_id for face in twins}) == 2
    photo_repeats(image=twins[0].image, allowed=True, by=owner)
    regroup(owner)
    assert len({Face.objects.get(pk=face.pk).person_id for face in twins}) == 1


def test_contradicting_verdicts_are_shown_and_preserved(world, owner):
    left, right = world.photo(0, 0)
    person = edits.faces_assign(faces=[left, right], person=None, by=owner)
    assert contradictions(owner) == [(person.pk, left.image_id, [left.pk, right.pk])]
    regroup(owner)
    assert set(places().values()) == {person.pk}
    photo_repeats(image=left.image, allowed=True, by=owner)
    assert contradictions(owner) == []


def test_a_plan_says_what_a_run_does_and_does_nothing(owner, album):
    regroup(owner)
    one, two = of(album, 0)[0].person, of(album, 1)[0].person
    Face.objects.filter(person=two).update(person=one)
    edits.person_name(person=one, name="Ada", by=owner)
    before, changes = places(), Change.objects.count()
    plan = owner_plan(owner)
    assert (places(), Change.objects.count()) == (before, changes)
    assert [split.name for split in plan.splits] == ["Ada"]
    assert plan.names_lost == []
    run = regroup(owner)
    after = places()
    assert run.moved == len(plan.moves) == sum(after[pk] != before[pk] for pk in before)


def test_the_command_prints_the_plan(owner, album):
    out = StringIO()
    call_command("recluster", "--plan", stdout=out)
    assert "faces that move: 16" in out.getvalue()
    assert "names lost: 0" in out.getvalue()
    assert not Change.objects.exists()
    assert FaceScan.objects.count() == 8
