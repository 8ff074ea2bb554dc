"""The evidence of a question: the clearest confirmed face, then the nearest ones."""

from __future__ import annotations

import pytest

from faces.models import Face, Verdict
from faces.services.reviewing import evidence
from tests.faces.services.conftest import World
from tests.faces.services.reviewing.conftest import group, open_questions

pytestmark = pytest.mark.usefixtures("crops")


def test_the_evidence_shows_confirmed_faces_first_and_a_probability(world: World) -> None:
    named = group(world, 0, 6, "Anna")
    settled = named.faces.order_by("pk")[4]
    Verdict.objects.create(face=settled, person=named, kind=Verdict.Kind.IS)
    world.photo(0)
    (question,) = open_questions(world.owner)
    faces = question.sides[1].faces
    assert (faces[0].face, faces[0].confirmed) == (settled, True)
    assert not any(one.confirmed for one in faces[1:])
    near = [one.probability or 0 for one in faces[1:]]
    assert near == sorted(near, reverse=True)
    assert question.probability is not None
    assert 0.9 < question.probability <= 1


def test_of_many_confirmed_faces_the_clearest_comes_first_and_then_the_nearest(world: World) -> None:
    """Faces that are not confirmed come only where too few are."""
    named = group(world, 0, 7, "Anna")
    *settled, elsewhere, other, _last = named.faces.order_by("pk")
    for face in (*settled, elsewhere):
        Verdict.objects.create(face=face, person=named, kind=Verdict.Kind.IS)
    Face.objects.filter(pk=settled[2].pk).update(quality=0.99)
    Face.objects.filter(pk=other.pk).update(quality=1.0)
    # A confirmed face that cannot be shown does not count.
    Face.objects.filter(pk=elsewhere.pk).update(crop="")
    world.photo(0)
    (question,) = open_questions(world.owner)
    faces = question.sides[1].faces
    assert faces[0].face == settled[2]
    assert {one.face for one in faces} == set(settled)
    assert all(one.confirmed for one in faces)
    near = [one.probability or 0 for one in faces[1:]]
    assert near == sorted(near, reverse=True)
    Verdict.objects.filter(face=settled[0]).delete()
    (question,) = open_questions(world.owner)
    faces = question.sides[1].faces
    assert [one.confirmed for one in faces] == [True, True, True, False]


@pytest.mark.parametrize("confirmed", [7, 0])
def test_of_a_person_with_many_faces_a_limited_number_is_compared(
    world: World, confirmed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of confirmed faces the last ones, of others the best."""
    monkeypatch.setattr(evidence, "FACES_COMPARED", 5)
    named = group(world, 0, 7, "Anna")
    faces = list(named.faces.order_by("pk"))
    for place, face in enumerate(faces[:confirmed]):
        Verdict.objects.create(face=face, person=named, kind=Verdict.Kind.IS)
        Face.objects.filter(pk=face.pk).update(quality=0.9 - place / 10)
    if not confirmed:
        Face.objects.filter(pk__in=[face.pk for face in faces[:2]]).update(quality=0.01)
    world.photo(0)
    (question,) = open_questions(world.owner)
    shown = [one.face for one in question.sides[1].faces]
    assert set(shown) <= set(faces[2:])
    assert len(shown) == evidence.FACES_SHOWN
