"""Measure photos a second from files to grouped faces, beside DeepFace.represent on the same photos.

Composes 12-megapixel photos, imports them with `bin/start FOLDER --exit` into a new data folder, and samples
the worker's memory meanwhile. Before and after, some of the photos go through
DeepFace.represent(detector_backend="retinaface", model_name="Facenet") one by one, so that other load slows
both. Trombine's rate comes from the database: from the first photo added to the last grouping finished.

Where RetinaFace's ResNet-50 weights are not installed (bin/manage fetch_models retinaface_resnet50), a
network of the same architecture with random weights takes their place: it takes the same time and finds no
face. deepface then embeds the whole picture instead of the faces; the time until its detector has ended,
which no weights change, is reported too.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from camera_photos import compose
from retinaface_baseline import random_network
from worker_memory import WorkerMemory

LEAST_RATIO = 8.0
MOST_MEMORY = 1.5e9
FACTS = """
import json
from django.db.models import Max, Min
from albums.models import Image
from faces.models import ClusteringRun, Face, Person
runs = list(ClusteringRun.objects.filter(state="done").values_list("started_at", "finished_at"))
began = Image.objects.aggregate(at=Min("added_at"))["at"]
print(json.dumps({
    "photos": Image.objects.filter(state="ready", face_scan__state="done").count(),
    "faces": Face.objects.count(),
    "people": Person.objects.filter(faces__isnull=False).distinct().count(),
    "seconds": (max(end for _, end in runs) - began).total_seconds(),
    "import_seconds": (Image.objects.aggregate(at=Max("added_at"))["at"] - began).total_seconds(),
    "grouping_seconds": sum((end - begun).total_seconds() for begun, end in runs),
}))
"""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--photos", type=int, default=240, metavar="N", help="photos to import (default: 240)"
    )
    parser.add_argument(
        "--sample", type=int, default=12, metavar="N", help="photos for deepface (default: 12)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the photos")
    parser.add_argument("--workers", type=int, help="processes of our worker (default: bin/start's own)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="create the photos here and leave them")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the report")
    return parser.parse_args()


def deepface_run(photos: list[Path], home: Path) -> dict[str, list[float]]:
    """Return seconds and faces of each photo, measured in a separate process."""
    script = Path(__file__).with_name("deepface_baseline.py")
    done = subprocess.run(
        [sys.executable, str(script), *map(str, photos)],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DEEPFACE_HOME": str(home)},
        text=True,
    )
    answer: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def ours_run(photos: Path, data: Path, models_dir: Path, *, workers: int | None) -> dict[str, Any]:
    """Import the folder into a new data folder; return figures from the database and the process table."""
    environment = {**os.environ, "TROMBINE_DATA": str(data), "TROMBINE_MODELS_DIR": str(models_dir)}
    # The empty database is created first: it belongs to the first start, not to an import.
    subprocess.run([*harness.MANAGE, "migrate", "-v", "0"], check=True, env=environment)
    command = [str(harness.ROOT / "bin" / "start"), str(photos), "--exit", "--data", str(data)]
    command += ["--workers", str(workers)] if workers else []
    log = data.with_suffix(".log")
    began = time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        with WorkerMemory(child.pid) as watch:
            code = child.wait()
    command_seconds = time.monotonic() - began
    if code:
        sys.exit(f"bin/start exited with {code}:\n{log.read_text(errors='replace')[-2000:]}")
    facts = subprocess.run(
        [*harness.MANAGE, "shell", "-v", "0", "-c", FACTS],
        check=True,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    )
    stored: dict[str, Any] = json.loads(facts.stdout.splitlines()[-1])
    return {**stored, "command_seconds": command_seconds, "memory": asdict(watch.peak)}


def detector_weights(models_dir: Path) -> tuple[Path, bool]:
    """Return the file of RetinaFace ResNet-50, and True if it has the published weights."""
    from faces.vision.errors import VisionError
    from faces.vision.weights.files import installed_path

    try:
        return installed_path("retinaface_resnet50", models_dir), True
    except VisionError:
        return random_network(), False


def report(result: dict[str, Any]) -> None:
    """Print the results as a table."""
    ours, theirs, memory = result["ours"], result["deepface"], result["ours"]["memory"]
    weights = "its published weights" if theirs["real_weights"] else "random weights: it finds no face"
    print(f"{ours['photos']} photos of 12 megapixels, {ours['faces']} faces ({result['faces_drawn']} drawn)")
    print(f"{os.cpu_count()} cores, load {result['load'][0]:.1f} before, {result['load'][1]:.1f} after\n")
    harness.rows_print(
        ("", "photos/s", "s a photo"),
        [
            ("Trombine, file to grouped faces", f"{ours['rate']:.2f}", f"{1 / ours['rate']:.3f}"),
            (
                "  the whole command bin/start --exit",
                f"{ours['photos'] / ours['command_seconds']:.2f}",
                f"{ours['command_seconds'] / ours['photos']:.3f}",
            ),
            (
                f"DeepFace.represent, median of {len(theirs['seconds'])}",
                f"{theirs['rate']:.2f}",
                f"{1 / theirs['rate']:.3f}",
            ),
            (
                "  decoding and detection only",
                f"{1 / theirs['detection_seconds']:.2f}",
                f"{theirs['detection_seconds']:.3f}",
            ),
        ],
    )
    print(f"\nDeepFace's detector: RetinaFace ResNet-50 with {weights}.")
    print(
        f"Speed-up: {result['ratio']:.1f} (required: {LEAST_RATIO:.0f}); over its decoding and "
        f"detection only: {ours['rate'] * theirs['detection_seconds']:.1f}"
    )
    print(
        f"Peak memory of the worker's processes: {memory['pss'] / 1e6:.0f} MB with shared pages counted "
        f"once, {memory['rss'] / 1e6:.0f} MB with them in each\n"
        f"(required: below {MOST_MEMORY / 1e6:.0f} MB); the largest process {memory['largest'] / 1e6:.0f} MB."
    )
    print(
        f"Of the {ours['seconds']:.0f} s: files copied in the first {ours['import_seconds']:.0f} s, grouping "
        f"{ours['grouping_seconds']:.1f} s in all. Processor time a photo: the worker "
        f"{ours['cpu_seconds']:.2f} s, DeepFace {theirs['cpu_seconds']:.2f} s."
    )


def main() -> None:
    """Measure, print, and exit with 1 when a required figure is missed."""
    options = arguments()
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER, "facenet128"], options.models_dir)
    detector, real = detector_weights(models_dir)
    from faces.vision.weights.files import installed_path

    with tempfile.TemporaryDirectory(prefix="trombine-ingest-") as name:
        place = Path(name)
        photos = options.keep.absolute() if options.keep else place / "photos"
        drawn = compose(
            harness.pictures() / "lfw" / "images", photos, count=options.photos, seed=options.seed
        )
        files = sorted(photos.glob("*.jpg"))[: options.photos]
        step = max(1, len(files) // options.sample)
        sample = files[::step][: options.sample]
        home = place / "deepface"
        facenet = installed_path("facenet128", models_dir)
        harness.deepface_home(home, {"retinaface.onnx": detector, "facenet_weights.onnx": facenet})
        load_before = os.getloadavg()[0]
        before = deepface_run(sample[::2], home)
        ours = ours_run(photos, place / "data", models_dir, workers=options.workers)
        after = deepface_run(sample[1::2] or sample, home)
        load = (load_before, os.getloadavg()[0])

    seconds = before["seconds"] + after["seconds"]
    ours["rate"] = ours["photos"] / ours["seconds"]
    # On a busy machine processor time says more than the clock.
    ours["cpu_seconds"] = ours["memory"]["cpu_seconds"] / ours["photos"]
    theirs = {"seconds": seconds, "real_weights": real, "rate": 1 / statistics.median(seconds)}
    theirs["cpu_seconds"] = statistics.median(before["cpu_seconds"] + after["cpu_seconds"])
    theirs["detection_seconds"] = statistics.median(before["detection_seconds"] + after["detection_seconds"])
    theirs["faces"] = sum(before["faces"] + after["faces"])
    result = {"ours": ours, "deepface": theirs, "ratio": ours["rate"] / theirs["rate"], "load": load}
    result["faces_drawn"] = drawn
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        report(result)
    fast, small = result["ratio"] >= LEAST_RATIO, ours["memory"]["pss"] < MOST_MEMORY
    sys.exit(0 if fast and small and ours["photos"] == len(files) else 1)


if __name__ == "__main__":
    main()
