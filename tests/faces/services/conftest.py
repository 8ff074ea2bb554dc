"""Accounts, people made of seeded vectors, and models whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from numpy.typing import NDArray

from albums.models import Image
from faces.models import Face, FaceScan, Person
from faces.services.detecting import embeddings, scans
from faces.services.grouping.run import owner_recluster
from faces.services.reindexing import staging
from faces.vision.types import Box
from tests.faces.services.reindexing.studio import OLD, PEOPLE, PHOTOS, Studio
from tests.rows import DIMENSIONS, face_row, image_row, image_rows, unit


@dataclass
class World:
    """An owner's photos, and the people who may be in them: `looks[i]` is how person i looks."""

    owner: User
    seed: int = 7
    rng: np.random.Generator = field(init=False)
    looks: NDArray[np.float32] = field(init=False)
    photos: int = 0

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.looks = np.stack([unit(row) for row in self.rng.normal(size=(12, DIMENSIONS))])

    def photo(self, *who: int, spread: float = 0.25) -> list[Face]:
        """A photo with these people in it, from left to right; -1 is a stranger."""
        self.photos += 1
        image = image_row(self.owner, source_path=f"{self.photos}.jpg")
        FaceScan.objects.create(image=image, state=FaceScan.State.DONE)
        return [self.face(image, person, x=0.05 + 0.18 * at, spread=spread) for at, person in enumerate(who)]

    def face(self, image: Image, who: int, *, x: float = 0.1, spread: float = 0.25) -> Face:
        noise = self.rng.normal(size=DIMENSIONS) / np.sqrt(DIMENSIONS)
        look = unit(self.rng.normal(size=DIMENSIONS)) if who < 0 else self.looks[who]
        return face_row(
            image,
            Box(x, 0.1, 0.15, 0.15),
            crop=False,
            quality=float(self.rng.uniform(0.3, 0.9)),
            detector="yunet",
            vector=unit(look + spread * 2 * noise),
        )

    def person(self, *faces: Face, name: str = "") -> Person:
        """A group as a run would have made it."""
        person = Person.objects.create(owner=self.owner, name=name)
        Face.objects.filter(pk__in=[face.pk for face in faces]).update(person=person)
        return person


@pytest.fixture
def world(owner: User) -> World:
    return World(owner)


@pytest.fixture
def studio(owner: User, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Studio:
    """Grouped photos of an account of the former default embedder, a move from which looks at faces again."""
    settings.EMBEDDER = OLD
    studio = Studio(owner)
    for module in (scans, embeddings, staging):
        monkeypatch.setattr(module, "get_pipeline", studio.pipeline)
    for module in (scans, embeddings):
        monkeypatch.setattr(module, "photo_pixels", studio.pixels)
    images = image_rows(owner, PHOTOS)
    for number, image in enumerate(images):
        studio.add(image, *(who for who in range(PEOPLE) if who != number % (PEOPLE + 1)))
    owner_recluster(owner)
    studio.embedded.clear()
    return studio
