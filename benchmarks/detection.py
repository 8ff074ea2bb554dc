"""Measure the detectors on the labelled news photos of FDDB: recall, precision and time.

A found box counts for a labelled one when their intersection over union reaches --overlap; the best boxes
choose first, and each labelled face counts once. Faces in the background may be unlabelled, so a false one
may be a real face: recall says more than precision. Times are medians over the pictures of processor time on
one thread, after a first run that does not count. A detector that is not installed is left out with a note.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

DETECTORS = ("retinaface_mobilenet", "yunet", "viola_jones", "retinaface_resnet50")
OPTIONAL = "retinaface_resnet50"
"""Only its publisher has its weights, and often cannot be reached."""

REQUIRED = 0.90
"""The least recall of the default detector, the first one."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--detectors", nargs="+", choices=DETECTORS, default=DETECTORS, help="default: all")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--side", type=int, help="pixels of the long side; default: that of the settings")
    parser.add_argument("--overlap", type=float, default=0.5, help="least intersection over union: 0.5")
    parser.add_argument("--sample", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="write recall by false faces as SVG")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


@dataclasses.dataclass(frozen=True)
class Result:
    """The figures of one detector. hits: of all found boxes, best score first: whether a face is there."""

    name: str
    labelled: int
    hits: list[bool]
    milliseconds: float

    @property
    def recall(self) -> float:
        """The share of the labelled faces that were found, 0..1."""
        return sum(self.hits) / self.labelled

    @property
    def precision(self) -> float:
        """The share of the found boxes that are labelled faces, 0..1."""
        return sum(self.hits) / max(len(self.hits), 1)

    def curve(self) -> Iterator[tuple[float, float]]:
        """Yield the number of false boxes and the recall, from the strictest threshold on."""
        found = false = 0
        yield 0.0, 0.0
        for hit in self.hits:
            found, false = found + hit, false + (not hit)
            yield float(false), found / self.labelled


def measured(name: str, pictures: list[dict[str, Any]], folder: Path, models: Any, overlap: float) -> Result:
    """Run one detector over all pictures. Raises VisionError if it cannot be opened."""
    from faces.runtime import open_detector
    from faces.vision.types import Box

    detector = open_detector(dataclasses.replace(models, detector=name))
    scored: list[tuple[float, bool]] = []
    seconds, labelled = [], 0
    for number, row in enumerate(tqdm(pictures, desc=name, unit=" pictures", leave=False, disable=None)):
        picture = np.ascontiguousarray(cv2.imread(str(folder / row["file"]))[:, :, ::-1])
        if number == 0:
            detector.detect(picture)
        begun = time.process_time()
        found = detector.detect(picture)
        seconds.append(time.process_time() - begun)
        truth = [Box(x, y, right - x, bottom - y) for x, y, right, bottom in row["boxes_xyxy"]]
        labelled += len(truth)
        for face in sorted(found, key=lambda face: -face.score):
            best = max(truth, key=face.box.iou, default=None)
            hit = best is not None and face.box.iou(best) >= overlap
            if hit:
                truth.remove(best)
            scored.append((face.score, hit))
    hits = [hit for _score, hit in sorted(scored, key=lambda one: -one[0])]
    return Result(name, labelled, hits, 1000 * float(np.median(seconds)))


def chart_write(file: Path, results: list[Result]) -> None:
    """Write the recall by the number of false boxes as SVG."""
    from faces.vision.explain.charts import Axis, Series, chart

    most = max(len(result.hits) - sum(result.hits) for result in results)
    end = max(10, -(-most // 10) * 10)
    content = chart(
        Axis(0, end, [(end * part / 5, f"{end * part / 5:.0f}") for part in range(6)], "false boxes"),
        Axis(0, 1.12, [(part / 5, f"{20 * part}%") for part in range(6)], "labelled faces found"),
        [Series(result.name, list(result.curve())) for result in results],
        title="Labelled faces found, by the number of false boxes",
        as_file=True,
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print, and exit with 1 when the default detector finds too few faces."""
    options = arguments()
    folder = harness.pictures() / "fddb"
    needed = [name for name in options.detectors if name != OPTIONAL]
    models_dir = harness.use_models(needed, options.models_dir)
    from django.conf import settings

    from faces.conf import FaceSettings
    from faces.vision.errors import VisionError

    # OpenCV's detectors would use all processors, those of onnxruntime use one.
    cv2.setNumThreads(1)
    pictures = json.loads((folder / "ground_truth.json").read_text())[: options.sample]
    side = options.side or settings.DETECTION_SIDE
    models = FaceSettings(DETECTORS[0], harness.EMBEDDER, side, models_dir)
    results = []
    for name in options.detectors:
        try:
            results.append(measured(name, pictures, folder, models, options.overlap))
        except VisionError as error:
            print(f"Left out: {error}", file=sys.stderr)
    rows = [
        {
            "detector": result.name,
            "recall": result.recall,
            "precision": result.precision,
            "found": len(result.hits),
            "milliseconds": result.milliseconds,
        }
        for result in results
    ]
    if options.json:
        counts = {"pictures": len(pictures), "labelled": results[0].labelled if results else 0}
        print(json.dumps({**counts, "detectors": rows}, indent=2))
    else:
        print(f"{len(pictures)} pictures, {results[0].labelled} labelled faces, overlap {options.overlap}\n")
        harness.rows_print(
            ("", "recall", "precision", "found", "false", "ms a picture"),
            [
                (
                    result.name,
                    f"{result.recall:.2%}",
                    f"{result.precision:.2%}",
                    str(len(result.hits)),
                    str(len(result.hits) - sum(result.hits)),
                    f"{result.milliseconds:.1f}",
                )
                for result in results
            ],
        )
    if options.chart:
        chart_write(options.chart, results)
    reached = all(result.recall >= REQUIRED for result in results if result.name == DETECTORS[0])
    verdict = "Reached." if reached else "NOT reached."
    print(f"\nRequired: {REQUIRED:.0%} recall of {DETECTORS[0]}. {verdict}", file=sys.stderr)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
