"""Check that photos imported one by one end in the same people as photos imported all at once.

Every photo of an album goes through the services of an upload: stored, processed, scanned for faces, which
are assigned on arrival where the match is clear, and grouped by a run. Each way has an account of its own:

  all at once           eight photos a task, as an import does; one run at the end
  one by one            one photo a task, in random order; one run at the end, and no people until then
  ..., a run every 100  the same in another order, with runs in between
  ..., a run after each the same once more, as when each upload ends before the next begins

Printed for each way: how far its people agree with those of the first way (unassigned faces count as groups
of one); the faces assigned on arrival, and how many of them rightly; the unassigned faces before and after
the last run and the faces that it moved; and the accuracy of the people (BCubed F1 against the truth). The
detections of a photo are cached from the first way; faces are embedded anew in each way, in its own batches.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from caching_detector import cache_detections
from ground_truth import SCORER, album_checked, people_in_truth, scorer_read, truth_read
from tqdm import tqdm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LEAST_AGREEMENT = 0.99
AGREEMENTS = ("pairwise F1", "BCubed F1", "adjusted Rand")

COUNTS = (
    *("faces", "runs", "placed", "placed_right", "placed_wrong"),
    *("waiting_before", "people", "waiting", "moved"),
)

Partition = dict[tuple[str, float, float], str]
"""The group of each face, by its photo and the corner of its box."""


@dataclass(frozen=True)
class Way:
    """A way to import an album.

    batch: photos per task. every: photos between two runs, 0 for one run at the end.
    """

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


@dataclass(frozen=True)
class Placement:
    """A face that was assigned on arrival, and the other faces that the person then had."""

    face: int
    others: list[int]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("album", type=Path, metavar="ALBUM_DIR", help="with photos/, truth.csv")
    parser.add_argument("--seed", type=int, default=0, help="seed of the orders (default: %(default)s)")
    parser.add_argument("--photos", type=int, metavar="N", help="only the album's first N")
    parser.add_argument("--scorer", type=Path, default=SCORER, help="score_people.py (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    album_checked(parser, options.album)
    if not options.scorer.is_file():
        parser.error(f"no scorer at {options.scorer}: give its path with --scorer")
    return options


def photos_import(owner: User, files: list[Path], photos: Path) -> list[Placement]:
    """Import photos in one batch and return the faces that were assigned on arrival."""
    from albums.services.reading.renditions import READING, image_read_claimed
    from albums.services.uploading.uploads import image_store
    from faces.models import Face
    from faces.services.detecting.scans import scans_claim, scans_open, scans_run

    ids = []
    for file in files:
        outcome = image_store(owner=owner, source=file, source_path=file.relative_to(photos).as_posix())
        if outcome.image is None:
            sys.exit(f"{file} was rejected: {outcome.why}")
        if READING.claim([outcome.image.pk]) and image_read_claimed(image_id=outcome.image.pk):
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


def way_run(way: Way, owner: User, files: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    """Import the album in one way, up to the last run, and return its figures."""
    from faces.models import Face
    from faces.services.grouping.run import owner_recluster

    if way.shuffled:
        order = np.random.default_rng([options.seed, WAYS.index(way)]).permutation(len(files))
        files = [files[at] for at in order.tolist()]
    began, placements, runs = time.monotonic(), [], 0
    bar = tqdm(total=len(files), desc=way.name, unit=" photos", leave=False, disable=None)
    for start in range(0, len(files), way.batch):
        batch = files[start : start + way.batch]
        placements += photos_import(owner, batch, options.album / "photos")
        bar.update(len(batch))
        if way.every and (start + len(batch)) % way.every == 0 and start + len(batch) < len(files):
            owner_recluster(owner)
            runs += 1
    bar.close()
    own = Face.objects.filter(image__owner=owner)
    before = own.unassigned().count()
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
    """Count right and wrong placements; right means with a person most of whose known faces are the same.

    People in the background are not in the truth: a face of theirs in a group without any true person cannot
    be judged.
    """
    result: Counter[str] = Counter()
    for placement in placements:
        known = Counter(who[face] for face in placement.others if face in who)
        theirs = known.most_common(1)[0][0] if known else None
        here = who.get(placement.face)
        result["not_in_truth" if theirs is here is None else "right" if theirs == here else "wrong"] += 1
    return result


def partition(owner: User) -> Partition:
    """Return the group of each face; an unassigned face is a group of one."""
    from faces.models import Face

    return {
        (face.image.source_path, round(face.x, 6), round(face.y, 6)): (
            f"alone {face.pk}" if face.person_id is None else str(face.person_id)
        )
        for face in Face.objects.filter(image__owner=owner).select_related("image")
    }


def agreement(one: Partition, other: Partition) -> dict[str, float]:
    """Return how far two partitions of the same faces agree, 0..1; the measures are symmetric."""
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
    """Return the figures of each way, on a new data folder."""
    with harness.product(data, models_dir):
        from django.contrib.auth.models import User

        from faces.services.exporting.csv import COLUMNS, people_rows

        cache_detections()
        scorer, truth = scorer_read(options.scorer), truth_read(options.album)
        photos = options.album / "photos"
        files = sorted(photos.rglob("*.jpg"))[: options.photos]
        arrived = {file.relative_to(photos).as_posix() for file in files}
        results: dict[str, dict[str, Any]] = {}
        first: Partition = {}
        for number, way in enumerate(WAYS):
            owner = User.objects.create_user(f"way-{number}")
            figures = way_run(way, owner, files, options)
            found = partition(owner)
            first = first or found
            rows = [dict(zip(COLUMNS, map(str, row), strict=True)) for row in people_rows(owner)]
            scored = scorer.score([row for row in truth if row["photo"] in arrived], rows)
            results[way.name] = figures | agreement(first, found) | {"truth": scored["bcubed_f1"]}
        return results


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print the results as a table."""
    harness.rows_print(
        (
            *(
                "way",
                "faces",
                "runs",
                "placed",
                "right",
                "wrong",
                "unassigned before",
                "people",
                "unassigned",
                "moved",
            ),
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
    """Measure, print, and exit with 1 when the people of two ways differ."""
    options = arguments()
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER], options.models_dir)
    with tempfile.TemporaryDirectory(prefix="trombine-arrival-") as place:
        results = harness.in_own_process(measure, options, Path(place) / "data", models_dir)
    print(json.dumps(results, indent=2)) if options.json else report(results)
    unlike = [name for name, row in results.items() if min(row[one] for one in AGREEMENTS) < LEAST_AGREEMENT]
    if unlike:
        sys.exit(f"Below {LEAST_AGREEMENT}: {', '.join(unlike)}")


if __name__ == "__main__":
    main()
