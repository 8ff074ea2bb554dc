"""Store drawn photos: through the normal import, with faces as drawn and random vectors."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from numpy.typing import NDArray
from PIL import ExifTags
from PIL import Image as Pillow

from albums.models import Image
from albums.services.reading.renditions import image_read
from albums.services.uploading.uploads import image_store
from faces.models import ClusteringRun, Face, FaceEmbedding, FaceScan, OwnerModels, Person
from faces.services.core.pixels import portrait_store
from faces.vision.alignment import portrait_crop
from faces.vision.types import Box, Pixels
from tests.demo.album import DrawnPhoto, SeenFace

NEWEST = datetime(2025, 8, 24, 15, tzinfo=UTC)
CROP_SIDE = 256
DIMENSIONS = 256
SPREADS = (0.3, 0.5, 0.7, 0.9)
"""Distance of a face's vector from that of its person, which has length 1, for clear and poor faces."""
KIN = {"Elsie": "Clara", "Finn": "Daniel", "Grandma Rose": "Clara", "Zoe": "Maya", "Jonas": "Ben"}
"""People who resemble each other, so that a search finds more than one."""
LIKENESS = 0.45
TOWNS = (
    ("Lyon, France", 45.76, 4.84),
    ("Bergen, Norway", 60.39, 5.32),
    ("Sevilla, Spain", 37.39, -5.98),
    ("", None, None),
)
CAMERAS = ("Canon EOS R6", "Apple iPhone 14", "")


def photo_stored(owner: User, drawn: DrawnPhoto, number: int) -> Image:
    """Store and process a photo, with metadata; the first is the newest."""
    exif = Pillow.Exif()
    taken = NEWEST - timedelta(days=number * 5, minutes=number * 37)
    exif[ExifTags.Base.Make] = "Drawn"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken:%Y:%m:%d %H:%M:%S}"
    content = BytesIO()
    drawn.picture.save(content, "JPEG", quality=90, exif=exif)
    name = f"{taken:%Y}/{drawn.place}-{number:02}.jpg"
    outcome = image_store(owner=owner, source=ContentFile(content.getvalue(), name=name), source_path=name)
    if outcome.image is None:
        sys.exit(f"screenshots: {name} was not taken in: {outcome.why}")
    image = outcome.image
    image_read(image=image)
    image.place, image.latitude, image.longitude = TOWNS[number % len(TOWNS)]
    image.camera = CAMERAS[number % len(CAMERAS)]
    image.facts = {
        "lens": "RF 35mm F1.8 Macro IS STM",
        "focal_length": "35 mm",
        "aperture": "f/2.8",
        "exposure": "1/250 s",
        "iso": "ISO 200",
    }
    image.description = "" if number % 3 else "All of us, at last. The wind took two hats."
    image.save(update_fields=["place", "latitude", "longitude", "camera", "facts", "description"])
    FaceScan.objects.update_or_create(
        image=image, defaults={"state": FaceScan.State.DONE, "finished_at": timezone.now()}
    )
    return image


def faces_stored(image: Image, drawn: DrawnPhoto, people: dict[str, Person]) -> list[Face]:
    """Store the faces of a photo with their people, which are created (and added to `people`) as needed."""
    pixels = np.asarray(drawn.picture)
    faces = []
    for seen in drawn.faces:
        if seen.who not in people:
            name = "" if seen.who.startswith("?") else seen.who
            people[seen.who] = Person.objects.create(owner=image.owner, name=name)
        faces.append(_face(image, people[seen.who], seen, pixels))
    return faces


def _face(image: Image, person: Person, seen: SeenFace, pixels: Pixels) -> Face:
    x, y, w, h = seen.box
    height, width = pixels.shape[:2]
    face = Face(
        image=image,
        person=person,
        x=x / width,
        y=y / height,
        w=w / width,
        h=h / height,
        landmarks=[0.5] * 10,
        score=0.99,
        # The best face becomes the cover.
        quality=min(1.0, w / 450) * {"smile": 1.0, "laugh": 0.9, "calm": 0.7}[seen.mouth],
        detector="drawn",
    )
    portrait = portrait_crop(pixels, Box(x, y, w, h), side=CROP_SIDE)
    face.crop.name = portrait_store(owner_id=image.owner_id, portrait=portrait)
    face.save()
    vector_set(face, seen.who, spread=SPREADS[face.pk % len(SPREADS)])
    return face


def vector_set(face: Face, who: str, *, spread: float) -> None:
    """Store a vector near that of `who`; the models are not meant for drawings."""
    FaceEmbedding.objects.filter(face=face).delete()
    FaceEmbedding.of_face(
        face,
        owner_id=face.image.owner_id,
        model=settings.EMBEDDER,
        vector=vector_near(who, spread=spread, seed=face.pk),
        clarity=1.0,
    ).save()


def vector_near(who: str, *, spread: float, seed: int) -> NDArray[np.float32]:
    """Return a unit vector (256,) near those of `who` and of similar people."""
    vector = _look(who) + (LIKENESS * _look(KIN[who]) if who in KIN else 0)
    vector = _unit(vector) + spread * _unit(np.random.default_rng(seed).normal(size=DIMENSIONS))
    return _unit(vector).astype(np.float32)


def _look(who: str) -> NDArray[np.float64]:
    return _unit(np.random.default_rng(zlib.crc32(who.encode())).normal(size=DIMENSIONS))


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)


def grouped(owner: User, people: Iterable[Person]) -> None:
    """Store a finished run, so that no page shows one as pending."""
    OwnerModels.objects.update_or_create(
        owner=owner, defaults={"detector": settings.DETECTOR, "embedder": settings.EMBEDDER}
    )
    ClusteringRun.objects.create(
        owner=owner,
        state=ClusteringRun.State.DONE,
        finished_at=timezone.now(),
        embedder=settings.EMBEDDER,
        faces=Face.objects.filter(image__owner=owner).count(),
        people=len(list(people)),
    )
