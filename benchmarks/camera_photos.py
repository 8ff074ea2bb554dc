"""Compose photos like those of a camera: 12 megapixels, grain, any EXIF orientation, one to four known faces.

They are composed from single-face pictures (PERSON/FILE.jpg); the same seed gives the same photos. Decoding
one costs what decoding a camera's photo costs, and its faces can be detected and grouped.
"""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

STORED = (4032, 3024)
"""Width and height of the stored pixels: 12 megapixels."""

PEOPLE = 40
SMALLEST, LARGEST = 400, 1300
"""Side of the square that shows one person, in pixels; the face takes about two fifths of it."""

QUALITY = 92
GRAIN = 4.0
ORIENTATION, DATE_TIME = 0x0112, 0x0132
STORED_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""The transposition with which a camera stores an upright picture, by EXIF orientation."""


def compose(pictures: Path, folder: Path, *, count: int, seed: int) -> int:
    """Write `count` photos of the people with most files in `pictures`, and return the number of faces."""
    files = {person.name: sorted(person.glob("*.jpg")) for person in sorted(pictures.iterdir())}
    people = sorted(files, key=lambda name: (-len(files[name]), name))[:PEOPLE]
    folder.mkdir(parents=True, exist_ok=True)
    one = partial(_photo, [files[name] for name in people], folder, seed)
    with ProcessPoolExecutor(2) as pool:
        done = pool.map(one, range(count), chunksize=2)
        return sum(tqdm(done, total=count, desc="Composing", unit=" photos", leave=False, disable=None))


def _photo(people: list[list[Path]], folder: Path, seed: int, number: int) -> int:
    """Write one photo and return the number of faces in it."""
    rng = np.random.default_rng([seed, number])
    orientation = number % 8 + 1
    width, height = STORED if orientation < 5 else STORED[::-1]
    canvas = _background(rng, width, height)
    cells = rng.permutation(4)[: rng.integers(1, 5)]
    people_shown = rng.choice(len(people), len(cells), replace=False)
    for cell, person in zip(cells, people_shown, strict=True):
        side = int(rng.integers(SMALLEST, LARGEST + 1))
        files = people[person]
        tile = np.asarray(Image.open(files[rng.integers(len(files))]).convert("RGB"))
        tile = cv2.resize(tile, (side, side), interpolation=cv2.INTER_CUBIC)
        left = cell % 2 * (width // 2) + int(rng.integers(0, width // 2 - side + 1))
        top = cell // 2 * (height // 2) + int(rng.integers(0, height // 2 - side + 1))
        canvas[top : top + side, left : left + side] = tile
    grained = _grained(rng, canvas)
    photo = Image.fromarray(grained)
    if orientation in STORED_AS:
        photo = photo.transpose(STORED_AS[orientation])
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[DATE_TIME] = f"2024:{number // 28 % 12 + 1:02}:{number % 28 + 1:02} 12:00:00"
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=QUALITY, exif=exif)
    (folder / f"photo_{number:04}.jpg").write_bytes(file.getvalue())
    return len(cells)


def _background(rng: np.random.Generator, width: int, height: int) -> NDArray[np.uint8]:
    """Return a smooth colour gradient: (height, width, 3)."""
    corners = rng.integers(40, 200, (3, 3, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC))


def _grained(rng: np.random.Generator, canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture with sensor noise."""
    patch = rng.normal(0, GRAIN, (512, 512, 1)).astype(np.int16)
    down, across = -(-canvas.shape[0] // 512), -(-canvas.shape[1] // 512)
    grain = np.tile(patch, (down, across, 1))[: canvas.shape[0], : canvas.shape[1]]
    return np.clip(canvas.astype(np.int16) + grain, 0, 255).astype(np.uint8)
