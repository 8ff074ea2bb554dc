"""Measure the estimates of age and gender on labelled faces.

Detects the largest face of each picture, and estimates it as the product does, from the small stored picture
of the face, and from the whole picture. Where the face fills the picture so much that none is detected, a
border is added. Prints the mean absolute error of the age, the share of right genders, and the share of faces
whose true age is in the range that the product shows, by bands of the estimate, with the percentiles of the
errors from which the ranges were made. "Unseen" is that share for ranges which are measured on nine tenths of
the faces, without rounding, and applied to the others.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import csv
import json
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_ERROR, LEAST_GENDER = 6.0, 0.94
LEAST_IN_RANGE, MOST_IN_RANGE = 0.76, 0.88
DLIB = ("age_dlib", "gender_dlib")
MOST_ERROR_OF_FALLBACK, LEAST_GENDER_OF_FALLBACK = 9.0, 0.88
BANDS = (0, 8, 15, 22, 30, 40, 50, 60, 70, 200)
CHILD = 15
FOLDS, REPETITIONS = 10, 20
TIMED = 40

Floats = NDArray[np.float64]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--fallback", action="store_true", help="measure age_dlib and gender_dlib instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return parser.parse_args()


def bordered(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture with a black border of half its width."""
    side = picture.shape[1] // 2
    return np.asarray(cv2.copyMakeBorder(picture, side, side, side, side, cv2.BORDER_CONSTANT), np.uint8)


def error_table(estimates: Floats, truth: Floats) -> Floats:
    """Return the median estimate and the 10th and 90th percentile of the error in each band."""
    rows = []
    for low, high in pairwise(BANDS):
        band = (estimates >= low) & (estimates < high)
        rows.append((np.median(estimates[band]), *np.quantile((truth - estimates)[band], [0.1, 0.9])))
    return np.array(rows)


def in_range(table: Floats, estimates: Floats, truth: Floats) -> NDArray[np.bool_]:
    """Return for each face whether its true age is in the range by a table of errors."""
    low = np.interp(estimates, table[:, 0], table[:, 1])
    high = np.interp(estimates, table[:, 0], table[:, 2])
    return np.asarray((truth - estimates >= low) & (truth - estimates <= high))


def unseen(estimates: Floats, truth: Floats, rng: np.random.Generator) -> float:
    """Return the share of faces in the ranges that were measured on the other faces."""
    shares = []
    for _ in range(REPETITIONS):
        fold = rng.integers(0, FOLDS, len(truth))
        inside = [
            in_range(error_table(estimates[fold != one], truth[fold != one]), estimates[there], truth[there])
            for one in range(FOLDS)
            for there in [fold == one]
        ]
        shares.append(float(np.concatenate(inside).mean()))
    return statistics.mean(shares)


@dataclass
class Labelled:
    """The crops of the detected faces, from the stored picture and from the whole one, and their labels."""

    stored: NDArray[np.uint8]
    whole: NDArray[np.uint8]
    ages: Floats
    male: NDArray[np.bool_]
    undetected: int


def read(folder: Path, models_dir: Path) -> Labelled:
    """Detect and crop the labelled faces of a folder."""
    from albums.imaging.sessions import open_session
    from faces.vision.alignment import portrait_area, portrait_crop
    from faces.vision.models.age_gender import age_gender_crop
    from faces.vision.models.retinaface_mobilenet import RetinaFaceMobileNet
    from faces.vision.pipeline import PORTRAIT_SIDE

    detector = RetinaFaceMobileNet(open_session(models_dir / "retinaface_mobilenet.onnx"))
    with (folder / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    stored, whole, labels = [], [], []
    for row in rows:
        picture = np.ascontiguousarray(cv2.imread(str(folder / row["file"]))[:, :, ::-1])
        found = detector.detect(picture)
        if not found:
            picture = bordered(picture)
            found = detector.detect(picture)
        if not found:
            continue
        face = max(found, key=lambda one: one.box.area)
        portrait = portrait_crop(picture, face.box, side=PORTRAIT_SIDE)
        area = portrait_area(face.box, width=picture.shape[1], height=picture.shape[0])
        _done, encoded = cv2.imencode(".jpg", portrait[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
        portrait = np.ascontiguousarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR)[:, :, ::-1])
        points = (face.landmarks - [area.x, area.y]) * (portrait.shape[1] / area.w)
        stored.append(age_gender_crop(portrait, points.astype(np.float32)))
        whole.append(age_gender_crop(picture, face.landmarks))
        labels.append((float(row["age"]), row["gender"] == "male"))
    ages, male = map(np.array, zip(*labels, strict=True))
    return Labelled(np.stack(stored), np.stack(whole), ages, male, len(rows) - len(labels))


def main() -> int:
    """Measure, print, and return the exit code."""
    options = arguments()
    names = DLIB if options.fallback else ("age_gender",)
    models_dir = harness.use_models(["retinaface_mobilenet", *names], options.models_dir)
    from albums.imaging.sessions import open_session
    from faces.vision.models.age_gender import ADULT, AgeGender, age_range
    from faces.vision.models.age_gender_dlib import DlibAgeGender

    sessions = [open_session(models_dir / f"{name}.onnx") for name in names]
    model = DlibAgeGender(*sessions) if options.fallback else AgeGender(*sessions)
    faces = read(harness.pictures() / "age_gender", models_dir)
    rows = {}
    for name, crops in (("stored picture", faces.stored), ("whole picture", faces.whole)):
        found = model.estimate(crops)
        error = float(np.abs(found.ages - faces.ages).mean())
        rows[name] = (error, float(((found.male > 0.5) == faces.male).mean()))
    estimates = np.asarray(model.estimate(faces.stored).ages, np.float64)
    limits = np.array([age_range(age, model=model.name) for age in estimates])
    inside = (faces.ages >= limits[:, 0]) & (faces.ages <= limits[:, 1])
    figures = {
        "off_by_more_than_10": float((np.abs(estimates - faces.ages) > 10).mean()),
        "in_range": float(inside.mean()),
        "in_range_unseen": unseen(estimates, faces.ages, np.random.default_rng(options.seed)),
        "children_below_18": float((estimates[faces.ages <= CHILD] < ADULT).mean()),
        "adults_from_18": float((estimates[faces.ages >= ADULT] >= ADULT).mean()),
        "milliseconds": statistics.median(milliseconds(model, crop) for crop in faces.stored[:TIMED]),
    }
    error, gender = rows["stored picture"]
    required = (MOST_ERROR, LEAST_GENDER)
    if options.fallback:
        required = (MOST_ERROR_OF_FALLBACK, LEAST_GENDER_OF_FALLBACK)
    met = error <= required[0] and gender >= required[1]
    met = met and LEAST_IN_RANGE <= figures["in_range"] <= MOST_IN_RANGE
    if options.json:
        print(json.dumps({"faces": len(estimates), "rows": rows, **figures, "met": met}))
        return 0 if met else 1
    print(f"{len(estimates)} faces, {faces.undetected} not detected")
    lines = [(name, f"{years:.2f}", f"{100 * share:.1f} %") for name, (years, share) in rows.items()]
    lines.append(("required", f"{required[0]:.2f}", f"{100 * required[1]:.1f} %"))
    harness.rows_print(("", "mean error, years", "right gender"), lines)
    print("\n" + "\n".join(f"{name:<22}{value:.3f}" for name, value in figures.items()) + "\n")
    lines = []
    table = error_table(estimates, faces.ages)
    for (low, high), (middle, first, last) in zip(pairwise(BANDS), table, strict=True):
        band = (estimates >= low) & (estimates < high)
        share = f"{100 * inside[band].mean():.0f} %"
        lines.append(
            (f"{low} to {high}", str(band.sum()), *(f"{x:.1f}" for x in (middle, first, last)), share)
        )
    harness.rows_print(("estimate", "faces", "median", "error, 10th", "90th", "in range"), lines)
    return 0 if met else 1


def milliseconds(model: Any, crop: NDArray[np.uint8]) -> float:
    """Return the processor time for a face with its mirror image."""
    start = time.process_time()
    model.estimate(crop[None])
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
