"""Faces drawn from formulas, which the mesh takes for real ones, in photos of an owner."""

import hashlib
from datetime import datetime

import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from numpy.typing import NDArray

from albums import imaging
from albums.models import Image
from faces.models import Face, Person
from faces.vision.types import Box, Detection, Pixels
from tests.rows import NOON

SIDE = 480
Point = tuple[float, float]
EYES, NOSE, MOUTH = ((72, 80), (120, 80)), (96, 112), ((76, 140), (116, 140))
"""In a drawing of 192 pixels."""


def drawn_face(
    *, mouth: float = 24, shade: tuple[float, float, float] = (1, 0.85, 0.75), shift: Point = (0, 0)
) -> Pixels:
    """A face of `SIDE` x `SIDE` pixels with a mouth of that width, moved by `shift` in the drawing's unit."""
    y, x = np.mgrid[:SIDE, :SIDE] * 192 / SIDE
    x, y = (x - 96) * 1.5 + 96 - shift[0], (y - 96) * 1.5 + 96 - shift[1]

    def blob(across: float, down: float, wide: float, high: float) -> NDArray[np.float64]:
        return np.asarray(np.exp(-(((x - across) / wide) ** 2) - ((y - down) / high) ** 2))

    face = 0.25 + 0.6 * (blob(96, 96, 60, 78) > 0.37)
    eyes = sum(0.5 * blob(*eye, 11, 6) for eye in EYES)
    grey = np.clip(face - eyes - 0.2 * blob(*NOSE, 9, 14) - 0.35 * blob(96, 140, mouth, 7), 0, 1)
    return np.asarray(grey[..., None] * shade * 255, dtype=np.uint8)


def place(point: Point, shift: Point = (0, 0)) -> Point:
    """The place of a point of the drawing, relative to the photo."""
    x, y = (((value + moved - 96) / 1.5 + 96) / 192 for value, moved in zip(point, shift, strict=True))
    return x, y


def detection(shift: Point = (0, 0)) -> Detection:
    """The drawn face as a detector finds it, in pixels of the photo."""
    points = np.array([place(point, shift) for point in (*EYES, NOSE, *MOUTH)], dtype=np.float32) * SIDE
    left, top = (value * SIDE for value in place((36, 18), shift))
    return Detection(Box(left, top, 120 / 1.5 / 192 * SIDE, 156 / 1.5 / 192 * SIDE), points, 0.99)


def photo_of(owner: User, pixels: Pixels, *, taken: datetime | None = NOON) -> Image:
    content = imaging.encode_jpeg(pixels, quality=95).data
    image = Image(
        owner=owner,
        sha256=hashlib.sha256(content).hexdigest(),
        source_path="drawn.jpg",
        size_bytes=len(content),
        mime_type="image/jpeg",
        width=pixels.shape[1],
        height=pixels.shape[0],
        captured_at=taken,
        state=Image.State.READY,
    )
    image.original.save("drawn.jpg", ContentFile(content), save=False)
    image.save()
    return image


def stored_face(
    owner: User,
    *,
    mouth: float = 24,
    shade: tuple[float, float, float] = (1, 0.85, 0.75),
    shift: Point = (0, 0),
    person: Person | None = None,
    taken: datetime | None = NOON,
    pixels: Pixels | None = None,
) -> Face:
    """A drawn face in a stored photo; other `pixels` show something else in its place."""
    image = photo_of(
        owner, drawn_face(mouth=mouth, shade=shade, shift=shift) if pixels is None else pixels, taken=taken
    )
    found = detection(shift)
    return Face.objects.create(
        image=image,
        person=person,
        x=found.box.x / SIDE,
        y=found.box.y / SIDE,
        w=found.box.w / SIDE,
        h=found.box.h / SIDE,
        landmarks=[float(value) / SIDE for value in found.landmarks.ravel()],
        score=0.99,
        quality=0.8,
        detector="drawn",
    )
