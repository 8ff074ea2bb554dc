"""Accounts, people made of seeded vectors, and models whose answers are known."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pytest
from django.contrib.auth.models import User
from numpy.typing import NDArray

from albums.models import Image
from faces.models import Face, FaceEmbedding, FaceScan, Person
from faces.services.detecting import embeddings, scans
from faces.services.grouping.run import owner_recluster
from faces.services.reindexing import staging
from tests.faces.services.reindexing.studio import PEOPLE, PHOTOS, Studio
from tests.page_rows import image_rows

EMBEDDER = "facenet128"
DIMENSIONS = 128


def unit(vector: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


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
        digest = hashlib.sha256(f"{self.owner.pk}/{self.photos}".encode()).hexdigest()
        image = Image.objects.create(
            owner=self.owner,
            sha256=digest,
            original=f"originals/{digest}.jpg",
            source_path=f"{self.photos}.jpg",
            size_bytes=1,
            state=Image.State.READY,
            width=100,
            height=100,
        )
        FaceScan.objects.create(image=image, state=FaceScan.State.DONE)
        return [self.face(image, person, x=0.05 + 0.18 * at, spread=spread) for at, person in enumerate(who)]

    def face(self, image: Image, who: int, *, x: float = 0.1, spread: float = 0.25) -> Face:
        noise = self.rng.normal(size=DIMENSIONS) / np.sqrt(DIMENSIONS)
        look = unit(self.rng.normal(size=DIMENSIONS)) if who < 0 else self.looks[who]
        face = Face.objects.create(
            image=image,
            x=x,
            y=0.1,
            w=0.15,
            h=0.15,
            landmarks=[0.1] * 10,
            score=0.9,
            quality=float(self.rng.uniform(0.3, 0.9)),
            detector="yunet",
        )
        FaceEmbedding.objects.create(
            face=face, owner=face.image.owner, model=EMBEDDER, vector=unit(look + spread * 2 * noise)
        )
        return face

    def person(self, *faces: Face, name: str = "") -> Person:
        """A group as a run would have made it."""
        person = Person.objects.create(owner=self.owner, name=name)
        Face.objects.filter(pk__in=[face.pk for face in faces]).update(person=person)
        return person


@pytest.fixture
def world(owner: User) -> World:
    return World(owner)


@pytest.fixture
def studio(owner: User, monkeypatch: pytest.MonkeyPatch) -> Studio:
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
