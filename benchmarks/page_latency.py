"""Measure the server-side latency, query count and size of the pages, in a small and in a large library.

Each data folder of create_library.py is measured in a process of its own: every page through all of Django,
middleware included, by a signed-in account. Milliseconds: the median and the minimum of 20 requests after two
for warm-up, and the mean processor time of Python. Queries: of one request. Size: the HTML and the styles and
scripts that it loads (imported scripts included), without images, plain and gzipped. Without folders, two are
created, with 1,000 and with 100,000 photos.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from create_library import OWNER, use_folder
from page_weight import linked

from config.local_services.processes import ONE_THREAD

SIZES = ((1_000, 50), (100_000, 1_000))
"""Photos and people of the folders that are created."""
REQUIRED = ("timeline", "people", "person", "review")
MOST_MILLISECONDS, MOST_BYTES = 150.0, 300_000
WARM, RUNS = 2, 20
HEADERS = {"strip": {"HX-Request": "true"}}
"""The progress that every page requests after it has loaded."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="DATA_FOLDER",
        help="as create_library.py made them, the smallest first",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def addresses(owner: Any) -> dict[str, str]:
    """Return the addresses of the pages by name, without those that this version lacks."""
    from django.db.models import Count
    from django.urls import NoReverseMatch, reverse

    from albums.models import Album, Image
    from faces.models import Person

    person = Person.objects.filter(owner=owner).annotate(size=Count("faces")).order_by("-size").first()
    album = Album.objects.filter(owner=owner).annotate(size=Count("images")).order_by("-size").first()
    image = Image.objects.filter(owner=owner).order_by("pk")[Image.objects.filter(owner=owner).count() // 2]
    wanted = {
        "timeline": ("albums:photos", [], ""),
        "people": ("faces:people", [], ""),
        "person": ("faces:person", [person.pk], ""),
        "review": ("faces:review", [], ""),
        "photo": ("albums:photo", [image.pk], ""),
        "albums": ("albums:albums", [], ""),
        "album": ("albums:album", [album.pk], ""),
        "search": ("albums:search", [], "?q=lyon+2019"),
        "map": ("albums:map", [], ""),
        "map clusters": ("albums:map_clusters", [], "?area=-180,-85,180,85&zoom=2"),
        "map clusters of a town": ("albums:map_clusters", [], "?area=4.7,45.6,5,45.9&zoom=12"),
        "map photos": ("albums:map_photos", [], "?area=-10,35,30,60"),
        "waiting": ("faces:waiting", [], ""),
        "progress": ("albums:progress", [], ""),
        "strip": ("albums:progress", [], ""),
        "storage": ("albums:settings_storage", [], ""),
        "work": ("albums:settings_jobs", [], ""),
    }
    found = {}
    for name, (view, values, query) in wanted.items():
        try:
            found[name] = reverse(view, args=values) + query
        except NoReverseMatch:
            continue
    return found


def measure() -> dict[str, dict[str, Any]]:
    """Measure every page of this process's data folder."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    owner = User.objects.get(username=OWNER)
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner)
    client.cookies[settings.THEME_COOKIE_NAME] = "system"
    results = {}
    for name, path in addresses(owner).items():
        headers = HEADERS.get(name, {})
        for _ in range(WARM):
            answer = client.get(path, headers=headers)
            if answer.status_code != 200:
                sys.exit(f"{path} answered {answer.status_code}.")
        seconds, processor = [], time.process_time()
        for _ in range(RUNS):
            began = time.perf_counter()
            client.get(path, headers=headers)
            seconds.append(time.perf_counter() - began)
        processor = time.process_time() - processor
        with CaptureQueriesContext(connection) as queries:
            html = client.get(path, headers=headers).content
        # Counted now: the next request empties the log.
        count = len(queries)
        parts = [html, *linked(client, html.decode())]
        results[name] = {
            "milliseconds": 1000 * statistics.median(seconds),
            "least": 1000 * min(seconds),
            "processor": 1000 * processor / RUNS,
            "queries": count,
            "html": len(html),
            "bytes": sum(len(part) for part in parts),
            "packed": sum(len(gzip.compress(part)) for part in parts),
        }
    return results


def folder_measure(folder: Path) -> dict[str, dict[str, Any]]:
    """Measure a folder in a process of its own."""
    command = [sys.executable, __file__, "--one", str(folder)]
    # With as many threads as a process of the web server has.
    environment = {**os.environ, **ONE_THREAD}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    figures: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return figures


def failures(results: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """Return the requirements that are missed."""
    found = []
    for folder, pages in results.items():
        for name in REQUIRED:
            figures = pages[name]
            if figures["milliseconds"] > MOST_MILLISECONDS:
                found.append(f"{name} of {folder}: {figures['milliseconds']:.0f} ms")
        found += [
            f"{name} of {folder}: {figures['bytes']} bytes"
            for name, figures in pages.items()
            if figures["bytes"] > MOST_BYTES
        ]
    first, *others = results.values()
    # Fewer are fine: the question or person shown may need one more or less.
    found += [
        f"{name}: {first[name]['queries']} queries, then {pages[name]['queries']}"
        for pages in others
        for name in REQUIRED
        if pages[name]["queries"] > first[name]["queries"]
    ]
    return found


def main() -> None:
    """Measure each folder, print, and exit with 1 when a requirement is missed."""
    options = arguments()
    if options.one:
        use_folder(options.folders[0])
        from django.core.management import call_command

        from config.commands import preparation
        from config.local_services import embedded

        with embedded.services():
            call_command("migrate", verbosity=0, interactive=False)
            if (static := preparation.StaticFiles()).stale:
                static.collect()
            print(json.dumps(measure()))
        return
    with tempfile.TemporaryDirectory(prefix="trombine-pages-") as place:
        folders = options.folders
        if not folders:
            folders = [Path(place) / str(photos) for photos, _people in SIZES]
            for folder, (photos, people) in zip(folders, SIZES, strict=True):
                script = str(Path(__file__).with_name("create_library.py"))
                sizes = ["--photos", str(photos), "--people", str(people)]
                subprocess.run([sys.executable, script, str(folder), *sizes], check=True)
        results = {folder.name: folder_measure(folder) for folder in folders}
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        harness.rows_print(
            ("folder, page", "ms", "least", "processor", "queries", "HTML kB", "kB", "packed"),
            [
                (
                    f"{folder}, {name}",
                    f"{row['milliseconds']:.0f}",
                    f"{row['least']:.0f}",
                    f"{row['processor']:.0f}",
                    str(row["queries"]),
                    f"{row['html'] / 1000:.0f}",
                    f"{row['bytes'] / 1000:.0f}",
                    f"{row['packed'] / 1000:.0f}",
                )
                for folder, pages in results.items()
                for name, row in pages.items()
            ],
        )
    if missed := failures(results):
        sys.exit("Not reached: " + "; ".join(missed))


if __name__ == "__main__":
    main()
