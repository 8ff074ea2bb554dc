"""Measure the time and memory of grouping: group_faces beside dense hdbscan.HDBSCAN on the same faces.

The faces are synthetic: people of very different size, the faces of a person .2 to .45 apart, strangers about
1, one to four faces a photo. Each run has a process of its own, so that its peak memory is its own; 2
threads. Seconds and processor time are those of the grouping and its imports, the peak is that of the whole
process. The growth is the exponent e of seconds ~ faces^e between neighbouring sizes.

"After 100 photos" is a run that has the neighbours of all faces but those of 100 photos: its time without
reading and writing, and how far its groups agree with those of the run from nothing (BCubed F1).
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import itertools
import json
import math
import os
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray
from tqdm import tqdm

SIZES = (1_000, 10_000, 100_000)
REQUIRED_SIZE, MOST_SECONDS, MOST_BYTES = 100_000, 60.0, 2e9
DIMENSIONS = 256
NEW_PHOTOS = 100
NEAREST, FARTHEST = 0.2, 0.45
"""Range of the mean cosine distance between the faces of a person."""
LARGEST_SHARE = 0.02
"""Greatest share of all faces that are of one person."""
PHOTO_OF = (0.45, 0.3, 0.15, 0.1)
"""Probabilities that a photo shows one, two, three or four faces."""
DRAWN_AT_ONCE = 50_000
DENSE_MATRICES = 4
"""Approximate number of float64 matrices of faces x faces that the dense method holds at once."""
TROMBINE, DENSE = "Trombine", "hdbscan.HDBSCAN, dense"
THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "2"
)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="faces (default: %(default)s)"
    )
    parser.add_argument(
        "--dense-to", type=int, default=10_000, metavar="N", help="largest dense run (default: %(default)s)"
    )
    parser.add_argument(
        "--dimensions",
        type=int,
        default=DIMENSIONS,
        metavar="N",
        help="of a vector (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--one", choices=(TROMBINE, DENSE), help=argparse.SUPPRESS)
    return parser.parse_args()


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scale the rows to length 1."""
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def faces_drawn(
    count: int, seed: int, dimensions: int = DIMENSIONS
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """Draw faces in random order: their vectors, photos and true people."""
    rng = np.random.default_rng(seed)
    sizes = np.minimum(1 + 3 * rng.pareto(1.0, size=count), 2 + LARGEST_SHARE * count).astype(int)
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), count)) + 1]
    who = rng.permutation(np.repeat(np.arange(len(sizes)), sizes)[:count])
    centres = unit(rng.standard_normal((len(sizes), dimensions), dtype=np.float32))
    vectors = rng.standard_normal((count, dimensions), dtype=np.float32)
    # With noise of length s around a centre of length 1, two faces are s² / (1 + s²) apart on average.
    distance = rng.uniform(NEAREST, FARTHEST, len(sizes))
    # In parts, so that drawing takes less memory than grouping.
    for start in range(0, count, DRAWN_AT_ONCE):
        part = slice(start, start + DRAWN_AT_ONCE)
        noise = np.sqrt(distance / (1 - distance))[who[part], None] * unit(vectors[part])
        vectors[part] = unit(centres[who[part]] + noise)
    shown = 1 + rng.choice(len(PHOTO_OF), size=count, p=PHOTO_OF)
    photos = np.repeat(np.arange(count), shown)[:count]
    # A face whose person is already in the photo gets a photo of its own.
    first = np.unique(photos * len(sizes) + who, return_index=True)[1]
    photos[np.setdiff1d(np.arange(count), first)] = count + np.setdiff1d(np.arange(count), first)
    return vectors, photos, who.astype(np.int64)


def alone_numbered(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each unassigned face a group of its own."""
    return np.where(labels < 0, labels.max(initial=0) + 1 + np.arange(len(labels)), labels)


def bcubed(labels: NDArray[np.int64], who: NDArray[np.int64]) -> float:
    """Return BCubed F1, with each unassigned face as a group of one."""
    groups = alone_numbered(labels)
    _, cell, together = np.unique(np.stack([groups, who]), axis=1, return_inverse=True, return_counts=True)
    both = together[cell.ravel()]
    precision, recall = (float((both / np.bincount(side)[side]).mean()) for side in (groups, who))
    return 2 * precision * recall / (precision + recall)


def run_one(method: str, count: int, seed: int, dimensions: int) -> dict[str, Any]:
    """Group in this process: seconds, processor seconds, peak memory in bytes, and BCubed F1."""
    from faces.vision.grouping.clustering import group_faces
    from faces.vision.grouping.neighbour_lists import NeighbourLists, lists_updated

    vectors, photos, who = faces_drawn(count, seed, dimensions)
    ids = np.arange(count)
    lists: NeighbourLists | None = None

    def grouped(stored: NeighbourLists | None) -> tuple[NDArray[np.int64], NeighbourLists]:
        lists = lists_updated(stored, ids, vectors)
        near = (lists.indices, lists.similarities)
        return group_faces(vectors, photos=photos, near=near).labels, lists

    began, began_processor = time.monotonic(), time.process_time()
    if method == TROMBINE:
        labels, lists = grouped(None)
    else:
        from hdbscan import HDBSCAN

        dense = HDBSCAN(min_cluster_size=2, min_samples=1, metric="euclidean", algorithm="generic")
        labels = np.asarray(dense.fit_predict(vectors.astype(np.float64)), dtype=np.int64)
    seconds, processor = time.monotonic() - began, time.process_time() - began_processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    again: dict[str, float] = {}
    if lists is not None:
        rng = np.random.default_rng(seed)
        old = ~np.isin(photos, rng.choice(np.unique(photos), NEW_PHOTOS, replace=False))
        stored = lists_updated(lists, ids[old], vectors[old])
        began, began_processor = time.monotonic(), time.process_time()
        labels_again, _lists = grouped(stored)
        again = {
            "again_seconds": time.monotonic() - began,
            "again_processor": time.process_time() - began_processor,
            "again_agreement": bcubed(labels_again, alone_numbered(labels)),
        }
    return {
        **again,
        "seconds": seconds,
        "processor": processor,
        "peak": peak,
        "f1": bcubed(labels, who),
        "people": int(who.max()) + 1,
    }


def measured(method: str, count: int, options: argparse.Namespace) -> dict[str, Any]:
    """Run `run_one` in a new process."""
    done = subprocess.run(
        [
            *(sys.executable, __file__, "--one", method, "--sizes", str(count)),
            *("--seed", str(options.seed), "--dimensions", str(options.dimensions)),
        ],
        env={**os.environ, **THREADS},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {"method": method, "faces": count, **json.loads(done.stdout)}


def has_room(count: int) -> bool:
    """Return True if a dense run of this size fits into the free memory."""
    return DENSE_MATRICES * 8 * count**2 < psutil.virtual_memory().available


def growths(rows: list[dict[str, Any]]) -> None:
    """Add the growth exponents of wall-clock and processor time to all but the first row of a method."""
    for method in (TROMBINE, DENSE):
        own = sorted((row for row in rows if row["method"] == method), key=lambda row: row["faces"])
        for less, more in itertools.pairwise(own):
            for kind in ("seconds", "processor"):
                ratio = math.log(more[kind] / less[kind])
                more[f"growth_{kind}"] = ratio / math.log(more["faces"] / less["faces"])


def report(rows: list[dict[str, Any]]) -> None:
    """Print the results as a table."""

    def growth(row: dict[str, Any], kind: str) -> str:
        return f"{row[f'growth_{kind}']:.2f}" if f"growth_{kind}" in row else ""

    harness.rows_print(
        (
            *("", "faces", "people", "seconds", "growth", "processor", "growth", "peak MB", "BCubed F1"),
            *(f"after {NEW_PHOTOS} photos: seconds", "processor", "agreement"),
        ),
        [
            (
                row["method"],
                f"{row['faces']:,}",
                f"{row['people']:,}",
                f"{row['seconds']:.1f}",
                growth(row, "seconds"),
                f"{row['processor']:.1f}",
                growth(row, "processor"),
                f"{row['peak'] / 1e6:,.0f}",
                f"{row['f1']:.4f}",
                *(
                    f"{row[f'again_{kind}']:.{digits}f}" if f"again_{kind}" in row else ""
                    for kind, digits in (("seconds", 1), ("processor", 1), ("agreement", 5))
                ),
            )
            for row in rows
        ],
    )


def main() -> None:
    """Measure, print, and exit with 1 when 100,000 faces take too long or too much."""
    options = arguments()
    if options.one:
        print(json.dumps(run_one(options.one, options.sizes[0], options.seed, options.dimensions)))
        return
    runs = [(method, size) for size in sorted(options.sizes) for method in (TROMBINE, DENSE)]
    rows, left_out = [], []
    load = os.getloadavg()[0]
    for method, size in tqdm(runs, desc="Runs", leave=False, disable=None):
        if method == DENSE and (size > options.dense_to or not has_room(size)):
            left_out.append(
                f"{size:,} ({DENSE_MATRICES} matrices are {DENSE_MATRICES * 8e-9 * size**2:.1f} GB)"
            )
        else:
            rows.append(measured(method, size, options))
    growths(rows)
    largest = [row for row in rows if row["method"] == TROMBINE and row["faces"] == REQUIRED_SIZE]
    reached = all(row["seconds"] <= MOST_SECONDS and row["peak"] <= MOST_BYTES for row in largest)
    if options.json:
        print(json.dumps({"runs": rows, "dense_left_out": left_out, "load": load}, indent=2))
    else:
        report(rows)
        print(f"\nDense not run at: {', '.join(left_out) or 'none'}. Load at the start: {load:.1f}.")
        if largest:
            print(
                f"Required at {REQUIRED_SIZE:,}: {MOST_SECONDS:.0f} s, {MOST_BYTES / 1e9:.0f} GB. "
                f"{'Reached.' if reached else 'NOT reached.'}"
            )
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
