"""Measure how faces that fill the picture are found and recognised, and what that costs.

Crops the labelled faces of LFW so that the face fills 80 to 110 % of the picture, enlarges the crops to 640
to 2,400 pixels, and detects them as the product does, at two scales, and at the full scale alone. A close-up
counts as recognised when it has exactly one face and the nearest other close-up shows the same person.
The cost is the time of detection and embedding of composed photos at two scales, divided by that at one,
photo by photo in turn; the median is shown.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import json
import statistics
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

REQUIRED_SINGLE, REQUIRED_RECOGNISED = 62 / 64, 58 / 64
MOST_TIME = 1.10
FILLS = (0.8, 0.9, 1.0, 1.1)
WIDTHS = (640, 900, 1200, 1600, 2000, 2400)
TIMED_SIZE = (1600, 1200)
TIMED_FACES = 3

Picture = NDArray[np.uint8]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--people", type=int, default=8, help="people, with 8 close-ups each")
    parser.add_argument("--timed", type=int, default=40, help="photos whose time is measured")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return parser.parse_args()


def read(file: Path) -> Picture:
    """Return a picture as RGB."""
    return np.ascontiguousarray(cv2.imread(str(file))[:, :, ::-1])


def close_up(picture: Picture, box: tuple[float, float, float, float], fill: float, width: int) -> Picture:
    """Return the part of a picture of which a face fills a share of `fill`, enlarged to `width` pixels."""
    x, y, w, h = box
    margin_x, margin_y = w * (1 / fill - 1) / 2, h * (1 / fill - 1) / 2
    left, top = max(0, round(x - margin_x)), max(0, round(y - margin_y))
    part = picture[top : round(y + h + margin_y), left : round(x + w + margin_x)]
    size = (width, round(part.shape[0] * width / part.shape[1]))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_LANCZOS4), dtype=np.uint8)


def score(found: list[list[NDArray[np.float32]]], people: list[int]) -> tuple[float, float]:
    """Return the shares of close-ups with exactly one face, and of those recognised among the others.

    found: the vectors of each close-up's faces. people: who each shows.
    """
    single = np.array([len(faces) == 1 for faces in found])
    vectors = np.stack([faces[0] if faces else np.zeros(128, np.float32) for faces in found])
    similarity = vectors @ vectors.T - 3 * np.eye(len(vectors))
    nearest = np.array(people)[similarity.argmax(axis=1)]
    return float(single.mean()), float((single & (nearest == np.array(people))).mean())


def main() -> int:
    """Measure, print, and return the exit code."""
    options = arguments()
    models_dir = harness.use_models([], options.models_dir)
    from faces.conf import FaceSettings
    from faces.runtime import open_detector, open_embedder
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE, RetinaFaceMobileNet
    from faces.vision.pipeline import FacePipeline

    class OneScale(RetinaFaceMobileNet):
        """The same network at the full scale alone."""

        small_side = LONG_SIDE

    wanted = FaceSettings(harness.DETECTOR, harness.EMBEDDER, LONG_SIDE, models_dir)
    two_scales, embedder = open_detector(wanted), open_embedder(wanted)
    one_scale = OneScale(two_scales.session)  # type: ignore[attr-defined]
    pipelines = {
        "two scales": FacePipeline(two_scales, embedder),
        "full scale alone": FacePipeline(one_scale, embedder),
    }
    rng = np.random.default_rng(options.seed)
    images = harness.pictures() / "lfw" / "images"
    known = [folder for folder in sorted(images.iterdir()) if len(list(folder.iterdir())) >= 8]
    sampled = [known[index] for index in rng.permutation(len(known))[: options.people]]
    pictures, people = [], []
    for number, folder in enumerate(sampled):
        for file in sorted(folder.iterdir())[:8]:
            picture = read(file)
            middle = np.array(picture.shape[1::-1]) / 2
            box = min(
                two_scales.detect(picture), key=lambda face: float(np.abs(face.box.centre - middle).sum())
            ).box
            fill, width = float(rng.choice(FILLS)), int(rng.choice(WIDTHS))
            pictures.append(close_up(picture, (box.x, box.y, box.w, box.h), fill, width))
            people.append(number)
    rows = {}
    for name, pipeline in pipelines.items():
        found = [[face.vector for face in faces] for faces in pipeline.faces_in(iter(pictures))]
        rows[name] = score(found, people)
    ratio = time_ratio([pipelines["two scales"], pipelines["full scale alone"]], images, options.timed, rng)

    single, recognised = rows["two scales"]
    met = single >= REQUIRED_SINGLE and recognised >= REQUIRED_RECOGNISED and ratio <= MOST_TIME
    if options.json:
        print(json.dumps({"close_ups": len(pictures), "rows": rows, "time_ratio": ratio, "met": met}))
    else:
        print(f"{len(pictures)} close-ups of {len(sampled)} people")
        print(f"{'':<18}{'one face':>10}{'recognised':>12}")
        for name, (one, right) in rows.items():
            print(f"{name:<18}{one:>10.3f}{right:>12.3f}")
        print(f"required{REQUIRED_SINGLE:>20.3f}{REQUIRED_RECOGNISED:>12.3f}")
        print(f"time a photo, two scales / one: {ratio:.3f} (at most {MOST_TIME:.2f})")
    return 0 if met else 1


def time_ratio(pipelines: list, images: Path, photos: int, rng: np.random.Generator) -> float:
    """Return the median ratio of the times that two pipelines take for a photo, over composed photos."""
    files = sorted(images.glob("*/*.jpg"))
    ratios = []
    for _ in range(photos):
        canvas = rng.integers(60, 180, (*TIMED_SIZE[::-1], 3), dtype=np.uint8)
        for index in range(TIMED_FACES):
            side = int(rng.integers(250, 500))
            tile = cv2.resize(read(files[int(rng.integers(len(files)))]), (side, side))
            top, left = int(rng.integers(TIMED_SIZE[1] - side)), index * TIMED_SIZE[0] // TIMED_FACES
            canvas[top : top + side, left : left + side] = tile
        times = []
        for pipeline in pipelines:
            start = time.process_time()
            pipeline.faces_in([canvas])
            times.append(time.process_time() - start)
        ratios.append(times[0] / times[1])
    return statistics.median(ratios)


if __name__ == "__main__":
    sys.exit(main())
