"""Measure face verification on pairs of LFW: Trombine's pipeline beside DeepFace.represent.

Every picture goes through the product's own detector and embedder, and through DeepFace.represent with its
own alignment and normalisation; FaceNet's weights are the same file for both. Some pictures have people in
the background, so both take the face nearest the centre. Columns: accuracy with the threshold fitted on the
other nine tenths (10 folds) and with the best one; true matches at 1 % false ones; equal error rate.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import csv
import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

REQUIRED = 0.990
FOLDS = 10
BATCH = 64
"""Pictures per batch of the embedder."""

PRODUCT = "Trombine: levelled, mean with mirror"
DEEPFACE = "DeepFace.represent, its own defaults"
QUANTILES = (0.01, 0.25, 0.5, 0.75, 0.99)
FARTHEST = 2.0
"""The distance of a pair with a face that was not found: it counts as different."""

Vectors = dict[str, NDArray[np.float32] | None]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--sample", type=int, metavar="N", help="only N pairs, half of them of one person")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample and the folds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def pairs_read(
    folder: Path, *, sample: int | None, seed: int
) -> tuple[list[tuple[str, str]], NDArray[np.bool_]]:
    """Return pairs of files relative to `folder`, and a mask of the pairs of one person."""
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
    return [(one, other) for one, other, _ in rows], np.array([same for _, _, same in rows])


def nearest_centre(centres: NDArray[np.float64], width: int, height: int) -> int:
    """Return the index of the point (n, 2) nearest the centre of the picture."""
    return int(np.argmin(np.hypot(centres[:, 0] - width / 2, centres[:, 1] - height / 2)))


def vectors_ours(files: list[str], folder: Path, models_dir: Path) -> dict[str, Vectors]:
    """Return unit vectors by way of cropping and file. The product's own way is `PRODUCT`."""
    from deepface import DeepFace

    from faces.conf import FaceSettings
    from faces.runtime import open_detector, open_embedder
    from faces.vision.models.facenet import normalise, standardise
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE

    settings = FaceSettings("retinaface_mobilenet", "facenet128", LONG_SIDE, models_dir)
    detector, embedder = open_detector(settings), open_embedder(settings)
    forward = DeepFace.build_model("Facenet").forward  # the network that the embedder has opened

    def once(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        answer = np.asarray(forward(standardise(crops)), dtype=np.float32)
        return normalise(answer.reshape(len(crops), -1))

    def averaged(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        return embedder.embed(crops).vectors

    ways: dict[str, tuple[bool, Callable[[NDArray[np.uint8]], NDArray[np.float32]]]] = {
        PRODUCT: (True, averaged),
        "  levelled, without mirror": (True, once),
        "  not levelled, mean with mirror": (False, averaged),
    }
    vectors: dict[str, Vectors] = {way: dict.fromkeys(files) for way in ways}
    bar = tqdm(total=len(files), desc="Trombine", unit=" pictures", leave=False, disable=None)
    for start in range(0, len(files), BATCH):
        seen: list[str] = []
        crops: dict[bool, list[NDArray[np.uint8]]] = {True: [], False: []}
        for file in files[start : start + BATCH]:
            picture = np.ascontiguousarray(cv2.imread(str(folder / file))[:, :, ::-1])
            bar.update()
            if not (found := detector.detect(picture)):
                continue
            centres = np.array([detection.box.centre for detection in found])
            face = found[nearest_centre(centres, picture.shape[1], picture.shape[0])]
            seen.append(file)
            crops[True].append(embedder.crop(picture, face))
            crops[False].append(embedder.crop(picture, _with_level_eyes(face)))
        for way, (levelled, embed) in ways.items():
            if seen:
                vectors[way].update(zip(seen, embed(np.stack(crops[levelled])), strict=True))
    bar.close()
    return vectors


def _with_level_eyes(face: Any) -> Any:
    """Return the detection with level eyes, so that its crop is not rotated."""
    points = face.landmarks.copy()
    points[0], points[1] = (0, 0), (1, 0)
    return dataclasses.replace(face, landmarks=points)


def vectors_deepface(files: list[str], folder: Path) -> Vectors:
    """Return unit vectors by DeepFace.represent; a picture without a face is embedded whole."""
    from deepface import DeepFace

    vectors: Vectors = {}
    for file in tqdm(files, desc="DeepFace", unit=" pictures", leave=False, disable=None):
        found = DeepFace.represent(
            str(folder / file), model_name="Facenet", detector_backend="yunet", enforce_detection=False
        )
        areas = [face["facial_area"] for face in found]
        centres = np.array([(area["x"] + area["w"] / 2, area["y"] + area["h"] / 2) for area in areas])
        height, width = cv2.imread(str(folder / file)).shape[:2]
        vector = np.asarray(found[nearest_centre(centres, width, height)]["embedding"], dtype=np.float32)
        vectors[file] = vector.ravel() / np.linalg.norm(vector)
    return vectors


def distances(vectors: Vectors, pairs: list[tuple[str, str]]) -> NDArray[np.float64]:
    """Return the cosine distance of each pair: (n,)."""
    answers = []
    for one, other in pairs:
        first, second = vectors[one], vectors[other]
        answers.append(FARTHEST if first is None or second is None else 1 - float(first @ second))
    return np.array(answers)


def best_threshold(distance: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the distance threshold with the highest accuracy."""
    order = np.argsort(distance, kind="stable")
    right = np.concatenate([[0], np.cumsum(np.where(same[order], 1, -1))])
    cut = int(np.argmax(right))
    edges = np.concatenate([[-1.0], distance[order], [FARTHEST + 1]])
    return float((edges[cut] + edges[cut + 1]) / 2)


def score(distance: NDArray[np.float64], same: NDArray[np.bool_], *, seed: int) -> dict[str, Any]:
    """Return all figures of one set of distances."""
    folds = np.zeros(len(same), dtype=int)
    rng = np.random.default_rng(seed)
    for kind in (True, False):  # equal shares of both kinds in each fold
        where = np.flatnonzero(same == kind)
        folds[rng.permutation(where)] = np.arange(len(where)) % FOLDS
    by_fold = []
    for fold in range(FOLDS):
        threshold = best_threshold(distance[folds != fold], same[folds != fold])
        by_fold.append(float(np.mean((distance <= threshold) == same, where=folds == fold)))
    threshold = best_threshold(distance, same)
    steps = np.sort(distance)
    missed = 1 - np.searchsorted(np.sort(distance[same]), steps, side="right") / same.sum()
    passed = np.searchsorted(np.sort(distance[~same]), steps, side="right") / (~same).sum()
    equal = int(np.argmin(np.abs(missed - passed)))
    return {
        "accuracy": float(np.mean(by_fold)),
        "accuracy_deviation": float(np.std(by_fold)),
        "best_accuracy": float(np.mean((distance <= threshold) == same)),
        "best_threshold": threshold,
        "matches_at_1_percent_false": float(1 - missed[passed <= 0.01].min(initial=1.0)),
        "equal_error_rate": float((missed[equal] + passed[equal]) / 2),
        "same_quantiles": [float(value) for value in np.quantile(distance[same], QUANTILES)],
        "different_quantiles": [float(value) for value in np.quantile(distance[~same], QUANTILES)],
    }


def table_print(results: dict[str, dict[str, Any]]) -> None:
    """Print the rates of every way, then the distances of the two that are compared."""
    header = ("", "10 folds", "+-", "best", "at distance", "matches at 1 % false", "equal error")
    harness.rows_print(
        header,
        [
            (
                way,
                f"{row['accuracy']:.2%}",
                f"{row['accuracy_deviation']:.2%}",
                f"{row['best_accuracy']:.2%}",
                f"{row['best_threshold']:.3f}",
                f"{row['matches_at_1_percent_false']:.2%}",
                f"{row['equal_error_rate']:.2%}",
            )
            for way, row in results.items()
        ],
    )
    print()
    harness.rows_print(
        ("cosine distance, quantiles", *(f"{quantile:.0%}" for quantile in QUANTILES)),
        [
            (f"{way.split(':')[0].split(',')[0]}: {kind} person", *(f"{value:.3f}" for value in values))
            for way in (PRODUCT, DEEPFACE)
            for kind, values in (
                ("same", results[way]["same_quantiles"]),
                ("another", results[way]["different_quantiles"]),
            )
        ],
    )


def main() -> None:
    """Measure, print, and exit with 1 when the required accuracy is missed."""
    options = arguments()
    folder = harness.pictures() / "lfw"
    models_dir = harness.use_models(["retinaface_mobilenet", "facenet128", "yunet"], options.models_dir)
    pairs, same = pairs_read(folder, sample=options.sample, seed=options.seed)
    files = sorted({file for pair in pairs for file in pair})

    from faces.vision.weights.files import installed_path

    with tempfile.TemporaryDirectory(prefix="trombine-deepface-") as home:
        os.environ["DEEPFACE_HOME"] = home
        weights = {
            "facenet_weights.onnx": installed_path("facenet128", models_dir),
            "face_detection_yunet_2023mar.onnx": installed_path("yunet", models_dir),
        }
        harness.deepface_home(Path(home), weights)
        ways = vectors_ours(files, folder, models_dir)
        ways[DEEPFACE] = vectors_deepface(files, folder)

    results = {
        way: score(distances(vectors, pairs), same, seed=options.seed) for way, vectors in ways.items()
    }
    missing = sum(vector is None for vector in ways[PRODUCT].values())
    reached = results[PRODUCT]["accuracy"] >= REQUIRED
    if options.json:
        counts = {"pairs": len(pairs), "pictures": len(files), "not_found": missing}
        by_way = {way.strip(): row for way, row in results.items()}
        print(json.dumps({**counts, "ways": by_way}, indent=2))
    else:
        print(f"{len(pairs)} pairs of {len(files)} pictures; faces not found by Trombine: {missing}\n")
        table_print(results)
        print(f"\nRequired: {REQUIRED:.1%} in 10 folds. {'Reached.' if reached else 'NOT reached.'}")
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
