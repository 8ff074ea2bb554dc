"""The cost of decoding and looking at a picture in a child process, and the memory it saves the web server.

Latency: a photo as a look-alike query and a frame of a camera, in place and in a child by turns. Ingest: what
the limit of memory costs the worker, which decodes in its own process. Attack:
pictures of 199 megapixels, more at once than children; the process that asks must stay as small as it was.

    python3 benchmarks/picture_children.py [--photo FILE] [--rounds N] [--side PIXELS] [--smallest] [--json]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import harness
import psutil

from albums.imaging.isolation import Children

REQUIRED_MS = 30.0
"""The most processor time that a query may take longer in a child: other load does not count in it."""
MOST_INGEST = 1.05
"""The most by which the limit of memory makes the reading of a photo in the worker longer."""
FRAME = (480, 360)
AT_ONCE = 6
MOST_GROWTH = 50 * 2**20


def timed(work: object, *arguments: object, **options: object) -> float:
    """Milliseconds of a call."""
    began = time.perf_counter()
    work(*arguments, **options)  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000


def latency(children: Children, content: bytes, rounds: int, **options: object) -> dict[str, float]:
    """Medians in milliseconds, in place and in a child by turns; and the mean of processor time."""
    from faces.picture_faces import faces_in_file

    first = timed(children.run, faces_in_file, files=[io.BytesIO(content)], **options)
    timed(faces_in_file, io.BytesIO(content), **options)
    here, there = [], []
    here_cpu = there_cpu = 0.0
    child = psutil.Process(children.run(os.getpid))
    for _ in range(rounds):
        began = time.process_time()
        here.append(timed(faces_in_file, io.BytesIO(content), **options))
        middle, before = time.process_time(), sum(child.cpu_times()[:2])
        there.append(timed(children.run, faces_in_file, files=[io.BytesIO(content)], **options))
        there_cpu += time.process_time() - middle + sum(child.cpu_times()[:2]) - before
        here_cpu += middle - began
    return {
        "in place": round(statistics.median(here), 1),
        "in a child": round(statistics.median(there), 1),
        "processor in place": round(1000 * here_cpu / rounds, 1),
        "processor in a child": round(1000 * there_cpu / rounds, 1),
        "processor longer by": round(1000 * (there_cpu - here_cpu) / rounds, 1),
        "first in a child": round(first),
    }


def ingest(content: bytes, rounds: int) -> dict[str, float]:
    """Processor time of reading a photo as the worker does, with its limit of memory and without, by turns.

    The worker decodes in its own process, which serves no requests: the limit is all that it costs.
    """
    from albums.imaging import decoding

    limited, times = decoding.memory_limited, {True: 0.0, False: 0.0}
    try:
        for number in range(2 * rounds):
            with_limit = bool(number % 2)
            decoding.memory_limited = limited if with_limit else contextlib.nullcontext
            began = time.process_time()
            decoding.read(io.BytesIO(content), max_side=2048)
            times[with_limit] += time.process_time() - began
    finally:
        decoding.memory_limited = limited
    return {
        "processor without a limit": round(1000 * times[False] / rounds, 2),
        "processor with the limit": round(1000 * times[True] / rounds, 2),
        "ratio": round(times[True] / times[False], 3),
    }


def attacked(children: Children, side: int) -> dict[str, object]:
    """Send `AT_ONCE` hostile queries at once; the outcomes, and the growth of this process."""
    from hostile_files import png
    from hostile_pictures import resident

    from albums import imaging
    from albums.exceptions import ImageRefused
    from albums.imaging.copies import jpeg_copy
    from albums.imaging.isolation import IsolationError

    content = png(side, side)

    def query(_number: int) -> str:
        try:
            children.run(jpeg_copy, files=[io.BytesIO(content)], max_side=1024, limits=imaging.DEFAULT_LIMITS)
        except ImageRefused as refusal:
            return str(refusal.code)
        except IsolationError as error:
            return type(error).__name__
        return "taken"

    Path("/proc/self/clear_refs").write_text("5")
    before, began = resident("VmRSS"), time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        outcomes = Counter(threads.map(query, range(AT_ONCE)))
    return {
        "outcomes": dict(outcomes),
        "seconds": round(time.monotonic() - began, 1),
        "growth_bytes": resident("VmHWM") - before,
        "child_keeps_bytes": psutil.Process(children.run(os.getpid)).memory_info().rss,
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photo", type=Path, help="default: one of the test pictures")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--side", type=int, default=14_100, help="of the hostile pictures")
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--smallest", action="store_true", help="few rounds and small pictures, for a trial")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    rounds, side = (3, 1_410) if wanted.smallest else (wanted.rounds, wanted.side)
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER], wanted.models_dir)
    photo = wanted.photo or min((harness.pictures() / "friends_cast").rglob("*.jp*g"))

    from PIL import Image

    from albums import imaging
    from faces.conf import FaceSettings

    models = FaceSettings(harness.DETECTOR, harness.EMBEDDER, 1280, models_dir)
    options = {"models": models, "limits": imaging.DEFAULT_LIMITS}
    frame = io.BytesIO()
    Image.open(photo).convert("RGB").resize(FRAME).save(frame, "JPEG", quality=85)
    with tempfile.TemporaryDirectory() as folder:
        children = Children(Path(folder), count=2, seconds=60, wait=8)
        found = {
            "query": latency(children, photo.read_bytes(), rounds, **options),
            "frame": latency(children, frame.getvalue(), rounds, **options),
            "ingest": ingest(photo.read_bytes(), 3 * rounds),
            "attack": attacked(children, side),
        }
    if wanted.json:
        print(json.dumps(found, indent=1))
    else:
        for name, row in found.items():
            print(f"{name:8}", ", ".join(f"{key} {value}" for key, value in row.items()))
    slow = [name for name in ("query", "frame") if found[name]["processor longer by"] > REQUIRED_MS]
    grown = int(found["attack"]["growth_bytes"]) > MOST_GROWTH  # type: ignore[call-overload]
    longer = float(found["ingest"]["ratio"]) > MOST_INGEST and not wanted.smallest  # few rounds are noise
    missed = slow + ["attack"] * grown + ["ingest"] * longer
    for name in missed:
        print(f"MISSED: {name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
