"""Photos with people in a row, and scripted models, for tests of reindexing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.contrib.auth.models import User

from albums.models import Image
from faces.conf import FaceSettings
from faces.models import (
    Change,
    Face,
    FaceEmbedding,
    FaceScan,
    OwnerModels,
    Person,
    StagedFace,
    StagedScan,
    Verdict,
)
from faces.services.core.pixels import PhotoUnreadable
from faces.services.detecting.scans import scans_claim, scans_open, scans_run
from faces.services.people.edits import faces_confirm, person_name
from faces.services.reindexing.run import Outcome, reindex, reindex_request
from faces.vision.embedding import FaceEmbedder
from faces.vision.pipeline import FacePipeline
from faces.vision.profiles import profile_of
from faces.vision.types import Box, Detection, Embedded

SIDE = 500
PHOTOS = 9
PEOPLE = 3
OLD, NEW = "facenet128", "sface128"


@dataclass
class Studio:
    """Photos with people in a row. A detector may miss (photo, place), and see boxes a little aside."""

    owner: User
    who: dict[int, list[int]] = field(default_factory=dict)
    missed: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    unreadable: set[int] = field(default_factory=set)
    shift: dict[str, float] = field(default_factory=dict)
    embedded: list[int] = field(default_factory=list)
    by_network: Counter[str] = field(default_factory=Counter)
    stop_after: int | None = None

    def pixels(self, image: Image) -> np.ndarray:
        if image.pk in self.unreadable:
            raise PhotoUnreadable("missing", "It is gone.")
        picture = np.zeros((SIDE, SIDE, 3), np.uint8)
        picture[0, 0] = divmod(image.pk, 256)[0] % 256, image.pk % 256, 0
        return picture

    def photo_of(self, picture: np.ndarray) -> int:
        return int(picture[0, 0, 0]) * 256 + int(picture[0, 0, 1])

    def pipeline(self, models: FaceSettings) -> FacePipeline:
        profile = profile_of(models.embedder)
        networks = [Looker(self, part.network.name) for part in profile.parts]
        return FacePipeline(Spotter(self, models.detector), FaceEmbedder(profile, networks))

    def add(self, image: Image, *who: int) -> Image:
        self.who[image.pk] = list(who)
        scans_open([image.pk])
        scans_run(scans_claim([image.pk]))
        return image

    def face(self, image: Image, place: int) -> Face:
        return next(face for face in image.faces.all() if round((face.x - 0.05) / 0.25) == place)


class Spotter:
    def __init__(self, studio: Studio, name: str) -> None:
        self.studio, self.name = studio, name

    def detect(self, picture: np.ndarray, /) -> list[Detection]:
        photo = self.studio.photo_of(picture)
        if photo not in self.studio.who:
            return []  # a photo that is turned, to look for faces on their side
        missed = self.studio.missed.get(self.name, set())
        shift = self.studio.shift.get(self.name, 0.0)
        boxes = [
            Box((0.05 + 0.25 * place + shift) * SIDE, 0.1 * SIDE, 0.2 * SIDE, 0.2 * SIDE)
            for place in range(len(self.studio.who[photo]))
            if (photo, place) not in missed
        ]
        points = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
        return [
            Detection(box, np.asarray(points * [box.w, box.h] + [box.x, box.y], np.float32), 0.95)
            for box in boxes
        ]


class Looker:
    dimensions = 128

    def __init__(self, studio: Studio, name: str) -> None:
        self.studio, self.name = studio, name
        self.looks = np.random.default_rng(len(name)).normal(size=(20, 128))

    def crop(self, picture: np.ndarray, detection: Detection, /) -> np.ndarray:
        place = round((detection.box.x / SIDE - 0.05) / 0.25)
        crop = np.random.default_rng(3).integers(0, 255, (64, 64, 3), dtype=np.uint8)
        photo = self.studio.photo_of(picture)
        crop[0, 0] = self.studio.who[photo][place], photo % 256, place
        return crop

    def embed(self, crops: np.ndarray, /) -> Embedded:
        rows = []
        for crop in crops:
            if self.studio.stop_after is not None and len(self.studio.embedded) >= self.studio.stop_after:
                raise KeyboardInterrupt
            who, photo, place = (int(value) for value in crop[0, 0])
            self.studio.embedded.append(photo)
            self.studio.by_network[self.name] += 1
            noise = np.random.default_rng(photo * 7 + place).normal(size=128)
            row = self.looks[who] + 0.4 * noise
            rows.append(row / np.linalg.norm(row))
        return Embedded(np.asarray(rows, np.float32), np.ones(len(rows), np.float32))


def name_everyone(owner: User) -> dict[int, str]:
    for number, person in enumerate(Person.objects.filter(owner=owner).order_by("pk")):
        person_name(person=person, name=f"Somebody {number}", by=owner)
        faces_confirm(faces=list(person.faces.order_by("pk")[:2]), by=owner)
    return dict(Person.objects.filter(owner=owner).values_list("pk", "name"))


def run(owner: User, *, plan: bool = False, **request: Any) -> Outcome:
    return reindex(reindex_request(owner=owner, **request), plan=plan, progress=lambda kind, count: None)


def everything(owner: User, *, derived: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All that is known of an owner's people; `derived` includes what was computed beside."""
    tables: list[Any] = [Person, Face, Verdict, OwnerModels, FaceScan, Change]
    if derived:
        tables += [FaceEmbedding, StagedScan, StagedFace]
    rows = {}
    for table in tables:
        fields = [one.attname for one in table._meta.concrete_fields if one.attname not in {"vector", "at"}]
        rows[table.__name__] = [
            tuple(map(str, row)) for row in table.objects.order_by("pk").values_list(*fields)
        ]
    return rows


def places(owner: User) -> dict[int, int | None]:
    return dict(Face.objects.filter(image__owner=owner).values_list("pk", "person_id"))
