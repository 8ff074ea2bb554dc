"""Check the faces that `import_folder --gallery` names: the person of a folder in each of its photos.

The folders are those of Labeled Faces in the Wild, whose photos are centred on the person. A face is right
when its box holds the middle of the photo. Beside the product's rule stands the largest face of each photo.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

LEAST_RIGHT = 0.99


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=12, metavar="N", help="most photos of a person")
    parser.add_argument("--people", type=int, metavar="N", help="only the first N people")
    parser.add_argument("--models-dir", type=Path, help="the models, if not those of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def faces_of(pipeline: Any, folder: Path, most: int) -> list[list[Any]]:
    """Return the faces in each photo of a folder."""
    from albums import imaging

    files = sorted(folder.glob("*.jpg"))[:most]
    return [pipeline.faces_in([imaging.decode(path.open("rb"), max_side=2048)])[0] for path in files]


def count(photos: list[list[Any]], totals: dict[str, int]) -> None:
    """Add the photos of one person to the totals."""
    from faces.vision.grouping.common_face import ALONE_PROBABILITY, common_faces
    from faces.vision.profiles import profile_of

    found = [(number, face) for number, faces in enumerate(photos) for face in faces]
    totals["photos"] += len(photos)
    totals["several faces"] += sum(len(faces) > 1 for faces in photos)
    if not found:
        totals["not named"] += len(photos)
        return
    calibration = profile_of(harness.EMBEDDER).calibration
    places = np.array([number for number, _face in found])
    areas = np.array([face.box.area for _number, face in found])
    picked = common_faces(
        np.stack([face.vector for _number, face in found]),
        photos=places,
        areas=areas,
        photo_count=len(photos),
        same=calibration.threshold,
        farthest_alone=calibration.distance(ALONE_PROBABILITY),
    ).selected
    central = [
        box.x <= 0.5 <= box.x + box.w and box.y <= 0.5 <= box.y + box.h
        for box in (face.box for _number, face in found)
    ]
    for number, index in enumerate(picked.tolist()):
        inside = np.flatnonzero(places == number)
        if len(inside):
            totals["largest wrong"] += not central[inside[np.argmax(areas[inside])]]
        totals["not named" if index < 0 else "right" if central[index] else "wrong"] += 1


def main() -> None:
    """Measure, print, and exit with 1 when fewer are right than required."""
    options = arguments()
    harness.use_models((), options.models_dir)
    import django

    django.setup()
    from faces.runtime import get_pipeline

    pipeline = get_pipeline()
    folders = sorted(path for path in (harness.pictures() / "lfw" / "images").iterdir() if path.is_dir())
    names = ("photos", "several faces", "right", "wrong", "not named", "largest wrong")
    totals = dict.fromkeys(names, 0)
    for folder in folders[: options.people]:
        count(faces_of(pipeline, folder, options.each), totals)
    if options.json:
        print(json.dumps(totals))
    else:
        harness.rows_print(names, [tuple(str(totals[name]) for name in names)])
    share = totals["right"] / (totals["right"] + totals["wrong"])
    reached = share >= LEAST_RIGHT
    print(
        f"\nRequired: {LEAST_RIGHT:.0%} of the named faces right. {share:.1%}. "
        f"{'Reached.' if reached else 'NOT reached.'}",
        file=sys.stderr,
    )
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
