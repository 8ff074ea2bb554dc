"""Unclear faces that are alone join the group that they resemble by far the most."""

from dataclasses import replace

import numpy as np
import pytest

from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.rules import UNASSIGNED, JoinRule
from tests.faces.vision.grouping.vector_albums import Floats, Ints, apart, unit

RULE = JoinRule(distance=0.5, few=0.1, unclear=0.55)
EACH = 6
LAST = 2 * EACH
"""The face in question comes last."""


def two_people(*last: float, clarity: float = 0.8) -> tuple[Floats, Floats]:
    """Six clear faces of each of two people, and one whose vector is made of both and of something else."""
    rng = np.random.default_rng(1)
    directions = np.eye(3, 64)
    clear = np.repeat(directions[:2], EACH, axis=0) + 0.4 * unit(rng.normal(size=(LAST, 64)))
    rest = np.sqrt(1 - np.square(last).sum())
    face = np.asarray([*last, rest]) @ directions
    return unit(np.concatenate([clear, face[None]])), np.asarray([1.0] * LAST + [clarity], np.float32)


def label(vectors: Floats, clarity: Floats, *, photos: Ints | None = None, **options: object) -> int:
    """The group of the last face, if those of the others are the two people."""
    photos = apart(len(vectors)) if photos is None else photos
    options = {"rule": RULE, **options}
    labels = group_faces(vectors, photos=photos, clarity=clarity, **options).labels  # type: ignore[arg-type]
    assert labels[:LAST].tolist() == [0] * EACH + [1] * EACH
    return int(labels[LAST])


def test_an_unclear_face_joins_the_group_whose_mean_is_nearest() -> None:
    assert label(*two_people(0.55, 0.2)) == 0
    assert label(*two_people(0.2, 0.55)) == 1


def test_it_stays_alone_without_the_rule_and_where_there_is_no_such_group() -> None:
    assert label(*two_people(0.55, 0.2), rule=replace(RULE, unclear=0.0)) == UNASSIGNED
    assert label(*two_people(0.4, 0.1)) == UNASSIGNED, "too far"
    assert label(*two_people(0.55, 0.52)) == UNASSIGNED, "as near to the other"


def test_a_clear_face_that_is_as_far_is_somebody_else() -> None:
    assert label(*two_people(0.55, 0.2, clarity=1.0), rule=replace(RULE, distance=0.3)) == UNASSIGNED
    assert label(*two_people(0.55, 0.2, clarity=0.9), rule=replace(RULE, distance=0.3)) == 0


def test_a_person_is_once_in_a_photo() -> None:
    photos = apart(LAST + 1)
    photos[LAST] = photos[0]
    assert label(*two_people(0.55, 0.2), photos=photos) == UNASSIGNED
    vectors, clarity = two_people(0.55, 0.2)
    again = unit((vectors[LAST] + 0.2 * np.eye(64)[7])[None])
    labels = group_faces(
        np.concatenate([vectors, again]),
        photos=np.append(apart(LAST + 1), LAST),
        clarity=np.append(clarity, clarity[LAST]),
        rule=RULE,
    ).labels
    assert labels[LAST:].tolist() == [0, UNASSIGNED], "the nearer one"


def test_what_was_rejected_and_what_is_confirmed_stays() -> None:
    known = np.full(LAST + 1, UNASSIGNED)
    known[0] = 7
    face = two_people(0.55, 0.2)
    assert label(*face, known=known) == 0
    assert label(*face, known=known, refused=[(LAST, 7)]) == UNASSIGNED
    known[LAST] = 8
    assert label(*face, known=known) == 2


def test_two_faces_are_no_group_to_join() -> None:
    vectors, clarity = two_people(0.55, 0.2)
    some = np.r_[4 : EACH + 3, LAST]
    labels = group_faces(vectors[some], photos=apart(len(some)), clarity=clarity[some], rule=RULE).labels
    assert labels.tolist() == [0, 0, 1, 1, 1, UNASSIGNED]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_faces_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    directions = unit(rng.normal(size=(6, 64)))
    who = np.repeat(np.arange(6), 9)
    vectors = unit(directions[who] + rng.uniform(0.4, 1.6, (54, 1)) * unit(rng.normal(size=(54, 64))))
    clarity = rng.uniform(0.7, 1, 54).astype(np.float32)
    photos = rng.permutation(54) // 2
    first = group_faces(vectors, photos=photos, clarity=clarity, rule=RULE).labels
    order = rng.permutation(54)
    again = group_faces(vectors[order], photos=photos[order], clarity=clarity[order], rule=RULE).labels
    together = first[:, None] == first
    assert (together[np.ix_(order, order)] == (again[:, None] == again)).all()
    assert ((first == UNASSIGNED)[order] == (again == UNASSIGNED)).all()
