"""Rows and drawn pictures for the tests of pages: no file of a real person, no model, no worker."""

import hashlib
import itertools
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from io import BytesIO
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageDraw

from albums.models import Image, Rendition
from faces.models import Face, FaceEmbedding, FaceScan, Person
from faces.services.core.pixels import portrait_store

NOON = datetime(2024, 6, 15, 12, tzinfo=UTC)


@cache
def drawn_jpeg(width: int = 96, height: int = 64, *, shade: int = 0) -> bytes:
    """A picture with something to see on it; another `shade` makes other bytes."""
    picture = Pillow.new("RGB", (width, height), (40 + shade * 37 % 180, 110, 90 + shade * 53 % 150))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.8), fill=(235, 200, 170))
    draw.ellipse((width * 0.4, height * 0.4, width * 0.44, height * 0.48), fill=(30, 30, 30))
    draw.ellipse((width * 0.56, height * 0.4, width * 0.6, height * 0.48), fill=(30, 30, 30))
    draw.arc((width * 0.4, height * 0.45, width * 0.6, height * 0.7), 20, 160, fill=(120, 40, 40), width=2)
    buffer = BytesIO()
    picture.save(buffer, "JPEG")
    return buffer.getvalue()


def stored_image(
    owner: User,
    *,
    number: int = 1,
    captured_at: datetime | None = NOON,
    name: str | None = None,
    size: tuple[int, int] = (96, 64),
    state: str = Image.State.READY,
    binned: bool = False,
) -> Image:
    """An image with its original and, when ready, both renditions; `number` makes it another one."""
    content = drawn_jpeg(*size, shade=number)
    image = Image(
        owner=owner,
        sha256=hashlib.sha256(f"{owner.pk}-{number}".encode()).hexdigest(),
        source_path=name or f"holiday/photo-{number}.jpg",
        size_bytes=len(content),
        mime_type="image/jpeg",
        width=size[0],
        height=size[1],
        captured_at=captured_at,
        state=state,
        binned_at=timezone.now() if binned else None,
    )
    image.original.save("original.jpg", ContentFile(content), save=False)
    image.save()
    if state == Image.State.READY:
        for kind in Rendition.Kind.values:
            rendition = Rendition(image=image, kind=kind, width=size[0], height=size[1])
            rendition.file.save("rendition.jpg", ContentFile(content), save=False)
            rendition.save()
    return image


def image_rows(
    owner: User,
    count: int,
    *,
    apart: timedelta = timedelta(days=1),
    shapes: Sequence[tuple[int, int]] = ((90, 60),),
) -> list[Image]:
    """Many ready images without files, one a day back from `NOON`: for lists and their query counts."""
    images = Image.objects.bulk_create(
        Image(
            owner=owner,
            sha256=hashlib.sha256(f"row-{owner.pk}-{number}".encode()).hexdigest(),
            source_path=f"row-{number}.jpg",
            original="originals/none.jpg",
            size_bytes=10,
            mime_type="image/jpeg",
            width=width,
            height=height,
            captured_at=NOON - apart * number,
            state=Image.State.READY,
        )
        for number, (width, height) in zip(range(count), itertools.cycle(shapes), strict=False)
    )
    Rendition.objects.bulk_create(
        Rendition(image=image, kind=kind, file="renditions/none.jpg", width=90, height=60)
        for image in images
        for kind in Rendition.Kind.values
    )
    return images


def face_row(image: Image, *, person: Person | None = None, quality: float = 0.8, crop: bool = True) -> Face:
    """A face in the middle of `image`."""
    face = Face(
        image=image,
        person=person,
        x=0.3,
        y=0.2,
        w=0.4,
        h=0.6,
        landmarks=[0.5] * 10,
        score=0.99,
        quality=quality,
        detector="drawn",
    )
    if crop:
        face.crop.save("face.jpg", ContentFile(drawn_jpeg(64, 64)), save=False)
    face.save()
    return face


def cropped_face(image: Image, person: Person | None = None) -> Face:
    """A face whose picture is where the search for faces puts it."""
    face = face_row(image, person=person, crop=False)
    face.crop = portrait_store(owner_id=image.owner_id, portrait=np.zeros((8, 8, 3), np.uint8))
    face.save()
    return face


def people_rows(owner: User, count: int, *, named: bool = True) -> list[Person]:
    """Many people with one face each, all in one photo."""
    image = image_rows(owner, 1)[0]
    people = Person.objects.bulk_create(
        Person(owner=owner, name=f"Person {number:04}" if named else "") for number in range(count)
    )
    Face.objects.bulk_create(
        Face(
            image=image,
            person=person,
            x=0.1,
            y=0.1,
            w=0.2,
            h=0.2,
            landmarks=[0.5] * 10,
            score=0.9,
            quality=0.7,
            detector="drawn",
            crop="faces/none.jpg",
        )
        for person in people
    )
    return people


def group_of(owner: User, size: int, *, look: int = 1, name: str = "", waiting: bool = False) -> Person:
    """A person whose faces look alike, each in a photo of its own; of the same look as others of `look`."""
    person = Person.objects.create(owner=owner, name=name)
    for _ in range(size):
        number = Image.objects.filter(owner=owner).count()
        face = face_row(stored_image(owner, number=number), person=None if waiting else person)
        FaceScan.objects.create(image=face.image, state=FaceScan.State.DONE)
        vector = np.random.default_rng(look).normal(size=128)
        vector += 0.2 * np.random.default_rng(face.pk).normal(size=128)
        vector = (vector / np.linalg.norm(vector)).astype(np.float32)
        FaceEmbedding.objects.create(face=face, owner=owner, model="facenet128", vector=vector)
    return person


def whole(response: Any) -> bytes:
    """The content of an answer, also of one that is sent in pieces: reading it to the end closes it."""
    pieces = response.streaming_content if response.streaming else [response.content]
    return b"".join(pieces)


def next_page(page: str) -> str:
    """Return the address of the link to the next page of a grid."""
    found = re.search(r'href="(\?[^"]*\bafter=[^"]+)"', unescape(page))
    assert found, "there is no next page"
    return found[1]
