"""Measure how erased face data leaves the disk: what remains, how long the sweep takes, and whom it stops.

Creates a database with synthetic vectors (synthetic_faces.py), ends face recognition of an account with half
of the faces, and looks for 30 of its vectors in every file of the data folder before and after the sweep.
Another connection searches all the time, as a page does: the longest time without an answer is the pause that
the sweep causes. Pages are timed with and without statistics of the columns that have none.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from synthetic_faces import MODEL, Faces, Owner, accounts_store

MOST_MINUTES = 5.0
MOST_PAUSE_SECONDS = 15.0
SAMPLED = 30
SMALLEST = 2_000
PAGES = ("/", "/people/", "/review/", "/faces/waiting/", "/changes/", "/albums/")

Figures = dict[str, Any]


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--faces", type=int, default=100_000, metavar="N", help="of both accounts (default: 100000)"
    )
    parser.add_argument("--smallest", action="store_true", help=f"only {SMALLEST} faces")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def hits(needles: list[bytes], folder: Path) -> dict[str, int]:
    """Return how many needles are in the files of a folder, by part of the folder."""
    found: dict[str, int] = {}
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        part = path.relative_to(folder).parts
        name = "/".join(part[:2]) if part[0] == "postgres" else part[0]
        with path.open("rb") as file:
            content = file.read()
        count = sum(1 for needle in needles if needle in content)
        if count:
            found[name] = found.get(name, 0) + count
    return found


class Searcher(threading.Thread):
    """Searches for look-alikes of the other account until it is stopped."""

    def __init__(self, owner: int, vector: Any) -> None:
        super().__init__(daemon=True)
        self.pause = 0.0
        self._owner, self._vector = owner, vector
        self._over = threading.Event()

    def run(self) -> None:
        """Search, and measure the time between two answers."""
        from django.db import connection

        from faces.services.core.vector_search import VectorSearch

        answered = time.perf_counter()
        while not self._over.is_set():
            VectorSearch(self._owner, self._vector, MODEL).exact(10)
            now = time.perf_counter()
            self.pause, answered = max(self.pause, now - answered), now
            time.sleep(0.02)
        connection.close()

    def stop(self) -> float:
        """End, and return the longest time without an answer, in seconds."""
        self._over.set()
        self.join()
        return self.pause


def measure(options: argparse.Namespace, data: Path) -> Figures:
    """Erase, sweep, and return the figures."""
    from django.contrib.auth.models import User
    from django.db import connection

    from albums.services.erasing.sweeping import SweepOutcome, sweep_run
    from faces.models import FaceEmbedding
    from faces.services.erasing.erasure import recognition_end

    faces = Faces(options.seed)
    accounts_store([Owner(options.faces // 2, in_review=True), Owner(options.faces // 2)], faces)
    rows = FaceEmbedding.objects.filter(owner_id=1)
    rng = np.random.default_rng(options.seed)
    ids = rng.choice(np.array(rows.values_list("pk", flat=True)), SAMPLED, replace=False).tolist()
    needles = [np.asarray(row.vector, dtype="<f4").tobytes()[:32] for row in rows.filter(pk__in=ids)]
    other = FaceEmbedding.objects.filter(owner_id=2).earliest("pk").vector
    figures: Figures = {"pages": plans(2), "faces": options.faces}

    began = time.perf_counter()
    recognition_end(owner=User.objects.get(pk=1))
    figures["erase_seconds"] = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    figures["before"] = hits(needles, data)
    idle = Searcher(2, other)
    idle.start()
    time.sleep(3)
    figures["pause_idle_seconds"] = idle.stop()
    searcher = Searcher(2, other)
    searcher.start()
    began = time.perf_counter()
    while sweep_run(at_once=True) is SweepOutcome.LATER:
        time.sleep(1)
    figures["sweep_seconds"] = time.perf_counter() - began
    figures["pause_seconds"] = searcher.stop()
    figures["after"] = hits(needles, data)
    began = time.perf_counter()
    sweep_run(at_once=True)
    figures["nothing_ms"] = 1000 * (time.perf_counter() - began)
    return figures


def plans(owner: int) -> dict[str, list[float]]:
    """Return the milliseconds of pages without and with statistics of all columns."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(pk=owner))
    off = (
        "SELECT attrelid::regclass::text, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
        "WHERE attstattarget = 0 AND relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    times: dict[str, list[float]] = {page: [] for page in PAGES}
    with connection.cursor() as cursor:
        cursor.execute(off)
        columns = cursor.fetchall()
        for target in (0, -1):
            for table, name in columns:
                cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET STATISTICS {target}")
            cursor.execute("ANALYZE")
            for page in PAGES:
                spent = []
                for _ in range(5):
                    began = time.perf_counter()
                    client.get(page, headers={"host": "localhost"})
                    spent.append(1000 * (time.perf_counter() - began))
                times[page].append(sorted(spent)[2])
        for table, name in columns:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET STATISTICS 0")
    return times


def benchmark(options: argparse.Namespace, data: Path) -> Figures:
    """Create the database, and measure."""
    import django
    from django.db import connection

    from config.local_services import embedded

    with embedded.services():
        subprocess.run([*harness.MANAGE, "migrate", "--skip-checks"], check=True, stdout=subprocess.DEVNULL)
        django.setup()
        try:
            return measure(options, data)
        finally:
            connection.close()


def main() -> None:
    """Measure, print, and exit with 1 when a required figure is missed."""
    options = arguments()
    if options.smallest:
        options.faces = SMALLEST
    data = Path(tempfile.mkdtemp(prefix="trombine-erasure-"))
    # With TROMBINE_DEBUG pages need no collected static files.
    os.environ |= {"TROMBINE_DATA": str(data), "TROMBINE_LOG_LEVEL": "WARNING", "TROMBINE_DEBUG": "1"}
    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    try:
        figures = benchmark(options, data)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(f"{figures['faces']:,} faces, half of them erased in {figures['erase_seconds']:.1f} s")
        print(f"sampled vectors found before the sweep: {figures['before']}, after it: {figures['after']}")
        print(f"sweep: {figures['sweep_seconds']:.1f} s; with nothing to do {figures['nothing_ms']:.1f} ms")
        print(
            f"longest pause of a search: {figures['pause_seconds']:.1f} s "
            f"(without a sweep {figures['pause_idle_seconds']:.1f} s)"
        )
        harness.rows_print(
            ("page", "without statistics of these columns", "with them"),
            [(page, *(f"{one:.0f} ms" for one in pair)) for page, pair in figures["pages"].items()],
        )
    reached = (
        not figures["after"]
        and figures["sweep_seconds"] <= 60 * MOST_MINUTES
        and figures["pause_seconds"] <= MOST_PAUSE_SECONDS
    )
    required = f"no vector left, {MOST_MINUTES:.0f} minutes, no pause above {MOST_PAUSE_SECONDS:.0f} s"
    print(f"Required: {required}. {'Reached.' if reached else 'NOT reached.'}", file=sys.stderr)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
