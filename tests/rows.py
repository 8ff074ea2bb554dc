"""Rows for tests, drawn pictures for them, and readers of answers: no real person, no model, no worker.

`new_…` builds a row that the test saves, `…_row` saves one, and `…_rows` saves many at once.
"""

import hashlib
import itertools
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from io import BytesIO
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.utils import timezone
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from albums.models import Album, AlbumImage, Image, Rendition, Upload
from faces.models import Face, FaceEmbedding, FaceScan, Person
from faces.services.core.pixels import portrait_store
from faces.vision.types import Box

NOON = datetime(2024, 6, 15, 12, tzinfo=UTC)
MODEL, DIMENSIONS = "facenet_sface256", 256
MIDDLE = Box(0.3, 0.2, 0.4, 0.6)
Vector = NDArray[np.float32]
_NUMBERS = itertools.count()


def unit(vector: NDArray[np.floating]) -> Vector:
    """The vector stretched to length 1."""
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


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


def new_image(owner: User, **fields: Any) -> Image:
    """A ready photo without a file that is not saved yet, unlike all others."""
    number = next(_NUMBERS)
    usual = {
        "sha256": hashlib.sha256(f"row-{number}".encode()).hexdigest(),
        "source_path": f"row-{number}.jpg",
        "original": "originals/none.jpg",
        "size_bytes": 10,
        "mime_type": "image/jpeg",
        "width": 90,
        "height": 60,
        "state": Image.State.READY,
    }
    return Image(owner=owner, **usual | fields | {"captured_at": clock(fields.get("captured_at"))})


def clock(moment: datetime | None) -> datetime | None:
    """The clock that a moment shows: photos have no time zone."""
    return moment and moment.replace(tzinfo=None)


def image_row(owner: User, **fields: Any) -> Image:
    image = new_image(owner, **fields)
    image.save()
    return image


def image_rows(
    owner: User,
    count: int,
    *,
    apart: timedelta = timedelta(days=1),
    shapes: Sequence[tuple[int, int]] = ((90, 60),),
    **fields: Any,
) -> list[Image]:
    """Many ready images with renditions without files, one a day back from `NOON`: for lists."""
    images = Image.objects.bulk_create(
        new_image(
            owner,
            **{"source_path": f"row-{number}.jpg", "captured_at": NOON - apart * number} | fields,
            width=width,
            height=height,
        )
        for number, (width, height) in zip(range(count), itertools.cycle(shapes), strict=False)
    )
    Rendition.objects.bulk_create(
        Rendition(image=image, kind=kind, file="renditions/none.jpg", width=90, height=60)
        for image in images
        for kind in Rendition.Kind.values
    )
    return images


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
    image = new_image(
        owner,
        sha256=hashlib.sha256(f"{owner.pk}-{number}".encode()).hexdigest(),
        source_path=name or f"holiday/photo-{number}.jpg",
        size_bytes=len(content),
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


def album_of(owner: User, *images: Image, name: str = "Holiday", **fields: Any) -> Album:
    """An album with these images."""
    album = Album.objects.create(owner=owner, name=name, **fields)
    AlbumImage.objects.bulk_create(AlbumImage(album=album, image=image) for image in images)
    return album


def new_upload(owner: User, **fields: Any) -> Upload:
    """An upload that was announced, of which nothing has arrived."""
    digest = hashlib.sha256(f"upload-{next(_NUMBERS)}".encode()).hexdigest()
    return Upload(owner=owner, **{"sha256": digest, "name": "all.zip", "size_bytes": 9} | fields)


def upload_row(owner: User, **fields: Any) -> Upload:
    upload = new_upload(owner, **fields)
    upload.save()
    return upload


def new_face(image: Image, box: Box = MIDDLE, **fields: Any) -> Face:
    """A face, by default in the middle of `image`, that is not saved yet."""
    usual = {"landmarks": [0.5] * 10, "score": 0.99, "quality": 0.8, "detector": "drawn"}
    return Face(image=image, x=box.x, y=box.y, w=box.w, h=box.h, **usual | fields)


def face_row(
    image: Image,
    box: Box = MIDDLE,
    *,
    crop: bool = True,
    vector: Vector | None = None,
    model: str = MODEL,
    **fields: Any,
) -> Face:
    """A face with a crop and, when given, the vector of `model`."""
    face = new_face(image, box, **fields)
    if crop:
        face.crop.save("face.jpg", ContentFile(drawn_jpeg(64, 64)), save=False)
    face.save()
    if vector is not None:
        embedding_row(face, vector, model=model)
    return face


def face_rows(images: Sequence[Image], people: Sequence[Person | None], **fields: Any) -> list[Face]:
    """Many faces of these people, each in its image; the file of the crop is missing."""
    return Face.objects.bulk_create(
        new_face(image, person=person, crop="faces/none.jpg", **fields)
        for image, person in zip(images, people, strict=True)
    )


def embedding_row(face: Face, vector: Vector, *, model: str = MODEL) -> FaceEmbedding:
    return embedding_rows([face], [vector], model=model)[0]


def embedding_rows(
    faces: Sequence[Face], vectors: Iterable[Vector], *, model: str = MODEL
) -> list[FaceEmbedding]:
    return FaceEmbedding.objects.bulk_create(
        FaceEmbedding(face=face, owner_id=face.image.owner_id, model=model, vector=vector)
        for face, vector in zip(faces, vectors, strict=True)
    )


def cropped_face(image: Image, person: Person | None = None) -> Face:
    """A face whose picture is where the search for faces puts it."""
    face = face_row(image, person=person, crop=False)
    face.crop = portrait_store(owner_id=image.owner_id, portrait=np.zeros((8, 8, 3), np.uint8))
    face.save()
    return face


def people_rows(owner: User, count: int, *, named: bool = True) -> list[Person]:
    """Many people with one face each, all in one photo."""
    people = person_rows(owner, count, named=named)
    face_rows(image_rows(owner, 1) * count, people)
    return people


def person_rows(owner: User, count: int, *, named: bool = True, first: int = 0) -> list[Person]:
    return Person.objects.bulk_create(
        Person(owner=owner, name=f"Person {number:04}" if named else "")
        for number in range(first, first + count)
    )


def group_of(
    owner: User, size: int, *, look: int = 1, name: str = "", waiting: bool = False, files: bool = True
) -> Person:
    """A person whose faces look alike, each in a photo of its own; of the same look as others of `look`."""
    person = Person.objects.create(owner=owner, name=name)
    placed = None if waiting else person
    if files:
        before = Image.objects.filter(owner=owner).count()
        images = [stored_image(owner, number=before + number) for number in range(size)]
        faces = [face_row(image, person=placed) for image in images]
    else:
        images = image_rows(owner, size)
        faces = face_rows(images, [placed] * size)
    FaceScan.objects.bulk_create(FaceScan(image=image, state=FaceScan.State.DONE) for image in images)
    base = np.random.default_rng(look).normal(size=DIMENSIONS)
    embedding_rows(
        faces, [unit(base + 0.2 * np.random.default_rng(face.pk).normal(size=DIMENSIONS)) for face in faces]
    )
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
