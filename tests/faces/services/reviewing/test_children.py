"""Children: the review asks about groups that a grouping parted, and the machine joins none of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth.models import User

from faces.models import Face, Person
from faces.services.grouping.run import owner_recluster
from faces.services.reviewing.answering import Answer, answer
from faces.services.reviewing.kinds import Kind
from tests.faces.services.reviewing.conftest import open_questions
from tests.faces.vision.grouping.growing_people import GrowingPeople, grown_people, siblings
from tests.rows import DIMENSIONS, embedding_rows, face_rows, image_rows

pytestmark = pytest.mark.django_db


def a_child_with_a_gap() -> GrowingPeople:
    """A child in photos of four years, and again more than two years later."""
    child = grown_people(1, drift=0.06, people=1, years=10)
    inside = (child.taken < 4) | (child.taken > 6.5)
    return replace(child, vectors=child.vectors[inside], who=child.who[inside], taken=child.taken[inside])


def grouped(owner: User, people: GrowingPeople) -> list[Face]:
    """The faces of these people, each in a photo of its time, after a grouping."""
    images = image_rows(owner, len(people.who))
    for image, years in zip(images, people.taken, strict=True):
        image.captured_at = datetime(2005, 1, 1) + timedelta(days=365.25 * years)  # noqa: DTZ001 - no zone
    type(images[0]).objects.bulk_update(images, ["captured_at"])
    faces = face_rows(images, [None] * len(images), quality=0.8)
    padding = np.zeros((len(faces), DIMENSIONS - people.vectors.shape[1]), dtype=np.float32)
    embedding_rows(faces, np.concatenate([people.vectors, padding], axis=1))
    owner_recluster(owner)
    return faces


@pytest.mark.parametrize(
    ("people", "reply"),
    [
        pytest.param(siblings(1, 0.4), Answer.NO, id="two siblings"),
        pytest.param(a_child_with_a_gap(), Answer.YES, id="one child, years apart"),
    ],
)
def test_groups_of_children_that_were_parted_are_a_question(
    owner: User, people: GrowingPeople, reply: Answer
) -> None:
    faces = grouped(owner, people)
    early = {face.pk for face, years in zip(faces, people.taken, strict=True) if years < 5}
    groups = [set(person.faces.values_list("pk", flat=True)) for person in Person.objects.filter(owner=owner)]
    assert len(groups) == 2
    assert all(group <= early or not group & early for group in groups)
    (question,) = open_questions(owner)
    assert question.kind is Kind.SAME_PERSON
    answer(owner=owner, key=question.key, answer=reply, by=owner)
    owner_recluster(owner)
    assert open_questions(owner) == []
    assert Person.objects.filter(owner=owner, faces__isnull=False).distinct().count() == (
        1 if reply is Answer.YES else 2
    )
