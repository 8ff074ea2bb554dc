"""Memory, time and outcome of decoding pictures that were made to take as much as they can.

Each is decoded in a process of its own, for a photo's renditions (2048 pixels), at full size, and its header
alone. Required: no crash, and at most the stated memory beyond that of the process before.

    python3 benchmarks/hostile_pictures.py [--smallest] [--json] [NAME...]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import harness  # noqa: F401 - first of all: enters the project's environment
from hostile_files import pictures

from albums import imaging
from albums.exceptions import ImageRefused
from albums.imaging.memory import MEMORY_FOR_ONE_PICTURE

MEGA = 1_000_000
RENDITION_SIDE = 2048
MOST_SECONDS = 60.0
# Of Python's own objects, threads of decoders and the like.
SLACK = 60 * 2**20


def probed(path: Path) -> None:
    """Read the header."""
    imaging.probe(path)


def rendered(path: Path) -> None:
    """Decode as for renditions."""
    imaging.read(path, max_side=RENDITION_SIDE)


def whole(path: Path) -> None:
    """Decode at full size, as for a painting."""
    imaging.decode(path)


PATHS = {"header": probed, "2048": rendered, "full": whole}


def measured(work: Callable[[Path], None], path: Path) -> dict[str, object]:
    """Run in a process of its own: outcome, seconds, and bytes beyond those of the process before."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        Path("/proc/self/clear_refs").write_text("5")
        before, began = resident("VmRSS"), time.monotonic()
        try:
            work(path)
            outcome = "taken"
        except ImageRefused as refusal:
            outcome = f"{refusal.code}: {refusal.detail}"
        except Exception as error:  # noqa: BLE001 - counts as a crash
            outcome = f"CRASH {type(error).__name__}: {error}"
        found = {
            "outcome": outcome,
            "seconds": round(time.monotonic() - began, 2),
            "bytes": resident("VmHWM") - before,
            "kept": resident("VmRSS") - before,
        }
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _pid, status = os.waitpid(child, 0)
    return json.loads(text) if text else {"outcome": f"CRASH {status}", "seconds": 0, "bytes": 0, "kept": 0}


def resident(field: str) -> int:
    """A figure of this process in bytes."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{field}:"))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginnings of names; default: all")
    parser.add_argument("--smallest", action="store_true", help="a hundredth of the pixels, for a trial")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rows, wrong = [], []
    for name, make in pictures(1_410 if wanted.smallest else 14_100).items():
        if wanted.names and not name.startswith(tuple(wanted.names)):
            continue
        with tempfile.NamedTemporaryFile() as file:
            file.write(make())
            file.flush()
            size = Path(file.name).stat().st_size
            for path_name, work in PATHS.items():
                row = {"picture": name, "file": size, "path": path_name, **measured(work, Path(file.name))}
                rows.append(row)
                crashed = str(row["outcome"]).startswith("CRASH")
                if (
                    crashed
                    or int(row["bytes"]) > MEMORY_FOR_ONE_PICTURE + SLACK
                    or float(row["seconds"]) > MOST_SECONDS
                ):
                    wrong.append(row)
                if not wanted.json:
                    print(
                        f"{name:26} {size / 2**20:7.1f} MB  {path_name:7} {row['bytes'] / MEGA:7.0f} MB"
                        f" (kept {row['kept'] / MEGA:5.0f}) {row['seconds']:6.2f} s  {row['outcome']}",
                        flush=True,
                    )
    if wanted.json:
        print(json.dumps(rows, indent=1))
    for row in wrong:
        print(f"MISSED: {row['picture']}, {row['path']}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
