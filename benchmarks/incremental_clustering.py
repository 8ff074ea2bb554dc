"""Photos that come one by one end in the same people as photos that come all at once.

Every photo of an album comes through the services that an upload goes through: stored, read, looked at for
faces, which are placed with their people where there is little doubt, and grouped by a run. Each way has an
account of its own:

  all at once           eight photos a task, as an import does; one run at the end
  one by one            a photo a task, in an order by chance; one run at the end. Until then nobody is known
  ..., a run every 100  the same in another order, with runs in between
  ..., a run after each the same once more: what happens when an upload has ended before the next begins

Printed for each: how far its people are those of the first way (faces that wait count as alone); what was
placed on arrival, and whether with the right person; how many faces waited before the last run, wait after it
and were moved by it; and how near the people are to the truth (BCubed F1). What the detector finds in a photo
is remembered from the first way; faces are embedded in each way anew, in its own batches.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from ground_truth import SCORER, album_checked, people_in_truth, scorer_read, truth_read
from tqdm import tqdm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces.vision.types import Detection, Detector, Pixels

LEAST_AGREEMENT = 0.99
AGREEMENTS = ("pairwise F1", "BCubed F1", "adjusted Rand")

COUNTS = (
    *("faces", "runs", "placed", "placed_right", "placed_wrong"),
    *("waiting_before", "people", "waiting", "moved"),
)

Partition = dict[tuple[str, float, float], str]
"""A face, by its photo and its box's corner -> its group."""


@dataclass(frozen=True)
class Way:
    """batch: photos that come together. every: a run after so many, 0 for none before the end."""

    name: str
    batch: int
    every: int = 0
    shuffled: bool = True


WAYS = (
    Way("all at once", batch=8, shuffled=False),
    Way("one by one", batch=1),
    Way("..., a run every 100", batch=1, every=100),
    Way("..., a run after each", batch=1, every=1),
)


@dataclass
class Remembering:
    """A detector that looks at a picture once."""

    detector: Detector
    found: dict[bytes, list[Detection]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The detector's own."""
        return self.detector.name

    def detect(self, picture: Pixels, /) -> list[Detection]:
        """What was found the first time."""
        digest = hashlib.sha256(picture.tobytes()).digest()
        if digest not in self.found:
            self.found[digest] = self.detector.detect(picture)
        return self.found[digest]


@dataclass(frozen=True)
class Placement:
    """A face that was put with a person on arrival, and the other faces that the person had then."""

    face: int
    others: list[int]


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("album", type=Path, metavar="ALBUM_DIR", help="with photos/, truth.csv")
    parser.add_argument("--seed", type=int, default=0, help="of the orders (default: %(default)s)")
    parser.add_argument("--photos", type=int, metavar="N", help="only the album's first N")
    parser.add_argument("--scorer", type=Path, default=SCORER, help="score_people.py (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    options = parser.parse_args()
    album_checked(parser, options.album)
    if not options.scorer.is_file():
        parser.error(f"there is no scorer at {options.scorer}: name it with --scorer")
    return options


def remember_detections() -> None:
    """Let this process's detector look at each picture once, whoever's photo it is."""
    from faces import runtime

    open_really = runtime.open_detector
    runtime.open_detector = lambda wanted: Remembering(open_really(wanted))


def come_in(owner: User, files: list[Path], photos: Path) -> list[Placement]:
    """Photos arrive together; the faces among theirs that were placed at once."""
    from albums.services.reading.renditions import image_claim, image_read_claimed
    from albums.services.uploading.uploads import image_store
    from faces.models import Face
    from faces.services.detecting.scans import scans_claim, scans_open, scans_run

    ids = []
    for file in files:
        outcome = image_store(owner=owner, source=file, source_path=file.relative_to(photos).as_posix())
        if outcome.image is None:
            sys.exit(f"{file} was refused: {outcome.reason}")
        if image_claim(image_id=outcome.image.pk) and image_read_claimed(image_id=outcome.image.pk):
            ids.append(outcome.image.pk)
    scans_open(ids)
    scans_run(scans_claim(ids))
    placed = Face.objects.filter(image__in=ids, person__isnull=False).values_list("pk", "person_id")
    return [
        Placement(
            face, list(Face.objects.filter(person=person).exclude(pk=face).values_list("pk", flat=True))
        )
        for face, person in placed
    ]


def go(way: Way, owner: User, files: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    """Let the album arrive in a way, to the last run; the figures that need no other way."""
    from faces.models import Face
    from faces.services.grouping.run import owner_recluster

    if way.shuffled:
        order = np.random.default_rng([options.seed, WAYS.index(way)]).permutation(len(files))
        files = [files[at] for at in order.tolist()]
    began, placements, runs = time.monotonic(), [], 0
    bar = tqdm(total=len(files), desc=way.name, unit=" photos", leave=False, disable=None)
    for start in range(0, len(files), way.batch):
        batch = files[start : start + way.batch]
        placements += come_in(owner, batch, options.album / "photos")
        bar.update(len(batch))
        if way.every and (start + len(batch)) % way.every == 0 and start + len(batch) < len(files):
            owner_recluster(owner)
            runs += 1
    bar.close()
    own = Face.objects.filter(image__owner=owner)
    before = own.waiting().count()
    run = owner_recluster(owner)
    judgement = judged(placements, people_in_truth(options.album, owner.pk, options.scorer))
    return {
        "faces": own.count(),
        "runs": runs + 1,
        "placed": len(placements),
        **{f"placed_{name}": judgement[name] for name in ("right", "wrong", "not_in_truth")},
        "waiting_before": before,
        "waiting": run.waiting,
        "people": run.people,
        "moved": run.moved,
        "seconds": time.monotonic() - began,
    }


def judged(placements: list[Placement], who: dict[int, str]) -> Counter[str]:
    """How many were put with somebody most of whose known faces are theirs, and how many not.

    Behind the people of an album stand others who are not in its truth: of one of them with a group that is
    nobody's in truth nothing can be said.
    """
    result: Counter[str] = Counter()
    for placement in placements:
        known = Counter(who[face] for face in placement.others if face in who)
        theirs = known.most_common(1)[0][0] if known else None
        here = who.get(placement.face)
        result["not_in_truth" if theirs is here is None else "right" if theirs == here else "wrong"] += 1
    return result


def partition(owner: User) -> Partition:
    """Which group each face is in; a face that waits is a group of its own."""
    from faces.models import Face

    return {
        (face.image.source_path, round(face.x, 6), round(face.y, 6)): (
            f"alone {face.pk}" if face.person_id is None else str(face.person_id)
        )
        for face in Face.objects.filter(image__owner=owner).select_related("image")
    }


def agreement(one: Partition, other: Partition) -> dict[str, float]:
    """How far two partitions of the same faces are the same, 0..1, whichever is asked first."""
    from sklearn.metrics import adjusted_rand_score

    if one.keys() != other.keys():
        sys.exit("The ways did not find the same faces, so their people cannot be compared.")
    pairs = [(one[face], other[face]) for face in one]
    cells, left, right = Counter(pairs), Counter(one.values()), Counter(other.values())

    def together(sizes: Counter[Any]) -> int:
        return sum(size * (size - 1) // 2 for size in sizes.values())

    precision = sum(size * size / right[group] for (_, group), size in cells.items()) / len(pairs)
    recall = sum(size * size / left[group] for (group, _), size in cells.items()) / len(pairs)
    return {
        "pairwise F1": 2 * together(cells) / (together(left) + together(right)),
        "BCubed F1": 2 * precision * recall / (precision + recall),
        "adjusted Rand": float(adjusted_rand_score(*zip(*pairs, strict=True))),
    }


def measure(options: argparse.Namespace, data: Path, models_dir: Path) -> dict[str, dict[str, Any]]:
    """Way -> its figures, on a new data folder."""
    with harness.product(data, models_dir):
        from django.contrib.auth.models import User

        from faces.services.exporting.csv import COLUMNS, people_rows

        remember_detections()
        scorer, truth = scorer_read(options.scorer), truth_read(options.album)
        photos = options.album / "photos"
        files = sorted(photos.rglob("*.jpg"))[: options.photos]
        arrived = {file.relative_to(photos).as_posix() for file in files}
        results: dict[str, dict[str, Any]] = {}
        first: Partition = {}
        for number, way in enumerate(WAYS):
            owner = User.objects.create_user(f"way-{number}")
            figures = go(way, owner, files, options)
            found = partition(owner)
            first = first or found
            rows = [dict(zip(COLUMNS, map(str, row), strict=True)) for row in people_rows(owner)]
            scored = scorer.score([row for row in truth if row["photo"] in arrived], rows)
            results[way.name] = figures | agreement(first, found) | {"truth": scored["bcubed_f1"]}
        return results


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print for a person."""
    harness.rows_print(
        (
            *("way", "faces", "runs", "placed", "right", "wrong", "waited", "people", "waiting", "moved"),
            *AGREEMENTS,
            *("truth", "seconds"),
        ),
        [
            (
                name,
                *(str(row[figure]) for figure in COUNTS),
                *(f"{row[figure]:.4f}" for figure in AGREEMENTS),
                f"{row['truth']:.4f}",
                f"{row['seconds']:.0f}",
            )
            for name, row in results.items()
        ],
    )


def main() -> None:
    """Measure, print, and end with 1 when the people of two ways are not the same."""
    options = arguments()
    models_dir = harness.use_models(["retinaface_mobilenet", "facenet128"], options.models_dir)
    with tempfile.TemporaryDirectory(prefix="trombine-arrival-") as place:
        results = harness.in_own_process(measure, options, Path(place) / "data", models_dir)
    print(json.dumps(results, indent=2)) if options.json else report(results)
    unlike = [name for name, row in results.items() if min(row[one] for one in AGREEMENTS) < LEAST_AGREEMENT]
    if unlike:
        sys.exit(f"Below {LEAST_AGREEMENT}: {', '.join(unlike)}")


if __name__ == "__main__":
    main()
