"""Fit the parameters that turn a distance into a probability, for each model, on the labelled pairs of LFW.

Every picture goes through the product's own decoding, detector and embedder; some have people in the
background, so the face nearest the centre is taken. A logistic curve over the cosine distance is fitted by
maximum likelihood (Platt 1999, with his targets). Its error is cross-validated in five folds: the expected
calibration error is the mean difference between the predicted and the observed rate in 15 bins of equal
width, weighted by their pairs. The last lines of the output belong into faces/vision/profiles.py.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platt import platt_fit
from tqdm import tqdm

REQUIRED = 0.02
FOLDS = 5
BINS = 15
BATCH = 32
"""Pictures per pass through the pipeline."""
EMBEDDERS = ("facenet_sface256", "facenet128", "sface128")
SOURCE = "lfw/pairs.csv"

Vectors = dict[str, NDArray[np.float32]]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=EMBEDDERS, help="embedders (default: %(default)s)")
    parser.add_argument("--detector", default="retinaface_mobilenet", help="default: %(default)s")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--keep", type=Path, help="a folder that caches the vectors")
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the tables")
    return parser.parse_args()


def pairs_read(folder: Path) -> tuple[list[tuple[str, str]], NDArray[np.bool_]]:
    """Return pairs of files relative to `folder`, and a mask of the pairs of one person."""
    with (folder / "pairs.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [(row["file1"], row["file2"]) for row in rows], np.array([row["same"] == "1" for row in rows])


def vectors_of(files: list[str], folder: Path, models_dir: Path, detector: str, embedder: str) -> Vectors:
    """Return a unit vector for each file in which a face was found."""
    from albums import imaging
    from faces.conf import FaceSettings
    from faces.runtime import get_pipeline
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE

    pipeline = get_pipeline(FaceSettings(detector, embedder, LONG_SIDE, models_dir))

    def pictures(batch: list[str]) -> Iterator[NDArray[np.uint8]]:
        for file in batch:
            with (folder / file).open("rb") as stream:
                yield imaging.decode(stream)

    vectors: Vectors = {}
    bar = tqdm(total=len(files), desc=embedder, unit=" pictures", leave=False, disable=None)
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        for file, found in zip(batch, pipeline.faces_in(pictures(batch)), strict=True):
            if found:
                central = min(found, key=lambda face: np.hypot(*(np.array(face.box.centre) - 0.5)))
                vectors[file] = central.vector
        bar.update(len(batch))
    bar.close()
    return vectors


def vectors_cached(
    options: argparse.Namespace, files: list[str], folder: Path, models_dir: Path, name: str
) -> Vectors:
    """Return the same, from the folder of --keep if it has them."""
    file = options.keep and options.keep / f"{options.detector}-{name}.npz"
    if file and file.is_file():
        with np.load(file) as cached:
            return dict(zip(cached["files"].tolist(), cached["vectors"], strict=True))
    vectors = vectors_of(files, folder, models_dir, options.detector, name)
    if file:
        options.keep.mkdir(parents=True, exist_ok=True)
        np.savez(file, files=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    return vectors


def expected_error(probability: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the expected calibration error (Naeini et al., AAAI 2015)."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    gap = np.abs(
        np.bincount(bins, weights=probability, minlength=BINS)
        - np.bincount(bins, weights=same, minlength=BINS)
    )
    assert count.sum() == len(same)
    return float(gap.sum() / len(same))


def folds_of(same: NDArray[np.bool_], seed: int) -> NDArray[np.int64]:
    """Assign each pair to a fold, with equal shares of both kinds in each."""
    rng = np.random.default_rng(seed)
    folds = np.zeros(len(same), dtype=np.int64)
    for kind in (True, False):
        where = np.flatnonzero(same == kind)
        folds[where] = rng.permutation(len(where)) % FOLDS
    return folds


def measure(distance: NDArray[np.float64], same: NDArray[np.bool_], seed: int) -> dict[str, Any]:
    """Fit the curve to all pairs, and cross-validate it."""
    from faces.vision.calibration import Calibration

    folds = folds_of(same, seed)
    judged = np.zeros(len(same))
    for fold in range(FOLDS):
        slope, offset = platt_fit(distance[folds != fold], same[folds != fold])
        curve = Calibration(slope=slope, offset=offset, pairs=0, measured_on="", error=0.0)
        judged[folds == fold] = curve.probabilities(distance[folds == fold])
    slope, offset = platt_fit(distance, same)
    curve = Calibration(slope=slope, offset=offset, pairs=0, measured_on="", error=0.0)
    return {
        "slope": slope,
        "offset": offset,
        "pairs": len(same),
        "error": expected_error(judged, same),
        "brier": float(np.mean((judged - same) ** 2)),
        "accuracy": float(np.mean((judged >= 0.5) == same)),
        "threshold": curve.threshold,
        "bins": [
            (float(judged[inside].mean()), float(same[inside].mean()), int(inside.sum()))
            for low in range(BINS)
            if (inside := np.minimum((judged * BINS).astype(int), BINS - 1) == low).any()
        ],
    }


def report(results: dict[str, dict[str, Any]], detector: str) -> None:
    """Print the results as a table."""
    harness.rows_print(
        ("model", "pairs", "no face", "ECE", "Brier", "accuracy", "50 % at", "97 % at", "3 % at"),
        [
            (
                name,
                str(row["pairs"]),
                str(row["without_face"]),
                f"{row['error']:.4f}",
                f"{row['brier']:.4f}",
                f"{row['accuracy']:.2%}",
                *(f"{(row['offset'] - np.log(p / (1 - p))) / row['slope']:.3f}" for p in (0.5, 0.97, 0.03)),
            )
            for name, row in results.items()
        ],
    )
    for name, row in results.items():
        print(f"\n{name}: predicted, observed, pairs")
        for predicted, observed, count in row["bins"]:
            print(f"  {predicted:6.1%}  {observed:6.1%}  {count:5}")
    print("\nfaces/vision/profiles.py:")
    for name, row in results.items():
        print(
            f"  {name}: Calibration(slope={row['slope']:.3f}, offset={row['offset']:.3f}, "
            f'pairs={row["pairs"]}, measured_on="{SOURCE}, {detector}", error={row["error"]:.4f})'
        )


def main() -> None:
    """Measure, print, and exit with 1 when the calibration error of a model is too large."""
    options = arguments()
    folder = harness.pictures() / "lfw"
    models_dir = harness.use_models([options.detector, *options.models], options.models_dir)
    pairs, same = pairs_read(folder)
    files = sorted({file for pair in pairs for file in pair})
    results: dict[str, dict[str, Any]] = {}
    for name in options.models:
        vectors = vectors_cached(options, files, folder, models_dir, name)
        # A picture without a face has no distance; the product then returns no probability.
        usable = np.array([one in vectors and other in vectors for one, other in pairs])
        distance = np.array(
            [
                1 - float(vectors[one] @ vectors[other])
                for (one, other), use in zip(pairs, usable, strict=True)
                if use
            ]
        )
        results[name] = measure(distance, same[usable], options.seed)
        results[name]["without_face"] = int((~usable).sum())
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results, options.detector)
    worst = max(row["error"] for row in results.values())
    print(
        f"\nRequired: at most {REQUIRED}. {'Reached.' if worst <= REQUIRED else 'NOT reached.'}",
        file=sys.stderr,
    )
    sys.exit(0 if worst <= REQUIRED else 1)


if __name__ == "__main__":
    main()
