"""Kill worker, broker, database, web server or all of them at random moments; nothing is lost.

Each round imports photos over the API into a new data folder and names people while parts are killed by
SIGKILL. Afterwards every photo must be there once, byte for byte, with its faces found once; every name and
every confirmation that was acknowledged must still be there; and `check_integrity` must find nothing. Then
backup, restore, reindex, grouping, undo, zip and erasure are killed at random moments, repeated, and checked
in the same way. Exits with 1 when anything is lost, double or wrong.
"""

from __future__ import annotations

import harness

# isort: split
import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from fault_app import FaultyApp, GivenUp
from fault_operations import OPERATIONS, SNAPSHOT

NAME = "Zoë {}"
SECONDS_TO_SETTLE = 600
"""Patience with the work that kills interrupt: other processes may need the cores."""
LIGHT = {"TROMBINE_DETECTOR": "yunet", "TROMBINE_EMBEDDER": "sface128"}
"""Models that load at once, so that kills hit the work and not the loading of models."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=1000, metavar="N", help="kills during imports")
    parser.add_argument("--kills-per-round", type=int, default=20, metavar="N")
    parser.add_argument("--photos", type=int, default=100, metavar="N", help="photos of a round")
    parser.add_argument("--repeat", type=int, default=20, metavar="N", help="kills of each other operation")
    parser.add_argument("--only", choices=("import", *OPERATIONS), nargs="*", help="of these alone")
    parser.add_argument("--full-models", action="store_true", help="the default models; otherwise light ones")
    parser.add_argument("--models-dir", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def photos_of(count: int, seed: int) -> list[bytes]:
    """Return pictures of people with several each; bytes at the end make those of every round different."""
    folder = harness.pictures() / "lfw" / "images"
    people = sorted(path for path in folder.iterdir() if len(list(path.iterdir())) >= 5)
    files = [path for person in people for path in sorted(person.iterdir())[:5]]
    return [path.read_bytes() + b"\0" * (seed + 1) for path in files[:count]]


def import_round(folder: Path, options: argparse.Namespace, *, kills: int, seed: int) -> dict[str, Any]:
    """Import photos and name people while parts are killed; return what was wrong."""
    environment = {} if options.full_models else dict(LIGHT)
    environment |= {f"TROMBINE_API_{kind}": "1000000" for kind in ("READ", "WRITE", "UPLOAD", "FACES")}
    app = FaultyApp(folder / "data", folder / "log", {**environment, "TROMBINE_CLUSTER_DELAY": "1"}, seed)
    photos = photos_of(options.photos, seed)
    wrong: list[str] = []
    names: dict[str, int] = {}
    try:
        app.start()
        client = threading.Thread(target=_client, args=(app, photos, names, wrong))
        client.start()
        while sum(app.kills.values()) < kills:
            if app.random.random() < 0.5:
                app.wait_until_ready()
            time.sleep(app.random.uniform(0, 1.5))
            app.kill()
        client.join()
        _wait_until_done(app)
    except GivenUp as error:
        wrong.append(str(error))
    finally:
        app.stop()
    if not wrong:
        wrong += differences(app, photos, names)
    return {"kills": app.kills, "photos": len(photos), "names": len(names), "wrong": wrong}


def _client(app: FaultyApp, photos: list[bytes], names: dict[str, int], wrong: list[str]) -> None:
    """Upload the photos; after the first half also name the people who have been found."""
    try:
        for number, photo in enumerate(photos):
            answer = app.request("POST", "images/upload/", files={"file": (f"{number:04}.jpg", photo)})
            if answer.status_code not in (200, 201):
                wrong.append(f"upload {number}: {answer.status_code} {answer.text[:200]}")
            if number == len(photos) // 2:
                _wait_for_people(app)
            if number >= len(photos) // 2 and number % 10 == 0:
                _name_people(app, names, wrong)
    except GivenUp as error:
        wrong.append(str(error))


def _wait_for_people(app: FaultyApp) -> None:
    """Wait for the first groups of the photos so far, so that names are given while others arrive."""
    end = time.monotonic() + SECONDS_TO_SETTLE
    while not app.request("GET", "people/?named=false").json()["results"]:
        if time.monotonic() > end:
            raise GivenUp("half of the photos show no person")
        time.sleep(0.3)


def _name_people(app: FaultyApp, names: dict[str, int], wrong: list[str]) -> None:
    """Name people without a name, and remember what was acknowledged, with a confirmed face each."""
    for person in app.request("GET", "people/?named=false").json()["results"][:2]:
        name = NAME.format(len(names))
        faces = app.request("GET", f"faces/?person={person['id']}").json()["results"]
        if not faces:
            continue
        answer = app.request("POST", "faces/name/", json={"faces": [faces[0]["id"]], "name": name})
        if answer.status_code == 200:
            names[name] = faces[0]["id"]
        elif answer.status_code != 404:
            wrong.append(f"naming: {answer.status_code} {answer.text[:200]}")


def _wait_until_done(app: FaultyApp) -> None:
    end = time.monotonic() + SECONDS_TO_SETTLE
    while time.monotonic() < end:
        stages = app.request("GET", "jobs/").json()["stages"]
        if all(stage["finished"] for stage in stages):
            return
        time.sleep(0.3)
    raise GivenUp(f"the work does not end: {stages}")


def differences(app: FaultyApp, photos: list[bytes], names: dict[str, int]) -> list[str]:
    """Return what is lost, double or wrong after an import."""
    found = app.shell(SNAPSHOT)
    expected = sorted(hashlib.sha256(photo).hexdigest() for photo in photos)
    wrong = []
    if sorted(found["originals"]) != expected:
        wrong.append(f"{len(found['originals'])} originals, {len(set(expected))} were acknowledged")
    wrong += [f"photo {pk} has the same face twice" for pk in found["double"]]
    wrong += [f"photo {pk} was not scanned" for pk in found["unscanned"]]
    for name, face in names.items():
        if face not in found["people"].get(name, []):
            wrong.append(f"{name} has lost face {face}: {found['people'].get(name)}")
    integrity = app.manage("check_integrity")
    if integrity.returncode:
        wrong.append(f"check_integrity: {integrity.stdout[-500:]}{integrity.stderr[-300:]}")
    return wrong


def operations_round(folder: Path, options: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    """Kill the other operations on the data folder of the last import."""
    environment = {} if options.full_models else dict(LIGHT)
    app = FaultyApp(folder / "data", folder / "log", environment, options.seed)
    results = {}
    for name in names:
        try:
            wrong = OPERATIONS[name](app, folder, options.repeat)
        except GivenUp as error:
            wrong = [str(error)]
        results[name] = {"kills": options.repeat, "wrong": wrong}
    return results


def main() -> None:
    """Print what was killed and what was wrong."""
    options = arguments()
    only = options.only or ["import", *OPERATIONS]
    models = ["yunet", "sface128"] if not options.full_models else []
    os.environ["TROMBINE_MODELS_DIR"] = str(harness.use_models(models, options.models_dir))
    rounds, operations = [], {}
    done = 0
    with tempfile.TemporaryDirectory(prefix="trombine-k-") as scratch:
        folder = Path(scratch)
        while done < options.kills or not rounds:
            shutil.rmtree(folder / "data", ignore_errors=True)
            kills = min(options.kills_per_round, options.kills - done) if "import" in only else 0
            rounds.append(import_round(folder, options, kills=kills, seed=options.seed + len(rounds)))
            done += kills or options.kills
            if not options.json:
                print(rounds[-1], flush=True)
        operations = operations_round(folder, options, [name for name in only if name != "import"])
        if not options.json:
            for name, result in operations.items():
                print(f"{name}: {result}", flush=True)
    wrong = [line for one in (*rounds, *operations.values()) for line in one["wrong"]]
    if options.json:
        print(json.dumps({"rounds": rounds, "operations": operations, "wrong": wrong}))
    else:
        total = sum(sum(one["kills"].values()) for one in rounds)
        print(f"{total} kills during imports, {len(wrong)} things lost, double or wrong")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
