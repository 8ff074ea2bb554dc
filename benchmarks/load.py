"""Measure pages, thumbnails and uploads while many people use one server, and the memory that it takes.

Starts the app as bin/start does on a data folder of create_library.py (one is created without FOLDER). A
browsing person opens the timeline, people, a person, albums, an album, a photo or a search, loads the
pictures of its first screen that their browser does not have yet, over up to six connections as browsers do,
and then looks at the page for two to five seconds. An uploading person sends a photo of three megapixels
through the API every three to six seconds, which keeps the worker busy. Each number of people in the curve is
measured for some time, the last one for longer. The clients are processes on the same machine.

Required with the last number: no error, a 95th percentile of 500 ms for each kind of page, and at most 10 %
more memory of web server and worker in the last fifth than in the second one (of 300 seconds or more).
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
from api_latency import RATES
from create_library import OWNER
from load_clients import PAGES, clients
from running_app import managed, running_app

MOST_MILLISECONDS = 500.0
MOST_GROWTH = 0.1
CLIENT_PROCESSES = 2
MEMORY_EVERY = 5.0
SET_UP = """
import json
from datetime import timedelta
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from albums.models import Album, Image
from api.models import ApiToken
from api.tokens import token_create
from faces.models import Person
owner = User.objects.get(username="OWNER")
token, secret = token_create(user=owner, name="load", scopes=["read", "write"],
                             expires_at=timezone.now() + timedelta(hours=6))
cookies = []
for number in range(PEOPLE):
    session = SessionStore()
    session[SESSION_KEY] = str(owner.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.save()
    cookies.append({settings.SESSION_COOKIE_NAME: session.session_key, settings.THEME_COOKIE_NAME: "system",
                     settings.LANGUAGE_COOKIE_NAME: "en"})
print(json.dumps({
    "token": secret, "cookies": cookies,
    "photos": list(Image.objects.filter(owner=owner).order_by("-pk").values_list("pk", flat=True)[:2000]),
    "people": list(Person.objects.filter(owner=owner).values_list("pk", flat=True)[:300]),
    "albums": list(Album.objects.filter(owner=owner).values_list("pk", flat=True)[:50]),
}))
"""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="DATA_FOLDER", help="of create_library.py")
    parser.add_argument("--people", default="10,25,50", metavar="N,N…", help="who browse, step by step")
    parser.add_argument("--uploading", type=int, default=5, metavar="N", help="people who upload")
    parser.add_argument("--seconds", type=float, default=60.0, help="of a step")
    parser.add_argument("--last", type=float, default=600.0, help="seconds of the last step")
    parser.add_argument("--photos", type=int, default=20_000, help="of the library that is created")
    parser.add_argument("--workers", type=int, default=1, help="processes of the worker")
    parser.add_argument("--smallest", action="store_true", help="a few people for a few seconds")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    if options.smallest:
        options.people, options.uploading, options.photos = "2,4", 1, 300
        options.seconds, options.last = 3.0, 6.0
    return options


class Memory(threading.Thread):
    """Notes the memory of web server and worker, shared pages counted once, until `over` is set."""

    def __init__(self, data: Path) -> None:
        super().__init__(daemon=True)
        self.data, self.over = data, threading.Event()
        self.megabytes: dict[str, list[float]] = defaultdict(list)

    def run(self) -> None:
        """Note it again and again."""
        while not self.over.wait(MEMORY_EVERY):
            for name in ("web", "worker"):
                with contextlib.suppress(psutil.Error, OSError):
                    self.megabytes[name].append(self._of(name))

    def _of(self, name: str) -> float:
        size = 0
        for process in processes_of(self.data, name):
            try:
                size += process.memory_full_info().pss
            except psutil.Error:
                continue
        return size / 2**20

    def growth(self, name: str) -> float:
        """Return how much more there is in the last fifth than in the second one."""
        values = self.megabytes[name]
        fifth = len(values) // 5
        if not fifth:
            return 0.0
        early, late = values[fifth : 2 * fifth], values[-fifth:]
        return (sum(late) / len(late)) / (sum(early) / len(early)) - 1


def processes_of(data: Path, name: str) -> list[psutil.Process]:
    """Return the processes of web server or worker."""
    leader = psutil.Process(json.loads((data / "run" / f"{name}.pid").read_text())["pid"])
    return [leader, *leader.children(recursive=True)]


def processor_seconds(data: Path, name: str) -> float:
    """Return the processor time that they have taken."""
    return sum(sum(one.cpu_times()[:2]) for one in processes_of(data, name))


def step(address: str, data: Path, setup: dict, *, people: int, uploading: int, seconds: float) -> dict:
    """Measure one number of people and return its figures."""
    memory = Memory(data)
    memory.start()
    before = processor_seconds(data, "web")
    context = multiprocessing.get_context("spawn")
    took: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    with ProcessPoolExecutor(CLIENT_PROCESSES, mp_context=context) as pool:
        parts = [
            pool.submit(
                clients,
                address,
                setup,
                cookies=setup["cookies"][:people][number::CLIENT_PROCESSES],
                uploading=len(range(number, uploading, CLIENT_PROCESSES)),
                seconds=seconds,
            )
            for number in range(CLIENT_PROCESSES)
        ]
        for part in parts:
            found, failed = part.result()
            errors += failed
            for kind, values in found.items():
                took[kind] += values
    spent = processor_seconds(data, "web") - before
    memory.over.set()
    memory.join()
    kinds = {
        kind: {
            "a_second": round(len(took[kind]) / seconds, 2),
            "p50": round(percentile(took[kind], 0.5)),
            "p95": round(percentile(took[kind], 0.95)),
        }
        for kind in (*PAGES, "picture", "upload")
        if took[kind]
    }
    return {
        "people": people,
        "uploading": uploading,
        "seconds": seconds,
        "load": round(os.getloadavg()[0], 1),
        "requests_a_second": round(sum(map(len, took.values())) / seconds, 1),
        "web_ms_a_request": round(1000 * spent / max(1, sum(map(len, took.values()))), 1),
        "kinds": kinds,
        "errors": len(errors),
        "first_errors": sorted(set(errors))[:5],
        "memory": {
            name: {"mb": round(values[-1]), "growth": round(memory.growth(name), 3)}
            for name, values in memory.megabytes.items()
        },
    }


def percentile(values: list[float], share: float) -> float:
    """Return the value below which such a share of the values is."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def missed(last: dict) -> list[str]:
    """Return the requirements that the last step misses."""
    found = [f"{last['errors']} errors"] if last["errors"] else []
    found += [
        f"{kind}: p95 {figures['p95']} ms"
        for kind, figures in last["kinds"].items()
        if kind in PAGES and figures["p95"] > MOST_MILLISECONDS
    ]
    if last["seconds"] >= 300:
        found += [
            f"memory of {name}: {figures['growth']:+.0%}"
            for name, figures in last["memory"].items()
            if figures["growth"] > MOST_GROWTH
        ]
    return found


def step_print(one: dict) -> None:
    """Print a row of the curve."""
    print(
        f"\n{one['people']} browsing, {one['uploading']} uploading, {one['seconds']:.0f} s: "
        f"{one['requests_a_second']} requests a second, {one['errors']} errors, load {one['load']}; "
        f"{one['web_ms_a_request']} ms of the web server's processor time a request"
    )
    for name, figures in one["memory"].items():
        print(f"memory of {name}: {figures['mb']} MB ({figures['growth']:+.1%})")
    rows = [(kind, *(str(value) for value in figures.values())) for kind, figures in one["kinds"].items()]
    harness.rows_print(("kind", "a second", "p50 ms", "p95 ms"), rows)
    for error in one["first_errors"]:
        print(f"  {error}")
    sys.stdout.flush()


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is missed."""
    options = arguments()
    numbers = [int(number) for number in options.people.split(",")]
    with tempfile.TemporaryDirectory(prefix="trombine-load-") as place:
        folder = options.folder
        if folder is None:
            folder = Path(place) / "filled"
            script = str(Path(__file__).with_name("create_library.py"))
            sizes = ["--photos", str(options.photos), "--people", str(max(20, options.photos // 100))]
            subprocess.run([sys.executable, script, str(folder), *sizes], check=True, stdout=sys.stderr)
        folder = folder.absolute()
        workers = ("--workers", str(options.workers))
        with running_app(folder, Path(place) / "app.log", RATES, *workers) as address:
            script = SET_UP.replace("PEOPLE", str(max(numbers))).replace("OWNER", OWNER)
            setup = json.loads(managed(folder, {}, "shell", "-v", "0", "-c", script).splitlines()[-1])
            found = []
            for number, people in enumerate(numbers, 1):
                seconds = options.last if number == len(numbers) else options.seconds
                found.append(
                    step(address, folder, setup, people=people, uploading=options.uploading, seconds=seconds)
                )
                if not options.json:
                    step_print(found[-1])
    if options.json:
        print(json.dumps(found, indent=2))
    if problems := missed(found[-1]):
        sys.exit("Not reached: " + "; ".join(problems))


if __name__ == "__main__":
    main()
