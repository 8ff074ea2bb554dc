"""Fill the disk of a running app to its last byte: what answers, what survives, and how soon all works again.

FOLDER must be on a small disk of its own, with 500 to 2,000 MB free, since the rest of it is filled with
zeros:

    mount -t tmpfs -o size=700m tmpfs FOLDER
    python3 benchmarks/full_disk.py FOLDER [--seconds N] [--smallest] [--models-dir DIR] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import harness
import psutil
import requests
from fault_app import FaultyApp

RESERVE_MB = 120
LEAST_MB, MOST_MB = 500, 2_000
SECONDS_TO_RECOVER = 30.0
PAGES = ("images/", "people/", "albums/", "me/", "jobs/")
PARTS = ("worker", "web", "database")
MODELS = (harness.DETECTOR, harness.EMBEDDER)


class Client:
    """Requests with a token, of which none is repeated."""

    def __init__(self, app: FaultyApp) -> None:
        self.url, self.headers = f"{app.url}/api/v1/", {"Authorization": f"Bearer {app.token}"}

    def get(self, path: str) -> int:
        """Return the status of an operation; 599 without one."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url + path, headers=self.headers, timeout=60).status_code
        return 599

    def upload(self, number: int) -> int:
        """Upload a photo of its own number, with a megabyte behind its end; return as `get` does."""
        from tests.drawing import photo

        files = {"file": (f"{number}.jpg", photo(number) + bytes(2**20))}
        with contextlib.suppress(requests.RequestException):
            return requests.post(
                f"{self.url}images/upload/", headers=self.headers, files=files, timeout=60
            ).status_code
        return 599

    def read(self) -> Counter[int]:
        """Return how often each status answered the pages, a thumbnail and an original."""
        return Counter(self.get(path) for path in (*PAGES, "images/1/original/"))


def measured(folder: Path, models: Path, log: Path, seconds: float) -> dict[str, Any]:
    """Run the app, fill the disk, kill each part, make room, and return the figures."""
    environment = {"TROMBINE_MODELS_DIR": str(models), "TROMBINE_RESERVE_MB": str(RESERVE_MB)}
    app = FaultyApp(folder / "data", log, environment, 0)
    app.start()
    filler = folder / "filler"
    found: dict[str, Any] = {}
    try:
        client = Client(app)
        client.upload(0)
        fill(filler, shutil.disk_usage(folder).free - (RESERVE_MB + 8) * 2**20)
        uploads = Counter(client.upload(number) for number in range(1, 16))
        found["uploads near the reserve"] = dict(uploads)
        found["reads at the reserve"] = dict(client.read())
        with contextlib.suppress(OSError):
            fill(filler, 2 * MOST_MB * 2**20)
        time.sleep(seconds)
        found["free bytes"] = shutil.disk_usage(folder).free
        found["reads on the full disk"] = dict(client.read())
        found["upload on the full disk"] = client.upload(100)
        for part in PARTS:
            killed(app, part)
            time.sleep(seconds)
            found[f"reads after a kill of the {part}"] = dict(client.read())
        found["supervisor lives"] = app.process is not None and app.process.poll() is None
        filler.unlink()
        began = time.monotonic()
        while client.upload(101) != requests.codes.ok and time.monotonic() - began < SECONDS_TO_RECOVER:
            time.sleep(0.2)
        found["room to an upload, seconds"] = round(time.monotonic() - began, 1)
        return found
    finally:
        filler.unlink(missing_ok=True)
        app.stop()
        shutil.rmtree(folder / "data")


def fill(file: Path, size: int) -> None:
    """Append zeros to a file. Raises OSError when the disk is full."""
    with file.open("ab") as target:
        for _piece in range(size // 2**16):
            target.write(bytes(2**16))
            target.flush()


def killed(app: FaultyApp, part: str) -> None:
    """Kill a part of the app, which the supervisor has to start again."""
    file = app.data / "run" / f"{part}.pid"
    if part == "database":
        file = app.data / "postgres" / "postmaster.pid"
    with contextlib.suppress(psutil.Error):
        psutil.Process(int(re.findall(r"\d+", file.read_text())[0])).kill()


def main() -> int:
    """Measure and print; 1 when something did not answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=30.0, help="after each step")
    parser.add_argument("--smallest", action="store_true", help="ten seconds after each step")
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    free = shutil.disk_usage(wanted.folder).free // 2**20
    if not os.path.ismount(wanted.folder) or not LEAST_MB <= free <= MOST_MB:
        parser.error(f"FOLDER must be a disk of its own with {LEAST_MB} to {MOST_MB:,} MB free")
    models = harness.use_models(MODELS, wanted.models_dir)
    with tempfile.TemporaryDirectory() as elsewhere:
        log = Path(elsewhere) / "app.log"
        found = measured(wanted.folder, models, log, 10.0 if wanted.smallest else wanted.seconds)
    if wanted.json:
        print(json.dumps(found, indent=1))
    else:
        for name, value in found.items():
            print(f"{name:34} {value}")
    reads = [name for name, value in found.items() if name.startswith("reads") and set(value) != {200}]
    wrong = reads + ["upload"] * (found["upload on the full disk"] != 507)
    wrong += ["supervisor"] * (not found["supervisor lives"])
    wrong += ["recovery"] * (float(found["room to an upload, seconds"]) > SECONDS_TO_RECOVER)
    for name in wrong:
        print(f"MISSED: {name}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
