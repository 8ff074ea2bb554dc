"""A collage or a mirror does not split a person; brothers and sisters stay two."""

import numpy as np
import pytest
from numpy.typing import NDArray

from faces.vision.grouping.clustering import group_faces
from faces.vision.grouping.rules import UNASSIGNED
from tests.faces.vision.grouping.vector_albums import Floats, Ints, album, unit

EACH = 6


def with_a_collage(of: int, *, seed: int, scatter: float = 0.65) -> tuple[Floats, Ints, Ints]:
    """Six people with six photos each, and one photo with `of` more faces of the first."""
    everybody, who = album(6, EACH + of, scatter=scatter, seed=seed)
    first = np.flatnonzero(who == 0)
    others = np.concatenate([np.flatnonzero(who == person)[:EACH] for person in range(1, 6)])
    order = np.concatenate([first[:EACH], others, first[EACH:]])
    photos = np.concatenate([np.arange(6 * EACH), np.full(of, 6 * EACH)])
    return everybody[order], who[order], photos


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("of", [2, 4, 6])
def test_a_photo_that_shows_somebody_several_times_leaves_everybody_one_group(of: int, seed: int) -> None:
    vectors, who, photos = with_a_collage(of, seed=seed)
    labels = group_faces(vectors, photos=photos).labels
    for person in range(6):
        (group,) = set(labels[(who == person) & (photos < 6 * EACH)].tolist())
        assert group != UNASSIGNED
    in_the_photo = labels[photos == 6 * EACH].tolist()
    assert sorted(in_the_photo) == [UNASSIGNED] * (of - 1) + [labels[0]]


def test_a_confirmed_face_of_the_photo_stays() -> None:
    vectors, _who, photos = with_a_collage(4, seed=2)
    for face in np.flatnonzero(photos == 6 * EACH).tolist():
        known = np.full(len(photos), UNASSIGNED)
        known[[0, face]] = 7
        labels = group_faces(vectors, photos=photos, known=known).labels
        assert labels[face] == labels[0]


def test_faces_confirmed_as_two_people_stay_two() -> None:
    vectors, _who, photos = with_a_collage(2, seed=2)
    known = np.full(len(photos), UNASSIGNED)
    known[-2:] = 7, 8
    labels = group_faces(vectors, photos=photos, known=known).labels
    assert labels[-1] != labels[-2]


def test_a_face_that_was_rejected_is_not_the_person() -> None:
    vectors, _who, photos = with_a_collage(2, seed=2)
    known = np.full(len(photos), UNASSIGNED)
    known[0] = 7
    for face in (len(photos) - 1, len(photos) - 2):
        labels = group_faces(vectors, photos=photos, known=known, refused=[(face, 7)]).labels
        assert labels[face] != labels[0]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("together", [3, 6, 12])
def test_brothers_who_look_alike_and_share_photos_stay_two(together: int, seed: int) -> None:
    """Their own faces are .2 apart and .3 from each other's: near enough to join without the photos."""
    vectors, who = brothers(seed)
    photos = np.arange(24)
    photos[12 : 12 + together] = photos[:together]
    labels = group_faces(vectors, photos=photos).labels
    assert not set(labels[who == 0].tolist()) & set(labels[who == 1].tolist()) - {UNASSIGNED}


def brothers(seed: int) -> tuple[Floats, NDArray[np.int64]]:
    """Twelve faces of each of two people who look alike."""
    rng = np.random.default_rng(seed)
    family = unit(rng.normal(size=(1, 64)))
    own = unit(family + 0.45 * unit(rng.normal(size=(2, 64))))
    who = np.repeat([0, 1], 12)
    return unit((own[who] + 0.5 * unit(rng.normal(size=(24, 64)))).astype(float)), who
