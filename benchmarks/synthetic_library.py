"""The content of a synthetic library: pictures, photos over the years, vectors of faces, albums and names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

SPREAD = 0.45
"""Length of the difference between the vectors of a face and its person, which has length 1."""
DIMENSIONS = 256
PICTURES = 200
SHAPES = ((2048, 1536), (2048, 1365), (1536, 2048), (1365, 2048), (2048, 1152), (2048, 2048), (2048, 700))
# fmt: off
FIRST = (
    "Anna", "Bruno", "Chloé", "Dara", "Emil", "Fatou", "Goran", "Hana", "Iñigo", "Jamila", "Kaspar", "Leila",
    "Mateo", "Nora", "Omar", "Pia",
)
LAST = (
    "Abel", "Brandt", "Castillo", "Dupont", "Eriksen", "Fofana", "García", "Haddad", "Ivanova", "Jansen",
    "Kowalski", "Lefèvre",
)
# fmt: on
PLACES = (
    ("Lyon, France", 45.76, 4.84),
    ("Sevilla, Spain", 37.39, -5.98),
    ("Bergen, Norway", 60.39, 5.32),
    ("Kyoto, Japan", 35.01, 135.77),
    ("Dakar, Senegal", 14.69, -17.45),
    ("Quito, Ecuador", -0.18, -78.47),
)
CAMERAS = ("Canon EOS R6", "Apple iPhone 14", "Nikon Z 6", "Google Pixel 8", "")
LAST_DAY = datetime(2025, 9, 1, 18, tzinfo=UTC)
YEARS = 15


def pictures_draw(owner_id: int, random: Any) -> list[tuple[int, int]]:
    """Draw the pictures into the storage and return the width and height of each."""
    from io import BytesIO

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from PIL import Image as Pillow
    from PIL import ImageDraw

    def store(picture: Any, *names: str, quality: int) -> None:
        content = BytesIO()
        picture.save(content, "JPEG", quality=quality)
        for name in names:
            default_storage.save(name, ContentFile(content.getvalue()))

    shapes = []
    for number in range(PICTURES):
        width, height = SHAPES[number % len(SHAPES)]
        sky, ground, skin = (tuple(int(value) for value in random.integers(60, 240, 3)) for _ in range(3))
        small = Pillow.new("RGB", (width // 4, height // 4), sky)
        draw = ImageDraw.Draw(small)
        draw.rectangle((0, height // 6, width // 4, height // 4), fill=ground)
        across, top = width // 8, height // 12
        draw.ellipse((across - top, top, across + top, top + int(2.4 * top)), fill=skin)
        preview = small.resize((width, height))
        name = f"{owner_id}/drawn/{number:03}"
        store(preview, f"renditions/{name}-preview.jpg", f"originals/{name}.jpg", quality=70)
        store(preview.resize((256, 256)), f"faces/{name}.jpg", quality=80)
        small.thumbnail((512, 512))
        store(small, f"renditions/{name}-thumbnail.jpg", quality=80)
        shapes.append((width, height))
    return shapes


def images(owner_id: int, random: Any, back: Any, shapes: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the photos, the newest first."""
    places = random.integers(0, len(PLACES) + 2, len(back))
    cameras = random.integers(0, len(CAMERAS), len(back))
    for number, days in enumerate(back.tolist()):
        width, height = shapes[number % PICTURES]
        taken = LAST_DAY - timedelta(days=days)
        place, latitude, longitude = (
            PLACES[places[number]] if places[number] < len(PLACES) else ("", None, None)
        )
        if latitude is not None:
            # Not all at one spot: within some 5 km.
            latitude += (number % 991 / 991 - 0.5) / 10
            longitude += (number % 997 / 997 - 0.5) / 10
        yield {
            "id": number + 1,
            "owner_id": owner_id,
            "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
            "original": f"originals/{owner_id}/drawn/{number % PICTURES:03}.jpg",
            "source_path": f"{taken:%Y}/{taken:%m}/IMG_{number:06}.jpg",
            "size_bytes": 180_000,
            "mime_type": "image/jpeg",
            "width": width,
            "height": height,
            # Some have no date.
            "captured_at": None if number % 97 == 96 else taken,
            "camera": CAMERAS[cameras[number]],
            "place": place,
            "latitude": latitude,
            "longitude": longitude,
            "description": "A day out, with the whole family" if number % 50 == 0 else "",
            "state": "ready",
        }


def fingerprints(random: Any, photos: int) -> Iterator[dict[str, Any]]:
    """Yield the rows of the fingerprints; four photos in a row look alike."""
    hashes = random.integers(-(2**63), 2**63 - 1, photos // 4 + 1)
    for number in range(photos):
        yield {"image_id": number + 1, "hash": int(hashes[number // 4]), "sharpness": 5.0 + number % 7}


def vectors(random: Any, who: Any, people: int) -> Iterator[str]:
    """Yield the vector of each face, near that of its person, as text with four decimals."""
    import numpy as np

    def unit(rows: Any) -> Any:
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    centres = unit(random.normal(size=(people, DIMENSIONS)))
    for start in range(0, len(who), 10_000):
        some = who[start : start + 10_000]
        noise = unit(random.normal(size=(len(some), DIMENSIONS)))
        for row in unit(centres[some] + SPREAD * noise).tolist():
            yield "[" + ",".join([f"{value:.4f}" for value in row]) + "]"


def entries(random: Any, photos: int, album_count: int) -> Iterator[dict[str, Any]]:
    """Yield the photos in albums: consecutive ones, as of a journey; one album has a tenth of all."""
    for number in range(album_count):
        size = max(1, photos // 10) if number == 0 else int(random.integers(1, max(2, min(400, photos))))
        start = int(random.integers(0, max(1, photos - size)))
        for image in range(start, min(photos, start + size)):
            yield {"album_id": number + 1, "image_id": image + 1}


def name_of(number: int) -> str:
    """Return a unique name."""
    first, rest = FIRST[number % len(FIRST)], number // len(FIRST)
    name = f"{first} {LAST[rest % len(LAST)]}"
    again = rest // len(LAST)
    return f"{name} {again + 1}" if again else name
