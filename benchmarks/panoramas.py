"""Measure how the faces of panoramas and of dense groups are found.

Composes pictures of faces of LFW on a background without faces, stores them as JPEGs, and decodes, detects
and embeds them as the product does. Portraits that show somebody else, too, are left out: the detector finds
one face in each of the others when it is alone.

  wide     12,000 x 900 pixels, 16 faces of 120 to 500 pixels
  upright  the same, 900 pixels wide and 12,000 high
  long     30,000 x 1,500 pixels, 20 faces of 150 to 800 pixels
  dense    6,000 x 4,000 pixels, a group of 50 faces that are 88 pixels high

A face is found if a box covers its centre and is half to twice as high. Boxes beside the found ones are
extra; each is listed with its place.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import io
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

MIDDLE = slice(45, 205)
FACE_SHARE = 128 / 160
"""Height of the face in the middle of a picture of LFW, as a share of that middle."""

CHECKED_SIDE = 480
"""Pixels at which the detector decides that a portrait shows one person."""

MOST_EXTRA = 0.02

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Layout:
    """A kind of picture: its size, its faces with their heights in pixels, and the share to be found."""

    size: tuple[int, int]
    faces: int
    heights: tuple[int, int]
    required: float
    dense: bool = False


LAYOUTS = {
    "wide": Layout((12_000, 900), 16, (120, 500), 0.98),
    "upright": Layout((900, 12_000), 16, (120, 500), 0.98),
    "long": Layout((30_000, 1_500), 20, (150, 800), 0.98),
    "dense": Layout((6_000, 4_000), 50, (88, 88), 0.9, dense=True),
}


@dataclass(frozen=True)
class Composed:
    """A picture, and its faces: centre x, centre y and height in pixels."""

    picture: Picture
    faces: list[tuple[float, float, float]]


@dataclass
class Counts:
    """Faces shown and found, extra boxes with their place, and seconds of processor time."""

    shown: int = 0
    found: int = 0
    extra: int = 0
    seconds: float = 0.0


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"default: {', '.join(LAYOUTS)}")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--pictures", type=int, default=5, help="pictures of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--smallest", action="store_true", help="one wide picture with six faces")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="store pictures that have extra boxes")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    options = parser.parse_args()
    if unknown := set(options.kinds) - set(LAYOUTS):
        parser.error(f"unknown kind: {', '.join(sorted(unknown))}")
    return options


def background(width: int, height: int, rng: np.random.Generator) -> Picture:
    """Return a coloured gradient with grain."""
    corners = rng.integers(60, 190, (3, 5, 3)).astype(np.uint8)
    picture = cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = rng.integers(0, 12, (256, 256, 1), dtype=np.uint8)
    tiled = np.tile(grain, (-(-height // 256), -(-width // 256), 1))[:height, :width]
    return np.asarray(np.minimum(picture, 240) + tiled, dtype=np.uint8)


def places(layout: Layout, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Return left, top and side of each portrait."""
    width, height = layout.size
    heights = rng.integers(layout.heights[0], layout.heights[1] + 1, layout.faces)
    sides = np.minimum(heights / FACE_SHARE, 0.95 * min(width, height)).astype(int)
    if layout.dense:
        # Five rows in the middle, shoulder to shoulder.
        step, columns = round(sides[0] * 1.1), layout.faces // 5
        left, top = (width - columns * step) // 2, (height - 5 * step) // 2
        return [
            (left + column * step, top + row * step, int(sides[0]))
            for row in range(5)
            for column in range(columns)
        ]
    # Side by side along the picture, with the space that is left at random between them.
    along, across = max(width, height), min(width, height)
    gaps = rng.dirichlet(np.ones(layout.faces + 1)) * (along - sides.sum())
    starts = np.cumsum(gaps[:-1]) + np.concatenate([[0], np.cumsum(sides)[:-1]])
    found = []
    for start, side in zip(starts.astype(int).tolist(), sides.tolist(), strict=True):
        beside = int(rng.integers(0, across - side + 1))
        found.append((start, beside, side) if width > height else (beside, start, side))
    return found


class Portraits:
    """The middles of pictures of LFW that show one person."""

    def __init__(self, detector: Any) -> None:
        """Portraits are checked with `detector` when they are drawn."""
        self.detector = detector
        self.files = sorted((harness.pictures() / "lfw" / "images").glob("*/*.jpg"))
        self.alone: dict[int, bool] = {}

    def draw(self, rng: np.random.Generator) -> Picture:
        """Return a random portrait, RGB."""
        while True:
            index = int(rng.integers(len(self.files)))
            portrait = np.ascontiguousarray(cv2.imread(str(self.files[index]))[MIDDLE, MIDDLE, ::-1])
            if index not in self.alone:
                shown = cv2.resize(portrait, (CHECKED_SIDE, CHECKED_SIDE), interpolation=cv2.INTER_CUBIC)
                self.alone[index] = len(self.detector.detect(shown)) == 1
            if self.alone[index]:
                return portrait


def compose(layout: Layout, portraits: Portraits, rng: np.random.Generator) -> Composed:
    """Return a picture with portraits."""
    picture = background(*layout.size, rng)
    faces = []
    for left, top, side in places(layout, rng):
        portrait = portraits.draw(rng)
        shrunk = side < portrait.shape[0]
        picture[top : top + side, left : left + side] = cv2.resize(
            portrait, (side, side), interpolation=cv2.INTER_AREA if shrunk else cv2.INTER_CUBIC
        )
        faces.append((left + side / 2, top + side / 2, side * FACE_SHARE))
    return Composed(picture, faces)


def matched(faces: list[tuple[float, float, float]], boxes: list[Any]) -> tuple[int, list[Any]]:
    """Return how many faces are found, and the boxes that are extra. Boxes are in pixels, best first."""
    extra = list(boxes)
    found = 0
    for x, y, height in faces:
        fitting = next(
            (
                box
                for box in extra
                if box.x <= x <= box.x + box.w
                and box.y <= y <= box.y + box.h
                and height / 2 <= box.h <= height * 2
            ),
            None,
        )
        if fitting is not None:
            extra.remove(fitting)
            found += 1
    return found, extra


def measure(
    layout: Layout, options: argparse.Namespace, pipeline: Any, portraits: Portraits, name: str
) -> Counts:
    """Compose pictures of a kind and look for their faces."""
    from albums import imaging
    from albums.imaging.limits import Limits
    from faces.vision.scan_size import scan_side

    counts, rng = Counts(), np.random.default_rng(options.seed)
    for number in tqdm(range(options.pictures), desc=name, leave=False, disable=None):
        composed = compose(layout, portraits, rng)
        jpeg = imaging.encode_jpeg(composed.picture, quality=90).data
        start = time.process_time()
        picture = imaging.decode(io.BytesIO(jpeg), max_side=scan_side, limits=Limits())
        (found,) = pipeline.faces_in([picture])
        counts.seconds += time.process_time() - start
        boxes = [face.box.scaled(*layout.size) for face in found]
        right, extra = matched(composed.faces, boxes)
        counts.shown += len(composed.faces)
        counts.found += right
        counts.extra += len(extra)
        for box in extra:
            face = found[boxes.index(box)]
            place = f"{box.x:.0f},{box.y:.0f} {box.w:.0f} x {box.h:.0f}"
            print(f"{name} {number}: extra box at {place}, score {face.score:.2f}", file=sys.stderr)
        if extra and options.save:
            options.save.mkdir(parents=True, exist_ok=True)
            (options.save / f"{name}-{number}.jpg").write_bytes(jpeg)
    return counts


def main() -> int:
    """Measure, print, and return the exit code."""
    options = arguments()
    models_dir = harness.use_models([], options.models_dir)
    import django

    django.setup()
    from faces.conf import FaceSettings
    from faces.runtime import get_pipeline
    from faces.vision.models.retinaface_mobilenet import LONG_SIDE

    pipeline = get_pipeline(FaceSettings(harness.DETECTOR, harness.EMBEDDER, LONG_SIDE, models_dir))
    portraits = Portraits(pipeline.detector)
    layouts = {name: LAYOUTS[name] for name in options.kinds or LAYOUTS}
    if options.smallest:
        layouts, options.pictures = {"wide": Layout((5_000, 900), 6, (120, 500), 0.8)}, 1
    rows, met = {}, True
    for name, layout in layouts.items():
        counts = measure(layout, options, pipeline, portraits, name)
        share, extra = counts.found / counts.shown, counts.extra / counts.shown
        met = met and share >= layout.required and extra <= MOST_EXTRA
        rows[name] = {
            "faces": counts.shown,
            "found": share,
            "required": layout.required,
            "extra": extra,
            "seconds": counts.seconds / options.pictures,
        }
    if options.json:
        print(json.dumps({"pictures": options.pictures, "rows": rows, "met": met}))
    else:
        harness.rows_print(
            ("kind", "faces", "found", "required", "extra", f"at most {MOST_EXTRA}", "s a picture"),
            [
                (
                    name,
                    str(row["faces"]),
                    f"{row['found']:.3f}",
                    f"{row['required']:.2f}",
                    f"{row['extra']:.3f}",
                    "yes" if row["extra"] <= MOST_EXTRA else "no",
                    f"{row['seconds']:.1f}",
                )
                for name, row in rows.items()
            ],
        )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
