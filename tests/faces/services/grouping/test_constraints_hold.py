"""Whatever is done in whatever order: no fact is violated, and undoing everything leads back to the start."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from faces.exceptions import PeopleError
from faces.models import Change, Face, FaceEmbedding, FaceScan, Person, Verdict
from faces.services.grouping.online import faces_assign_online
from faces.services.grouping.repeats import photo_repeats
from faces.services.grouping.run import owner_plan, owner_recluster
from faces.services.history.history import change_undo, change_undoable, changes_lock
from faces.services.people import edits
from tests.faces.services.grouping.contradictions import contradictions

EMBEDDER = "facenet_sface256"
NAMES = st.sampled_from(["", "Ada", "Eve", "Ida", "ada"])
ONE = st.integers(0, 40)
SOME = st.lists(ONE, min_size=1, max_size=4)


def state(face_ids: set[int]) -> dict[str, list[Any]]:
    """Everything that is expected and guessed of these faces, and all people."""
    return {
        "people": list(Person.objects.order_by("pk").values()),
        "faces": list(Face.objects.filter(pk__in=face_ids).order_by("pk").values()),
        "verdicts": list(Verdict.objects.filter(face__in=face_ids).order_by("pk").values()),
        "scans": list(FaceScan.objects.filter(image__faces__in=face_ids).distinct().order_by("pk").values()),
    }


class Facts(RuleBasedStateMachine):
    """Every operation on the people of one owner, in any order. Each example is rolled back at its end."""

    owner: User
    world: Any

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.first_faces = set(Face.objects.values_list("pk", flat=True))
        self.before: dict[int, dict[str, list[Any]]] = {}
        self.start = state(self.first_faces)
        # Photos that arrive are no change: what came before each change is compared without them.
        self.now = self.start

    def _face(self, number: int) -> Face:
        faces = list(Face.objects.order_by("pk"))
        return faces[number % len(faces)]

    def _faces(self, numbers: list[int]) -> list[Face]:
        return [self._face(number) for number in numbers]

    def _person(self, number: int) -> Person:
        everyone = list(Person.objects.order_by("pk"))
        return everyone[number % len(everyone)]

    def _do(self, operation: Any, **arguments: Any) -> None:
        last = Change.objects.count()
        before = state(self.first_faces)
        try:
            with transaction.atomic():
                operation(by=self.owner, **arguments)
        except PeopleError:
            assert state(self.first_faces) == before
        self._remember(before, last)

    def _remember(self, before: dict[str, list[Any]], count: int) -> None:
        made = list(Change.objects.order_by("pk"))[count:]
        assert len(made) <= 1
        for change in made:
            self.before[change.pk] = before
        if not made:
            assert state(self.first_faces) == before

    @rule()
    def run(self) -> None:
        count, before = Change.objects.count(), state(self.first_faces)
        verdicts = set(Verdict.objects.values_list("face_id", "person_id", "kind"))
        expected = {
            person.pk: (person.name, person.hidden, person.birth_date)
            for person in Person.objects.all()
            if person.name or person.hidden or person.birth_date
        }
        plan = owner_plan(self.owner)
        done = owner_recluster(self.owner)
        assert done is not None
        assert (done.moved, done.people, done.waiting) == (len(plan.moves), plan.people, plan.waiting)
        assert plan.names_lost == []
        assert set(Verdict.objects.values_list("face_id", "person_id", "kind")) == verdicts
        there = Person.objects.in_bulk(expected)
        assert {pk: (p.name, p.hidden, p.birth_date) for pk, p in there.items()} == expected
        self._remember(before, count)
        again = owner_plan(self.owner)
        assert not again.moves

    @rule(who=SOME)
    def arrive(self, who: list[int]) -> None:
        faces = self.world.photo(*[number % 5 - 1 for number in who], spread=0.4)
        rows = [FaceEmbedding.objects.get(face=face).vector for face in faces]
        changes_lock(self.owner.pk)
        faces_assign_online(
            faces=faces, vectors=[np.asarray(row, np.float32) for row in rows], embedder=EMBEDDER
        )

    @precondition(lambda self: Person.objects.exists())
    @rule(who=ONE, name=NAMES)
    def name(self, who: int, name: str) -> None:
        self._do(edits.person_name, person=self._person(who), name=name)

    @precondition(lambda self: Person.objects.exists())
    @rule(into=ONE, others=SOME, contradicted=st.booleans())
    def merge(self, into: int, others: list[int], contradicted: bool) -> None:
        gone = {person.pk: person for person in (self._person(other) for other in others)}
        self._do(
            edits.person_merge,
            into=self._person(into),
            others=list(gone.values()),
            contradicted=contradicted,
        )

    @precondition(lambda self: Person.objects.filter(faces__isnull=False).exists())
    @rule(who=ONE, which=SOME)
    def split(self, who: int, which: list[int]) -> None:
        person = self._person(who)
        theirs = list(person.faces.order_by("pk"))
        faces = [theirs[number % len(theirs)] for number in which] if theirs else self._faces(which)
        self._do(edits.person_split, person=person, faces=faces)

    @rule(which=SOME, who=ONE, new=st.booleans())
    def assign(self, which: list[int], who: int, new: bool) -> None:
        person = None if new or not Person.objects.exists() else self._person(who)
        self._do(edits.faces_assign, faces=self._faces(which), person=person)

    @rule(which=SOME)
    def confirm(self, which: list[int]) -> None:
        self._do(edits.faces_confirm, faces=self._faces(which))

    @rule(which=SOME, who=ONE, named=st.booleans())
    def reject(self, which: list[int], who: int, named: bool) -> None:
        person = self._person(who) if named and Person.objects.exists() else None
        self._do(edits.faces_reject, faces=self._faces(which), person=person)

    @precondition(lambda self: Person.objects.exists())
    @rule(who=ONE, hidden=st.booleans())
    def hide_or_show(self, who: int, hidden: bool) -> None:
        self._do(edits.person_hide if hidden else edits.person_show, person=self._person(who))

    @precondition(lambda self: Person.objects.exists())
    @rule(who=ONE, which=ONE)
    def cover(self, who: int, which: int) -> None:
        person = self._person(who)
        face = person.faces.order_by("pk").first() or self._face(which)
        self._do(edits.person_cover, person=person, face=face)

    @precondition(lambda self: Person.objects.exists())
    @rule(who=ONE, year=st.sampled_from([None, 1815, 1940]))
    def details(self, who: int, year: int | None) -> None:
        self._do(
            edits.person_details, person=self._person(who), birth_date=date(year, 1, 2) if year else None
        )

    @precondition(lambda self: Person.objects.exists())
    @rule(who=SOME)
    def apart(self, who: list[int]) -> None:
        self._do(edits.people_apart, people=[self._person(number) for number in who])

    @rule(which=SOME)
    def dismiss(self, which: list[int]) -> None:
        self._do(edits.faces_dismiss, faces=self._faces(which[:1]))

    @rule(which=ONE, allowed=st.booleans())
    def repeats(self, which: int, allowed: bool) -> None:
        self._do(photo_repeats, image=self._face(which).image, allowed=allowed)

    @precondition(lambda self: change_undoable(self.owner) is not None)
    @rule()
    def undo(self) -> None:
        change = change_undoable(self.owner)
        assert change is not None
        change_undo(change=change, by=self.owner)
        assert state(self.first_faces) == self.before[change.pk]

    @invariant()
    def verdicts_hold(self) -> None:
        for verdict in Verdict.objects.select_related("face"):
            assert (verdict.face.person_id == verdict.person_id) == (verdict.kind == Verdict.Kind.IS)

    @invariant()
    def no_person_is_guessed_twice_in_a_photo(self) -> None:
        confirmed = set(Verdict.objects.filter(kind=Verdict.Kind.IS).values_list("face_id", flat=True))
        excepted = set(FaceScan.objects.filter(person_repeats=True).values_list("image_id", flat=True))
        seen: dict[tuple[int, int], list[int]] = {}
        for face in Face.objects.filter(person__isnull=False).exclude(image__in=excepted):
            assert face.person_id is not None
            seen.setdefault((face.image_id, face.person_id), []).append(face.pk)
        twice = {place: faces for place, faces in seen.items() if len(faces) > 1}
        assert all(face in confirmed for faces in twice.values() for face in faces)
        shown = {(image_id, person_id) for person_id, image_id, _faces in contradictions(self.owner)}
        assert shown == set(twice)

    @invariant()
    def a_cover_is_a_face_of_the_person(self) -> None:
        for person in Person.objects.select_related("cover"):
            assert person.cover is None or person.cover.person_id == person.pk
            if person.name and person.cover is None:
                assert not person.faces.exists()

    @invariant()
    def dismissed_faces_are_unassigned(self) -> None:
        assert not Face.objects.filter(dismissed=True, person__isnull=False).exists()

    def teardown(self) -> None:
        try:
            while (change := change_undoable(self.owner)) is not None:
                change_undo(change=change, by=self.owner)
                assert state(self.first_faces) == self.before[change.pk]
            assert state(self.first_faces) == self.start
            assert Change.objects.filter(undone_at__isnull=True).count() == 0
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)


@pytest.mark.long
@pytest.mark.slow(15)
def test_facts_hold_and_everything_can_be_undone(world, owner):
    for at in range(9):
        world.photo(at % 4, (at + 1) % 4 if at % 3 else -1, spread=0.5)
    Facts.owner, Facts.world = owner, world
    run_state_machine_as_test(
        Facts,
        settings=settings(
            max_examples=20,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
