"""Albums with a known person for each face, embedded by the product's own pipeline."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harness
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

BATCH = 32  # photos per pass through the pipeline


@dataclass(frozen=True)
class Album:
    """The faces of an album and its ground truth.

    photos: (n,) names. boxes: (n, 4) pixels, x y w h. strong: (n,) good enough to start a group.
    vectors: (n, dimensions). clarity: (n,) 0..1, the embedding norm relative to that of a clear face.
    """

    name: str
    truth: list[dict[str, Any]]
    photos: NDArray[np.str_]
    boxes: NDArray[np.float64]
    strong: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    clarity: NDArray[np.float32]


def embedded(folder: Path, models_dir: Path | None) -> dict[str, NDArray[Any]]:
    """Embed every face in the pictures below a folder with the product's own pipeline."""
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER], models_dir)

    from albums import imaging
    from faces.conf import FaceSettings
    from faces.runtime import get_pipeline
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE
    from faces.vision.quality import PoorReason

    pipeline = get_pipeline(FaceSettings(harness.DETECTOR, harness.EMBEDDER, LONG_SIDE, models_dir))
    files = sorted(folder.rglob("*.jpg"))
    sizes: list[tuple[int, int]] = []

    def pictures(batch: list[Path]) -> Iterator[NDArray[np.uint8]]:
        for file in batch:
            with file.open("rb") as stream:
                picture = imaging.decode(stream)
            sizes.append((picture.shape[1], picture.shape[0]))
            yield picture

    rows = []
    bar = tqdm(total=len(files), desc=folder.name, unit=" photos", leave=False, disable=None)
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        found = pipeline.faces_in(pictures(batch))
        for file, faces, (width, height) in zip(batch, found, sizes[start:], strict=True):
            name = file.relative_to(folder).as_posix()
            for face in faces:
                box = face.box.scaled(width, height)
                good = face.quality.poor_reason is PoorReason.NONE
                place = (box.x, box.y, box.w, box.h)
                rows.append((name, place, (width, height), good, face.vector, np.float32(face.clarity)))
        bar.update(len(batch))
    bar.close()
    names = ("photos", "boxes", "sizes", "strong", "vectors", "clarity")
    return {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def album_read(folder: Path, cache: Path | None, models_dir: Path | None) -> Album:
    """An album with its faces, out of the cache when they are there."""
    composed = (folder / "truth.csv").is_file()
    name = folder.name if composed else f"{folder.resolve().parent.name}-{folder.name}"
    cache = cache and cache / f"{name}-{harness.EMBEDDER}.npz"
    if cache and cache.is_file():
        with np.load(cache) as stored:
            faces = dict(stored)
    else:
        faces = embedded(folder / "photos" if composed else folder, models_dir)
        if cache:
            cache.parent.mkdir(parents=True, exist_ok=True)
            np.savez(cache, **faces)
    if composed:
        with (folder / "truth.csv").open(newline="") as stream:
            truth = list(csv.DictReader(stream))
    else:
        truth = central_truth(folder, faces)
    return Album(
        name, truth, faces["photos"], faces["boxes"], faces["strong"], faces["vectors"], faces["clarity"]
    )


def central_truth(folder: Path, faces: dict[str, NDArray[Any]]) -> list[dict[str, Any]]:
    """Return a row per picture: the centre of the most central face, or (0, 0) without a face."""
    away = faces["boxes"][:, :2] + faces["boxes"][:, 2:] / 2 - faces["sizes"] / 2
    central: dict[str, int] = {}
    for index in np.argsort(np.hypot(*away.T), kind="stable").tolist():
        central.setdefault(str(faces["photos"][index]), index)
    truth = []
    for file in sorted(folder.rglob("*.jpg")):
        photo = file.relative_to(folder).as_posix()
        x, y, w, h = faces["boxes"][central[photo]].tolist() if photo in central else (0, 0, 0, 0)
        truth.append({"photo": photo, "person": file.parent.name, "cx": x + w / 2, "cy": y + h / 2})
    return truth
