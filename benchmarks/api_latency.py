"""Measure throughput and latency of the API over HTTP, in a library of 100,000 photos.

Starts the app as bin/start does (gunicorn, production settings) on a data folder of create_library.py and
sends requests from one client and from four, each over a persistent connection: a list of photos, its page
50,000 photos deep, a person with the first of their photos, the crop of a face, and a look-alike search by a
stored face and by a picture. `/healthz`, which touches no database, and the corresponding pages are measured
in the same run. Throttles are raised but still counted. The cases take turns in every round, so that other
load slows all of them. Reported are the median and the 95th percentile in milliseconds. Without a folder,
one is created.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from create_library import OWNER
from running_app import managed, running_app

API = "/api/v1"
CLIENTS = (1, 4)
DEPTH = 50_000
DEEP = "photos, a page deep in the list"
WARM = 3
MOST_MILLISECONDS = {
    "photos, first page": 100.0,
    DEEP: 100.0,
    "look-alike of a face": 300.0,
}
"""Limits for the 95th percentile with one client."""
RATES = {f"TROMBINE_API_{kind}": "1000000" for kind in ("READ", "WRITE", "UPLOAD", "FACES", "VISITOR")}
SET_UP = f"""
import json
from datetime import timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from albums.models import Image
from api.models import ApiToken
from api.tokens import token_create
from faces.models import Face, Person
owner = User.objects.get(username="{OWNER}")
ends = timezone.now() + timedelta(hours=6)
token, secret = token_create(
    user=owner, name="benchmark", scopes=[one.value for one in ApiToken.Scope], expires_at=ends
)
session = SessionStore()
session[SESSION_KEY] = str(owner.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
session.set_expiry(6 * 3600)
session.save()
people = Person.objects.filter(owner=owner).annotate(size=Count("faces")).order_by("-size")
faces = Face.objects.filter(image__owner=owner, embeddings__isnull=False).exclude(crop="")
cookies = {{settings.SESSION_COOKIE_NAME: session.session_key, settings.THEME_COOKIE_NAME: "system"}}
print(json.dumps({{
    "photos": Image.objects.filter(owner=owner).count(),
    "faces": Face.objects.filter(image__owner=owner).count(),
    "token": secret,
    "cookie": "; ".join(f"{{name}}={{value}}" for name, value in cookies.items()),
    "person": people[0].pk,
    "face": faces.order_by("-quality")[0].pk,
}}))
"""
TAKE_DOWN = """
from api.models import ApiToken
ApiToken.objects.filter(name="benchmark").delete()
"""


@dataclass
class Case:
    """Requests sent one after the other, and the time that all of them took, by number of clients."""

    name: str
    requests: list[tuple[str, str, bytes, dict[str, str]]]
    seconds: dict[int, list[float]] = field(default_factory=dict)
    spent: dict[int, float] = field(default_factory=dict)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="DATA_FOLDER", help="as create_library.py makes it"
    )
    parser.add_argument("--models-dir", type=Path, help="where the models are (default: TROMBINE_MODELS_DIR)")
    parser.add_argument("--picture", type=Path, help="the query picture (default: one of the test pictures)")
    parser.add_argument("--seconds", type=float, default=4.0, help="per case, round and number of clients")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--depth", type=int, default=DEPTH, help="photos before the deep page of the list")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def cases(address: str, known: dict[str, str], picture: Path, depth: int) -> list[Case]:
    """Return the requests to measure."""
    bearer = {"Authorization": f"Bearer {known['token']}"}
    session = {"Cookie": known["cookie"]}
    as_json = {**bearer, "Content-Type": "application/json"}
    boundary = "a-part-of-the-request"
    form = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="who.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    form += picture.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    as_form = {**bearer, "Content-Type": f"multipart/form-data; boundary={boundary}"}
    photos = f"{API}/images/?limit=50"
    person, face = known["person"], known["face"]
    return [
        Case("healthz", [("GET", "/healthz", b"", {})]),
        Case("photos, first page", [("GET", photos, b"", bearer)]),
        Case(
            DEEP,
            [("GET", f"{photos}&cursor={quote(cursor_at(address, bearer, depth))}", b"", bearer)],
        ),
        Case("  the page: timeline", [("GET", "/", b"", session)]),
        Case(
            "a person and their photos",
            [
                ("GET", f"{API}/people/{person}/", b"", bearer),
                ("GET", f"{photos}&person={person}", b"", bearer),
            ],
        ),
        Case("  the page: person", [("GET", f"/people/{person}/", b"", session)]),
        Case("the picture of a face", [("GET", f"{API}/faces/{face}/crop/", b"", bearer)]),
        Case("  the page's picture", [("GET", f"/faces/{face}/crop.jpg", b"", session)]),
        Case(
            "look-alike of a face",
            [("POST", f"{API}/lookalike/", json.dumps({"face": int(face)}).encode(), as_json)],
        ),
        Case("look-alike of a picture", [("POST", f"{API}/lookalike/", form, as_form)]),
    ]


def cursor_at(address: str, headers: dict[str, str], depth: int) -> str:
    """Page through the list as a client does and return the cursor `depth` photos deep."""
    line, cursor, seen = connect(address), "", 0
    while seen < depth:
        url = f"{API}/images/?limit={min(500, depth)}&fields=id&cursor={quote(cursor)}"
        page = json.loads(ask(line, ("GET", url, b"", headers)))
        seen, cursor = seen + len(page["results"]), page["next"]
        if cursor is None:
            sys.exit(f"There are only {seen} photos in this folder.")
    line.close()
    return cursor


def connect(address: str) -> http.client.HTTPConnection:
    """Open a persistent connection."""
    return http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)


def ask(line: http.client.HTTPConnection, request: tuple[str, str, bytes, dict[str, str]]) -> bytes:
    """Return the whole response body; exit on any status but 200."""
    method, path, body, headers = request
    line.request(method, path, body=body or None, headers=headers)
    answer = line.getresponse()
    content = answer.read()
    if answer.status != 200:
        sys.exit(f"{method} {path} answered {answer.status}: {content[:500]!r}")
    return content


def measure(address: str, case: Case, clients: int, seconds: float) -> None:
    """Send the requests of a case from `clients` threads for some seconds."""
    took: list[list[float]] = [[] for _ in range(clients)]
    ready = threading.Barrier(clients + 1)

    def client(mine: list[float]) -> None:
        line = connect(address)
        for _ in range(WARM):
            for request in case.requests:
                ask(line, request)
        ready.wait()
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            for request in case.requests:
                ask(line, request)
            mine.append(time.perf_counter() - began)
        line.close()

    threads = [threading.Thread(target=client, args=(mine,)) for mine in took]
    for thread in threads:
        thread.start()
    ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    case.spent[clients] = case.spent.get(clients, 0.0) + time.perf_counter() - began
    case.seconds.setdefault(clients, []).extend(one for mine in took for one in mine)


def figures(case: Case, clients: int) -> dict[str, float]:
    """Return the rate and the latencies of a case."""
    took = sorted(case.seconds[clients])
    return {
        "a_second": len(took) / case.spent[clients],
        "median": 1000 * statistics.median(took),
        "p95": 1000 * took[min(len(took) - 1, int(0.95 * len(took)))],
    }


def folder_measure(folder: Path, options: argparse.Namespace) -> tuple[dict[str, str], list[Case]]:
    """Start the app on a data folder and measure all cases."""
    environment = dict(RATES)
    if options.models_dir is not None:
        environment["TROMBINE_MODELS_DIR"] = str(options.models_dir.absolute())
    picture = options.picture or next(iter(sorted((harness.pictures() / "lfw" / "images").rglob("*.jpg"))))
    with tempfile.TemporaryDirectory(prefix="trombine-api-") as place:
        log = Path(place) / "app.log"
        with running_app(folder, log, environment, "--workers", "1") as address:
            known = json.loads(
                managed(folder, environment, "shell", "-v", "0", "-c", SET_UP).splitlines()[-1]
            )
            try:
                measured = cases(address, known, picture, options.depth)
                for _ in range(options.rounds):
                    for clients in CLIENTS:
                        for case in measured:
                            measure(address, case, clients, options.seconds)
            finally:
                managed(folder, environment, "shell", "-v", "0", "-c", TAKE_DOWN)
    return known, measured


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is missed."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="trombine-api-") as place:
        folder = options.folder
        if folder is None:
            folder = Path(place) / "filled"
            script = str(Path(__file__).with_name("create_library.py"))
            sizes = ["--photos", "100000", "--people", "1000"]
            subprocess.run([sys.executable, script, str(folder), *sizes], check=True)
        load = os.getloadavg()[0]
        known, measured = folder_measure(folder.absolute(), options)
    table = {case.name.strip(): {n: figures(case, n) for n in CLIENTS} for case in measured}
    if options.json:
        print(json.dumps(table, indent=2))
    else:
        print(f"{known['photos']} photos, {known['faces']} faces; load before: {load:.1f}\n")
        harness.rows_print(
            ("request", *(f"{n}: {figure}" for n in CLIENTS for figure in ("a second", "ms", "p95"))),
            [
                (case.name, *(f"{value:.1f}" for n in CLIENTS for value in figures(case, n).values()))
                for case in measured
            ],
        )
    slow = [
        f"{name}: {table[name][1]['p95']:.0f} ms"
        for name, most in MOST_MILLISECONDS.items()
        if table[name][1]["p95"] > most
    ]
    if slow:
        sys.exit("Not reached: " + "; ".join(slow))


if __name__ == "__main__":
    main()
