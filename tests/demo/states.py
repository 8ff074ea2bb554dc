"""Libraries for screenshots: full, empty, few or very many photos, long names, no faces."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from albums.models import Image, Rendition
from faces.models import Face, FaceEmbedding, FaceScan, Person
from tests.demo.album import photos
from tests.demo.rows import NEWEST, faces_stored, grouped, photo_stored, vector_near

STATES = ("full", "empty", "few", "many", "long-names", "no-faces")
FEW = 3
MANY = 3000
FAMILIES = (
    "Abel",
    "Brandt",
    "Castillo",
    "Dupont",
    "Eriksen",
    "Fofana",
    "García",
    "Haddad",
    "Ivanova",
    "Jansen",
)
NAMED_OF_TEN = 6
LONG_NAME = 60
LONG_FIRST = (
    "Wolfeschlegelsteinhausenbergerdorff",
    "Maria Magdalena Theresia von und zu Hohenlohe-Langenburg",
    "Nebahat-Chukwuemeka",
)
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Library:
    """The photos, newest first, and the people by the names under which they were drawn."""

    owner: User
    images: list[Image]
    people: dict[str, Person]
    faces: list[Face]


def library_filled(owner: User, state: str) -> Library:
    """Fill the owner's library; `state` is one of `STATES`."""
    people: dict[str, Person] = {}
    images, faces = [], []
    count = {"empty": 0, "few": FEW}.get(state)
    for number, drawn in enumerate(islice(photos(), count)):
        image = photo_stored(owner, drawn, number)
        images.append(image)
        if state != "no-faces":
            faces += faces_stored(image, drawn, people)
    if state == "long-names":
        _lengthened(images, people)
    everybody = list(people.values())
    if state == "many":
        everybody += _multiplied(owner, images, people)
    grouped(owner, everybody)
    return Library(owner, images, people, faces)


def long_name(text: str, number: int, *, length: int = LONG_NAME) -> str:
    """Return a long name with `text` in it; some names can break between words, some nowhere."""
    filled = f"{text} {LONG_FIRST[number % len(LONG_FIRST)]}"
    return (filled + " Schwarzenbach-Przybyszewski" * 3)[:length].strip()


def _lengthened(images: list[Image], people: dict[str, Person]) -> None:
    for number, person in enumerate(people.values()):
        if person.name:
            person.name = long_name(person.name, number)
            person.save(update_fields=["name"])
    for number, image in enumerate(images):
        folders, _slash, name = image.source_path.rpartition("/")
        stem = name.removesuffix(".jpg")
        image.source_path = f"{folders}/{long_name(stem, number).replace(' ', '_')}.jpg"
        image.place = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch, United Kingdom"
        image.camera = "Hasselblad Aktiebolag Imaging Systems X2D-100C Medium Format"
        image.description = (image.description + " ") * 6
        image.save(update_fields=["source_path", "place", "camera", "description"])


def _multiplied(owner: User, images: list[Image], people: dict[str, Person]) -> list[Person]:
    """Add photos up to `MANY`, which share the pictures of the existing ones."""
    rounds = range(1, -(-MANY // len(images)) + 1)
    who_of = {person.pk: who for who, person in people.items()}
    names = list(people)
    more = {
        (family, who): Person(owner=owner, name=f"{who} {family}" if _has_name(at, number) else "")
        for at, family in enumerate(FAMILIES)
        for number, who in enumerate(names)
        if not who.startswith("?")
    }
    Person.objects.bulk_create(more.values(), batch_size=BATCH)
    renditions, faces = defaultdict(list), defaultdict(list)
    for rendition in Rendition.objects.filter(image__in=images):
        renditions[rendition.image_id].append(rendition)
    for face in Face.objects.filter(image__in=images):
        faces[face.image_id].append(face)
    for number in rounds:
        family = FAMILIES[number % len(FAMILIES)]
        copies = [_copy(image, number) for image in images[: MANY - len(images) * number]]
        Image.objects.bulk_create(copies)
        pairs = list(zip(images, copies, strict=False))
        FaceScan.objects.bulk_create(
            FaceScan(image=copy, state=FaceScan.State.DONE, finished_at=timezone.now()) for copy in copies
        )
        Rendition.objects.bulk_create(
            Rendition(image=copy, kind=row.kind, file=row.file.name, width=row.width, height=row.height)
            for image, copy in pairs
            for row in renditions[image.pk]
        )
        seen = [(row, copy) for image, copy in pairs for row in faces[image.pk]]
        made = [_face_copy(row, copy, more.get((family, who_of[row.person_id or 0]))) for row, copy in seen]
        Face.objects.bulk_create(made)
        FaceEmbedding.objects.bulk_create(
            FaceEmbedding.of_face(
                face,
                owner_id=owner.pk,
                model=settings.EMBEDDER,
                vector=vector_near(f"{who_of[row.person_id or 0]} {family}", spread=0.4, seed=face.pk),
                clarity=1.0,
            )
            for face, (row, _copy_of) in zip(made, seen, strict=True)
        )
    return list(more.values())


def _has_name(family: int, number: int) -> bool:
    return (family * 7 + number) % 10 < NAMED_OF_TEN


def _copy(image: Image, number: int) -> Image:
    taken = NEWEST - timedelta(days=number * 47, hours=image.pk % 61, minutes=image.pk)
    return Image(
        owner_id=image.owner_id,
        sha256=hashlib.sha256(f"{image.sha256}-{number}".encode()).hexdigest(),
        original=image.original.name,
        source_path=f"{taken:%Y}/IMG_{number:02}{image.pk:04}.jpg",
        size_bytes=image.size_bytes,
        mime_type=image.mime_type,
        width=image.width,
        height=image.height,
        captured_at=taken,
        camera=image.camera,
        place=image.place,
        country=image.country,
        latitude=image.latitude,
        longitude=image.longitude,
        state=Image.State.READY,
    )


def _face_copy(row: Face, copy: Image, person: Person | None) -> Face:
    return Face(
        image=copy,
        person=person,
        x=row.x,
        y=row.y,
        w=row.w,
        h=row.h,
        landmarks=row.landmarks,
        score=row.score,
        quality=row.quality * 0.9,
        detector=row.detector,
        crop=row.crop.name,
    )
