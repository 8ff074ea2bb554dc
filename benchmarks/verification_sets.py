"""Labelled pairs of faces of LFW and ORL, and the vectors of their pictures by the product's own models."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

FOLDS = 10
BATCH = 32
ORL_SIDE = 224
"""ORL's small head shots are enlarged to this height, and framed so that detectors see a whole head."""

ORL_FRAME = 64

Vectors = dict[str, NDArray[np.float32]]


@dataclass(frozen=True)
class PairSet:
    """Pairs of picture files relative to `folder`, a mask of the pairs of one person, and their folds.

    note: how the folds were made. people: their number.
    """

    name: str
    folder: Path
    pairs: list[tuple[str, str]]
    same: NDArray[np.bool_]
    folds: NDArray[np.intp]
    people: int
    note: str

    @property
    def files(self) -> list[str]:
        """All files, each once."""
        return sorted({file for pair in self.pairs for file in pair})


def lfw_pairs(data: Path, *, sample: int | None, seed: int) -> PairSet:
    """Return LFW's labelled pairs, or `sample` of them; folds have equal shares of both kinds."""
    from faces.vision.pair_statistics import random_folds

    folder = data / "lfw"
    with (folder / "pairs.csv").open(newline="") as stream:
        rows = [(row["file1"], row["file2"], row["same"] == "1") for row in csv.DictReader(stream)]
    if sample is not None:
        rng = np.random.default_rng(seed)
        sampled: list[tuple[str, str, bool]] = []
        for kind in (True, False):
            of_kind = [row for row in rows if row[2] is kind]
            size = min(len(of_kind), max(FOLDS, sample // 2))
            sampled += [of_kind[index] for index in sorted(rng.choice(len(of_kind), size, replace=False))]
        rows = sampled
    same = np.array([row[2] for row in rows])
    people = {file.split("/")[-2] for row in rows for file in row[:2]}
    pairs = [(one, other) for one, other, _same in rows]
    folds = random_folds(same, count=FOLDS, seed=seed)
    return PairSet("lfw", folder, pairs, same, folds, len(people), "random folds")


def orl_pairs(data: Path, *, sample: int | None, seed: int) -> PairSet:
    """Return pairs of ORL: folds are disjoint by person, with as many different pairs as same ones."""
    folder = data / "orl"
    people = sorted((path.name for path in folder.iterdir() if path.is_dir()), key=lambda name: int(name[1:]))
    files = {
        person: sorted(f"{person}/{path.name}" for path in (folder / person).glob("*.pgm"))
        for person in people
    }
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(people))
    pairs, same, folds = [], [], []
    for fold in range(FOLDS):
        inside = [people[index] for index in order[fold::FOLDS]]
        of_one = [pair for person in inside for pair in itertools.combinations(files[person], 2)]
        of_two = [
            pair
            for one, other in itertools.combinations(inside, 2)
            for pair in itertools.product(files[one], files[other])
        ]
        size = len(of_one) if sample is None else min(len(of_one), max(1, sample // (2 * FOLDS)))
        for kind, rows in ((True, of_one), (False, of_two)):
            picked = sorted(rng.choice(len(rows), min(size, len(rows)), replace=False))
            pairs += [rows[index] for index in picked]
            same += [kind] * len(picked)
            folds += [fold] * len(picked)
    return PairSet("orl", folder, pairs, np.array(same), np.array(folds), len(people), "folds by person")


def vectors_of(pairs: PairSet, models_dir: Path, embedder: str, cache: Path | None) -> tuple[Vectors, int]:
    """Return a unit vector for each file, and the number of files in which no face was detected.

    A picture of ORL without a detected face is taken as a face as a whole; one of LFW has no vector.
    """
    file = cache and cache / f"{pairs.name}-{embedder}.npz"
    if file and file.is_file():
        with np.load(file) as stored:
            vectors: Vectors = dict(zip(stored["files"].tolist(), stored["vectors"], strict=True))
            if set(pairs.files) <= set(vectors) | set(stored["missed"].tolist()):
                return vectors, len(set(stored["missed"].tolist()) & set(pairs.files))
    vectors, missed = _vectors(pairs, models_dir, embedder)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(
            file,
            files=np.array(list(vectors)),
            vectors=np.stack(list(vectors.values())),
            missed=np.array(sorted(missed), dtype=np.str_),
        )
    return vectors, len(missed)


def _vectors(pairs: PairSet, models_dir: Path, embedder: str) -> tuple[Vectors, set[str]]:
    from faces.conf import FaceSettings
    from faces.runtime import get_pipeline
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE
    from faces.vision.types import Box

    pipeline = get_pipeline(FaceSettings("retinaface_mobilenet", embedder, LONG_SIDE, models_dir))
    vectors: Vectors = {}
    missed: set[str] = set()
    bar = tqdm(
        total=len(pairs.files), desc=f"{pairs.name}, {embedder}", unit=" pictures", leave=False, disable=None
    )
    for batch in _batches(pairs.files):
        pictures = [picture_of(pairs, file) for file in batch]
        for file, picture, found in zip(batch, pictures, pipeline.faces_in(pictures), strict=True):
            if found:
                central = min(found, key=lambda face: np.hypot(*(np.array(face.box.centre) - 0.5)))
                vectors[file] = central.vector
                continue
            missed.add(file)
            if pairs.name == "orl":
                inner = ORL_FRAME / picture.shape[1], ORL_FRAME / picture.shape[0]
                box = Box(*inner, 1 - 2 * inner[0], 1 - 2 * inner[1])
                vectors[file] = pipeline.face_at(picture, box).vector
        bar.update(len(batch))
    bar.close()
    return vectors, missed


def _batches(files: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(files), BATCH):
        yield files[start : start + BATCH]


def picture_of(pairs: PairSet, file: str) -> NDArray[np.uint8]:
    """Return a picture as RGB; one of ORL enlarged and framed with its edge pixels."""
    picture = cv2.imread(str(pairs.folder / file))
    if pairs.name == "orl":
        factor = ORL_SIDE / picture.shape[0]
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        picture = cv2.copyMakeBorder(picture, *[ORL_FRAME] * 4, cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(picture[:, :, ::-1])


def distances_of(pairs: PairSet, vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the cosine distances (n,) of the pairs whose pictures have vectors, and their mask."""
    usable = np.array([one in vectors and other in vectors for one, other in pairs.pairs])
    distances = [
        1 - float(vectors[one] @ vectors[other])
        for (one, other), use in zip(pairs.pairs, usable, strict=True)
        if use
    ]
    return np.array(distances), usable
