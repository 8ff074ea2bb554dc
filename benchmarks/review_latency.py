"""Measure the server-side latency of the review page in a large library.

Creates a library of synthetic faces (synthetic_faces.py) in which one person in ten is two groups, some faces
are unassigned and every other person has a name. The page is requested through Django's test client, so that
sessions, queries and templates are included and the network is not. Each question is answered or skipped
before the next one, so that nothing can be cached that an answer changes.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from query_cost import Cost, cost_of
from synthetic_faces import Faces, Owner, accounts_store

if TYPE_CHECKING:
    from django.test import Client

MOST_MILLISECONDS = 150.0
FACES_A_PHOTO = 1.5
PAGE = "/review/"
QUESTION_KEY = re.compile(r'name="key" value="([^"]+)"')


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=100_000, metavar="N", help="default: 100000")
    parser.add_argument("--people", type=int, default=1_000, metavar="N", help="default: 1000")
    parser.add_argument("--questions", type=int, default=30, metavar="N", help="default: 30")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a data folder for the database; reused when it exists")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def album(options: argparse.Namespace) -> Owner:
    """Return the one account."""
    a_person = round(options.photos * FACES_A_PHOTO / options.people)
    return Owner(
        a_person * options.people, faces_a_person=a_person, faces_a_photo=FACES_A_PHOTO, in_review=True
    )


def ask(client: Client) -> str:
    """Request the page and return the key of its question, "" when there is none."""
    response = client.get(PAGE, secure=True)
    if response.status_code != 200:
        sys.exit(f"{PAGE} answers {response.status_code}")
    found = QUESTION_KEY.search(response.content.decode())
    return found[1] if found else ""


def benchmark(options: argparse.Namespace) -> dict[str, Cost]:
    """Return the cost of each kind of request."""
    import django

    from config.local_services import embedded

    with embedded.services():
        for command in (["migrate", "--skip-checks"], ["collectstatic", "--no-input"]):
            subprocess.run([*harness.MANAGE, *command], check=True, stdout=subprocess.DEVNULL)
        django.setup()
        from django.contrib.auth.models import User
        from django.db import connection
        from django.test import Client

        if not User.objects.exists():
            accounts_store([album(options)], Faces(options.seed))
        client = Client(HTTP_HOST="localhost")
        client.force_login(User.objects.get(pk=1))
        if not ask(client):
            sys.exit("No question is open: the database of --keep is used up.")
        first = cost_of([lambda: ask(client)] * options.questions)

        def answered() -> None:
            client.post(PAGE, {"key": ask(client), "answer": "no"}, secure=True)

        both = cost_of([answered] * options.questions, warm_up=0)
        connection.close()
    return {"the page": first, "the page and an answer": both}


def main() -> None:
    """Measure, print, and exit with 1 when the page is too slow."""
    options = arguments()
    place = options.keep or Path(tempfile.mkdtemp(prefix="trombine-review-"))
    os.environ["TROMBINE_DATA"] = str(place.absolute())
    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    try:
        results = benchmark(options)
    finally:
        if not options.keep:
            shutil.rmtree(place, ignore_errors=True)
    if options.json:
        print(json.dumps({name: asdict(cost) for name, cost in results.items()}, indent=2))
    else:
        harness.rows_print(
            (f"{options.photos:,} photos", "median", "least", "95 %", "processor: Python", "Postgres"),
            [
                (
                    name,
                    *(f"{value:.0f} ms" for value in (cost.median_ms, cost.least_ms, cost.p95_ms)),
                    *(f"{value:.0f} ms" for value in (cost.python_ms, cost.postgres_ms)),
                )
                for name, cost in results.items()
            ],
        )
    reached = results["the page"].median_ms <= MOST_MILLISECONDS
    required = f"median {MOST_MILLISECONDS:.0f} ms for the page"
    print(f"\nRequired: {required}. {'Reached.' if reached else 'NOT reached.'}", file=sys.stderr)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
