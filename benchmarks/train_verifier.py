"""Train verifiers on ORL with many splits by person, and test each beside the embedder's cosine distance.

Every split has 24 people to train on, 8 to choose the hyperparameters and to calibrate by, and 8 to test.
The distance is calibrated on the same 8 people. Prints the means over the splits, and the share of splits in
which the verifier is at least as good. Exits with 1 unless the mean accuracy and the mean area under the ROC
are at least those of the distance.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

FIGURES = ("accuracy", "auc", "loss", "false_matches", "false_non_matches")
REQUIRED = ("accuracy", "auc")


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--splits", type=int, default=40, help="splits by person, with seeds from 0")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    return parser.parse_args()


def measured(splits: int) -> dict[str, Any]:
    """Return the figures of all splits."""
    from faces.services.searching.verifier_training import faces_read, pictures_by_person
    from faces.vision.verifier.training import train

    faces = faces_read(pictures_by_person(harness.pictures() / "orl"))
    rows: dict[str, list[list[float]]] = {"verifier": [], "distance": []}
    started = time.process_time()
    for seed in range(splits):
        trained = train(faces.vectors, faces.people, seed=seed)
        for kind, of_kind in rows.items():
            of_kind.append([getattr(getattr(trained, kind), figure) for figure in FIGURES])
    seconds = (time.process_time() - started) / splits
    found: dict[str, Any] = {"faces": len(faces.people), "splits": splits, "seconds": seconds}
    tables = {kind: np.array(of_kind) for kind, of_kind in rows.items()}
    for kind, table in tables.items():
        found[kind] = dict(zip(FIGURES, table.mean(axis=0).tolist(), strict=True))
    better = tables["verifier"] - tables["distance"]
    found["deviation"] = dict(zip(FIGURES, better.std(axis=0).tolist(), strict=True))
    found["as_good"] = {
        figure: float(np.mean(better[:, index] * (1 if figure in REQUIRED else -1) >= 0))
        for index, figure in enumerate(FIGURES)
    }
    return found


def main() -> None:
    """Measure, print, and exit with 1 if the verifier is worse."""
    options = arguments()
    import django

    harness.use_models([harness.DETECTOR, harness.EMBEDDER], options.models_dir)
    django.setup()
    found = measured(options.splits)
    if options.json:
        print(json.dumps(found))
    else:
        print(f"{found['faces']} faces, {found['splits']} splits, {found['seconds']:.1f} s of processor each")
        rows = [
            (
                figure,
                f"{found['verifier'][figure]:.4f}",
                f"{found['distance'][figure]:.4f}",
                f"{found['deviation'][figure]:.4f}",
                f"{found['as_good'][figure]:.0%}",
            )
            for figure in FIGURES
        ]
        header = ("mean over the splits", "verifier", "distance", "deviation of the gap", "at least as good")
        harness.rows_print(header, rows)
    if any(found["verifier"][figure] < found["distance"][figure] for figure in REQUIRED):
        sys.exit(1)


if __name__ == "__main__":
    main()
