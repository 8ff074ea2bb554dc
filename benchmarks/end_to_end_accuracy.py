"""Score the people found in albums whose people are known, from the import of a folder to the export.

An album is a folder with photos/ and truth.csv, as the album maker writes it. For each one `bin/start
ALBUM/photos --exit` runs on a new data folder, `bin/manage export_people` exports the people, and the scorer
compares them with the truth. With --again the same command runs a second time with nothing new, which must
take at most 20 s.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ground_truth import SCORER, album_checked
from tqdm import tqdm

MOST_SECONDS_AGAIN = 20.0
COLUMNS = {
    "found": "detection_recall",
    "BCubed": "bcubed_f1",
    "precision": "bcubed_precision",
    "recall": "bcubed_recall",
    "purity": "purity",
    "combined": "combined",
}
"""The scorer's figure for each column title."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("albums", nargs="+", type=Path, metavar="ALBUM_DIR", help="with photos/, truth.csv")
    parser.add_argument("--again", action="store_true", help="also time a second run")
    parser.add_argument("--scorer", type=Path, default=SCORER, help="score_people.py (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    for album in options.albums:
        album_checked(parser, album)
    if not options.scorer.is_file():
        parser.error(f"no scorer at {options.scorer}: give its path with --scorer")
    return options


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and return its seconds."""
    began = time.monotonic()
    harness.checked_run(command, environment)
    return time.monotonic() - began


def measure(album: Path, place: Path, models_dir: Path, scorer: Path, *, again: bool) -> dict[str, Any]:
    """Import an album into a new data folder and return the scores and seconds."""
    data = place / "data"
    environment = {**os.environ, "TROMBINE_DATA": str(data), "TROMBINE_MODELS_DIR": str(models_dir)}
    start = str(harness.ROOT / "bin" / "start")
    command = [start, str(album.absolute() / "photos"), "--exit", "--data", str(data)]
    seconds = timed(command, environment)
    faces = place / "faces.csv"
    timed([*harness.MANAGE, "export_people", str(faces)], environment)
    scored = subprocess.run(
        [sys.executable, str(scorer), str(album / "truth.csv"), str(faces), "--json"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, Any] = json.loads(scored.stdout)
    figures |= {"photos": sum(1 for file in (album / "photos").rglob("*.jpg")), "seconds": seconds}
    if again:
        figures["seconds_again"] = timed(command, environment)
    return figures


def report(results: dict[str, dict[str, Any]], *, again: bool) -> None:
    """Print the results as a table."""
    extra = ("again",) if again else ()
    harness.rows_print(
        ("album", "photos", "faces", "people", *COLUMNS, "seconds", *extra),
        [
            (
                name,
                str(row["photos"]),
                str(row["faces"]),
                str(row["people"]),
                *(f"{row[figure]:.4f}" for figure in COLUMNS.values()),
                f"{row['seconds']:.0f}",
                *([f"{row['seconds_again']:.1f}"] if again else []),
            )
            for name, row in results.items()
        ],
    )


def main() -> None:
    """Measure every album, print, and exit with 1 when a second run took too long."""
    options = arguments()
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER], options.models_dir)
    results: dict[str, dict[str, Any]] = {}
    for album in tqdm(options.albums, desc="Albums", leave=False, disable=None):
        with tempfile.TemporaryDirectory(prefix="trombine-people-") as place:
            results[album.name] = measure(album, Path(place), models_dir, options.scorer, again=options.again)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        report(results, again=options.again)
    slow = [name for name, row in results.items() if row.get("seconds_again", 0.0) > MOST_SECONDS_AGAIN]
    if slow:
        sys.exit(f"The second run took more than {MOST_SECONDS_AGAIN:.0f} s on: {', '.join(slow)}")


if __name__ == "__main__":
    main()
