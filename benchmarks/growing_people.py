"""Group drawn people whose faces change with the years, with and without the times of their photos.

No collection of children with names is free to use, so the vectors are drawn: a person's faces wander away
from themselves by so much cosine distance a year, and two faces of one time are .38 apart, as in a family's
photos. "shuffled": the times belong to other photos, so they say nothing. "siblings": a child of four years,
and one who looks like it at the same age but is six years younger; purity .5 means that they are one person.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRIFTS = (0.0, 0.02, 0.04, 0.06, 0.08, 0.10)
LIKENESSES = (0.2, 0.3, 0.4)
SEEDS = 5


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="default: %(default)s")
    parser.add_argument("--smallest", action="store_true", help="one seed, two drifts")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def figures(people: Any, taken: NDArray[np.float64] | None) -> tuple[float, float]:
    """Return BCubed recall and purity of the product's grouping."""
    from faces.vision.grouping.clustering import group_faces
    from tests.faces.vision.grouping.growing_people import accuracy

    photos = np.arange(len(people.who))
    found = accuracy(group_faces(people.vectors, photos=photos, taken=taken).labels, people.who)
    return found.recall, found.purity


def row_of(makers: list[Any]) -> dict[str, float]:
    """Return the mean figures of these people without times, with them, and with shuffled ones."""
    row = {}
    for name in ("without", "with", "shuffled"):
        measured = []
        for seed, people in enumerate(makers):
            shuffled = np.random.default_rng(seed).permutation(people.taken)
            times = {"without": None, "with": people.taken, "shuffled": shuffled}[name]
            measured.append(figures(people, times))
        recall, purity = np.mean(measured, axis=0)
        row |= {f"recall {name}": round(float(recall), 3), f"purity {name}": round(float(purity), 3)}
    return row


def main() -> None:
    """Print recall and purity by drift, and of siblings by likeness."""
    options = arguments()
    from tests.faces.vision.grouping.growing_people import grown_people, siblings

    seeds = range(1 if options.smallest else options.seeds)
    results: dict[str, dict[str, float]] = {}
    for drift in DRIFTS[::3] if options.smallest else DRIFTS:
        people = [grown_people(seed, drift=drift, people=12) for seed in seeds]
        results[f"twelve people, {drift:.2f} a year"] = row_of(people)
    for likeness in LIKENESSES[:1] if options.smallest else LIKENESSES:
        results[f"siblings, {likeness:.1f} apart"] = row_of([siblings(seed, likeness) for seed in seeds])
    if options.json:
        print(json.dumps(results))
        return
    columns = list(next(iter(results.values())))
    rows = [(name, *(f"{row[column]:.3f}" for column in columns)) for name, row in results.items()]
    harness.rows_print(("", *columns), rows)


if __name__ == "__main__":
    main()
