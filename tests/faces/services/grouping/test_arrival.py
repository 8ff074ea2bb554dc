"""In whatever way photos arrive, they end in the same people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest
from django.contrib.auth.models import User
from numpy.typing import NDArray

from faces.models import Face, FaceScan
from faces.services.core.bulk_assign import faces_move
from faces.services.detecting.scans import faces_store
from faces.services.grouping.run import owner_recluster
from faces.vision.pipeline import FoundFace
from faces.vision.quality import Quality
from faces.vision.types import Box
from tests.rows import DIMENSIONS, MODEL, image_row, unit

PEOPLE, PHOTOS, STRANGERS = 5, 24, 5
SPREAD = 0.9
"""As wide as on poor photos: two faces of one person are .45 apart on average, those of two people 1."""

Photo = Sequence[tuple[int, NDArray[np.float32]]]
"""Draw the people of a photo; a negative number is a person who appears once."""


@pytest.fixture
def album() -> list[Photo]:
    rng = np.random.default_rng(11)
    looks = {who: unit(rng.normal(size=DIMENSIONS)) for who in range(-STRANGERS, PEOPLE)}
    scatter = SPREAD / np.sqrt(DIMENSIONS)
    photos: list[Photo] = []
    for number in range(PHOTOS):
        there = rng.permutation(PEOPLE)[: 1 + number % 3].tolist()
        there += [-1 - number // 5] if number % 5 == 0 else []
        photos.append([(who, unit(looks[who] + scatter * rng.normal(size=DIMENSIONS))) for who in there])
    return photos


def arrive(owner: User, photos: Sequence[tuple[int, Photo]], *, run_after: int) -> int:
    """Each photo's faces are stored, and there is a run after every so many; how many were placed at once."""
    placed = 0
    for count, (number, photo) in enumerate(photos, start=1):
        image = image_row(owner, source_path=f"{number}")
        FaceScan.objects.create(image=image, state=FaceScan.State.DONE)
        found = [
            FoundFace(
                box=Box(0.1 + 0.2 * place, 0.1, 0.15, 0.2),
                landmarks=np.zeros((5, 2), dtype=np.float32),
                score=0.9,
                quality=Quality(size=1, sharpness=1, score=0.9, pose=1),
                vector=vector,
                clarity=1.0,
                portrait=np.zeros((8, 8, 3), dtype=np.uint8),
            )
            for place, (_who, vector) in enumerate(photo)
        ]
        stored = faces_store(image=image, found=found, detector="drawn", embedder=MODEL)
        placed += Face.objects.filter(pk__in=[face.pk for face in stored], person__isnull=False).count()
        if count % run_after == 0 and count < len(photos):
            owner_recluster(owner)
    return placed


def groups(owner: User) -> set[frozenset[tuple[str, float]]]:
    """The people, each as the faces it has: photo and place in it; each face that waits is alone."""
    found: dict[object, set[tuple[str, float]]] = defaultdict(set)
    for face in Face.objects.filter(image__owner=owner).select_related("image"):
        found[face.person_id or f"alone {face.pk}"].add((face.image.source_path, face.x))
    return {frozenset(faces) for faces in found.values()}


@pytest.mark.parametrize("run_after", [PHOTOS, 8, 1], ids=["at the end", "now and then", "each time"])
def test_one_by_one_and_all_at_once_end_in_the_same_people(
    owner: User, stranger: User, album: list[Photo], run_after: int
) -> None:
    photos = list(enumerate(album))
    assert arrive(owner, photos, run_after=PHOTOS) == 0
    owner_recluster(owner)
    order = np.random.default_rng(5).permutation(PHOTOS).tolist()
    placed = arrive(stranger, [photos[at] for at in order], run_after=run_after)
    owner_recluster(stranger)
    assert groups(stranger) == groups(owner)
    assert len([group for group in groups(owner) if len(group) > 1]) == PEOPLE
    assert (placed > 0) == (run_after < PHOTOS)


def test_what_was_placed_wrongly_on_arrival_is_with_its_person_after_the_run(
    owner: User, stranger: User, album: list[Photo]
) -> None:
    photos = list(enumerate(album))
    arrive(owner, photos, run_after=PHOTOS)
    owner_recluster(owner)
    arrive(stranger, photos[: PHOTOS // 2], run_after=PHOTOS)
    owner_recluster(stranger)
    arrive(stranger, photos[PHOTOS // 2 :], run_after=PHOTOS)
    # As if every placement had gone wrong: each face that was placed is with another person.
    late = Face.objects.filter(
        image__owner=stranger, image__source_path__in=[str(at) for at in range(PHOTOS // 2, PHOTOS)]
    )
    placed = dict(late.filter(person__isnull=False).values_list("pk", "person_id"))
    people = sorted(set(placed.values()), key=str)
    assert len(people) > 1
    faces_move({face: people[people.index(person) - 1] for face, person in placed.items()})
    assert groups(stranger) != groups(owner)
    owner_recluster(stranger)
    assert groups(stranger) == groups(owner)
