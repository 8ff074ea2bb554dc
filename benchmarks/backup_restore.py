"""Measure backing up, wiping and restoring a library, beside `cp -r` of the originals and a plain pg_dump.

A library of drawn photos is created in a temporary folder, backed up by the command, wiped, restored and
compared: every original byte for byte, every row of every table. Exits with 1 when anything differs.
"""

from __future__ import annotations

import harness

# isort: split
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

MANAGE = harness.ROOT / "manage.py"
USER = "from django.contrib.auth.models import User; User.objects.create_user('owner')"


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=2000, metavar="N")
    parser.add_argument("--side", type=int, default=640, metavar="PIXELS", help="of the photos' long side")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def manage(data: Path, *command: object) -> str:
    """Run a management command on a data folder and return its output."""
    done = subprocess.run(
        [sys.executable, str(MANAGE), *map(str, command)],
        env={**os.environ, "TROMBINE_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def draw(folder: Path, *, photos: int, side: int) -> None:
    """Draw photos that all differ and do not compress well."""
    folder.mkdir()
    random = np.random.default_rng(7)
    for number in range(photos):
        small = random.integers(0, 255, (side // 8, side // 6, 3), dtype=np.uint8)
        picture = Image.fromarray(small).resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:06}.jpg", quality=90)


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(data: Path) -> dict[str, str]:
    """Return a digest of the rows of each table."""
    from config.local_services import embedded, postgres

    found = {}
    with embedded.services(data), postgres.connect(data, "trombine") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            query = f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
            found[str(table)] = str(connection.execute(query).fetchone())
    return found


def timed(seconds: dict[str, float], name: str, call: Any, *values: object) -> None:
    """Call a function and record its time, including the time to flush to disk."""
    os.sync()
    began = time.monotonic()
    call(*values)
    os.sync()
    seconds[name] = round(time.monotonic() - began, 2)


def plain_copy(data: Path, target: Path) -> None:
    """Copy by hand for comparison: cp -r, and pg_dump of the running database."""
    from config.local_services import embedded, locations, postgres

    target.mkdir()
    subprocess.run(["cp", "-r", data / "media" / "originals", target], check=True)
    with embedded.services(data):
        where = [f"--host={locations.socket_folder(data)}", f"--username={locations.DATABASE_USER}"]
        dump = [postgres.program("pg_dump"), *where, "--format=custom", f"--file={target / 'dump'}"]
        subprocess.run([*dump, locations.DATABASE_NAME], check=True)


def run(folder: Path, *, photos: int, side: int) -> dict[str, Any]:
    """Create, back up, wipe, restore and compare a library."""
    data, target, seconds = folder / "data", folder / "backup", dict[str, float]()
    draw(folder / "given", photos=photos, side=side)
    manage(data, "migrate", "--skip-checks", "--verbosity", "0")
    manage(data, "shell", "--no-imports", "-c", USER)
    manage(data, "import_folder", folder / "given", "--skip-checks", "--no-progress")
    shutil.rmtree(folder / "given")
    timed(seconds, "a command that does nothing", manage, data, "read_metadata")
    timed(seconds, "by hand: cp -r and pg_dump", plain_copy, data, folder / "plain")
    timed(seconds, "backup", manage, data, "backup", target, "--no-progress")
    timed(seconds, "backup again, nothing new", manage, data, "backup", target, "--no-progress")
    timed(seconds, "backup --verify", manage, data, "backup", target, "--verify", "--no-progress")
    before, tables = digests(data / "media" / "originals"), rows(data)
    size = sum(path.stat().st_size for path in (data / "media" / "originals").rglob("*") if path.is_file())
    shutil.rmtree(data)
    timed(seconds, "restore", manage, data, "restore", target, "--no-progress")
    return {
        "photos": photos,
        "megabytes": round(size / 1e6, 1),
        "load": round(os.getloadavg()[0], 1),
        "seconds": seconds,
        "originals_equal": digests(data / "media" / "originals") == before and len(before) == photos,
        "rows_equal": rows(data) == tables,
    }


def main() -> None:
    """Print the table, and exit with 1 when anything differs."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="trombine-b-") as folder:
        found = run(Path(folder), photos=options.photos, side=options.side)
    if options.json:
        print(json.dumps(found))
    else:
        print(f"{found['photos']} photos, {found['megabytes']} MB, load {found['load']}")
        for name, value in found["seconds"].items():
            print(f"  {name:<30} {value:7.2f} s")
        print(
            f"  originals byte for byte equal: {found['originals_equal']}; rows equal: {found['rows_equal']}"
        )
    if not (found["originals_equal"] and found["rows_equal"]):
        sys.exit(1)


if __name__ == "__main__":
    main()
