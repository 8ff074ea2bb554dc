"""People of one colour: photos, a detector and an embedder whose answers are known, for tests without models.

A face is a square with a pattern, of a given size, and the person is its colour. Everything between the
file and the row is the real thing.
"""

import hashlib
import io
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from numpy.typing import NDArray
from PIL import Image as Pillow

from albums.models import Image
from faces.models import Face
from faces.vision.boxes.turned import CUTOUT_SIDE
from faces.vision.types import Box, Detection, Embedded, FaceCrops, Pixels
from tests.rows import DIMENSIONS, MODEL, embedding_row, face_row, new_image, unit

COLOURS = {
    "red": (230, 30, 30),
    "green": (30, 200, 40),
    "blue": (40, 60, 230),
    "yellow": (235, 220, 30),
    "violet": (170, 40, 200),
    "cyan": (30, 210, 220),
}
POINTS = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.75], [0.65, 0.75]])
WIDTH, HEIGHT = 480, 320
CORNER = Box(0.1, 0.1, 0.2, 0.3)
Place = tuple[int, int, int]
"""Left, top and side of a face, in pixels of the photo."""


def seeded(*what: object, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """A direction that belongs to `what`: the same each time, and far from all others."""
    seed = int.from_bytes(hashlib.sha256(repr(what).encode()).digest()[:8], "big")
    return unit(np.random.default_rng(seed).normal(size=dimensions))


def near(vector: NDArray[np.float32], *what: object, by: float = 0.3) -> NDArray[np.float32]:
    """A vector near another: at a cosine distance of 0.04 for 0.3, of 0.1 for 0.5."""
    return unit(vector.astype(np.float64) + by * seeded(*what, dimensions=len(vector)))


def drawn(size: tuple[int, int] = (WIDTH, HEIGHT), /, **people: Place) -> bytes:
    """A photo as PNG, with these people in it: `drawn(red=(20, 30, 100))`."""
    pixels = np.full((size[1], size[0], 3), 128, dtype=np.uint8)
    for colour, (left, top, side) in people.items():
        face = np.full((side, side, 3), COLOURS[colour], dtype=np.uint8)
        step = max(4, side // 12)
        for line in range(step, side - step, 2 * step):
            face[line : line + step // 2, step:-step] = 0
        pixels[top : top + side, left : left + side] = face
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def photo(owner: User, path: str = "", *, size: tuple[int, int] = (WIDTH, HEIGHT), **people: Place) -> Image:
    """A photo of these people that was read, and not looked at yet."""
    return stored(owner, drawn(size, **people), path, size=size)


def stored(owner: User, content: bytes, path: str = "", *, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image:
    """A ready photo whose file has this content, whatever that is."""
    number = Image.objects.count()
    image = new_image(
        owner,
        sha256=hashlib.sha256(f"{owner.pk} {number}".encode() + content).hexdigest(),
        source_path=path or f"photo-{number}.png",
        size_bytes=len(content),
        mime_type="image/png",
        width=size[0],
        height=size[1],
    )
    image.original.save("original.png", ContentFile(content), save=False)
    image.save()
    return image


class ColourDetector:
    """Finds the coloured squares. `blind` are colours that it does not see; `before` runs for every photo.

    looks: photos that it has looked at; the cutout of a single face is none.
    """

    def __init__(
        self,
        *,
        name: str = "coloured",
        blind: set[str] | None = None,
        score: float = 0.95,
        before: Callable[[Pixels], object] | None = None,
    ) -> None:
        self.name = name
        self.blind = blind or set()
        self.score = score
        self.before = before
        self.looks = 0

    def detect(self, picture: Pixels, /) -> list[Detection]:
        if picture.shape[:2] != (CUTOUT_SIDE, CUTOUT_SIDE):
            self.looks += 1
            if self.before is not None:
                self.before(picture)
        found = []
        for name in sorted(set(COLOURS) - self.blind):
            rows, columns = np.nonzero(_of_colour(picture, name))
            if rows.size:
                left, top = float(columns.min()), float(rows.min())
                box = Box(left, top, columns.max() + 1 - left, rows.max() + 1 - top)
                points = POINTS * [box.w, box.h] + [left, top]
                found.append(Detection(box, np.asarray(points, dtype=np.float32), self.score))
        return found


def rewritten(image: Image, **people: Place) -> None:
    """Put another picture into the file of a photo."""
    storage, name = image.original.storage, str(image.original.name)
    storage.delete(name)
    storage.save(name, ContentFile(drawn(**people)))


class ColourEmbedder:
    """Gives every colour its direction, with a little scatter. It has the name of the configured model."""

    name = MODEL
    dimensions = DIMENSIONS
    side = 96

    def __init__(self, *, scatter: float = 0.3) -> None:
        self.scatter = scatter
        self.batches: list[int] = []

    def crop(self, picture: Pixels, detection: Detection, /) -> FaceCrops:
        box = detection.box
        part = picture[round(box.y) : round(box.y + box.h), round(box.x) : round(box.x + box.w)]
        return (np.asarray(cv2.resize(part, (self.side, self.side)), dtype=np.uint8),)

    def embed(self, faces: Sequence[FaceCrops], /) -> Embedded:
        self.batches.append(len(faces))
        vectors = np.stack([self._vector(crop) for (crop,) in faces])
        return Embedded(vectors, np.ones(len(faces), np.float32))

    def _vector(self, crop: Pixels) -> NDArray[np.float32]:
        colour = max(COLOURS, key=lambda name: int(_of_colour(crop, name).sum()))
        return near(seeded(colour), hashlib.sha256(crop.tobytes()).hexdigest(), by=self.scatter)


def _of_colour(picture: Pixels, name: str) -> NDArray[np.bool_]:
    return np.asarray((np.abs(picture.astype(int) - COLOURS[name]) < 40).all(axis=2))


def face(image: Image, who: str = "red", box: Box = CORNER, *, by: float = 0.3, **fields: Any) -> Face:
    """A face that was found, with an embedding near its colour's direction."""
    row = face_row(image, box, crop=False, detector="coloured", **fields)
    embedding_row(row, near(seeded(who), row.pk, by=by))
    return row
