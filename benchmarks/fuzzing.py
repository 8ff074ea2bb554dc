"""Send malformed requests to every operation of the API and every page, and count the server errors.

As `tests/test_fuzzing.py`, with as many requests and seeds as wanted: from the OpenAPI schema, the addresses
of the resolver and the forms on pages, as an owner, an operator, a visitor and a token, on an account with
something of everything. Each request is rolled back, so that all meet the same rows. The services run in a
temporary folder. Exits with 1 when an answer is 500 or more, and prints one request of each kind.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import logging
import os
import shutil
import sys
import time
from collections import Counter
from typing import Any

SMALLEST = 200


def main() -> None:
    """Run each seed, print the results, and exit."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=20_000, help="for each seed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1], help="one run each")
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST} requests, to try the script")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    results = run(given.seeds, SMALLEST if given.smallest else given.requests)
    if given.json:
        print(json.dumps(results))
    else:
        show(results)
    sys.exit(any(result["faults"] for result in results))


def run(seeds: list[int], requests: int) -> list[dict[str, Any]]:
    """Run each seed on the same rows."""
    import django
    from django.conf import settings

    from config.local_services import embedded

    try:
        with embedded.services(settings.DATA_DIR):
            django.setup()
            logging.disable(logging.CRITICAL)
            from django.core.management import call_command
            from django.db import connections

            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            try:
                return [run_seed(seed, requests) for seed in seeds]
            finally:
                connections.close_all()
    finally:
        shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


def run_seed(seed: int, requests: int) -> dict[str, Any]:
    """Run one seed and return its figures."""
    from django.db import connections, transaction

    from tests.faces.trained_verifiers import stored_verifier
    from tests.fuzzing.scene import fuzzer_create

    # A response that is never read ends when it is collected, and the connection of the transaction with it.
    vars(connections["default"])["close_if_unusable_or_obsolete"] = lambda: None
    with transaction.atomic():
        stored_verifier("a-class")
        began = time.monotonic()
        report = fuzzer_create(seed).run(requests)
        transaction.set_rollback(True)
    counts = Counter(fault.kind for fault in report.faults)
    return {
        "seed": seed,
        "requests": sum(report.sent.values()),
        "targets": len(report.targets),
        "seconds": round(time.monotonic() - began, 1),
        "faults": len(report.faults),
        "kinds": [{"times": counts[kind], "example": str(fault)} for kind, fault in report.kinds.items()],
    }


def show(results: list[dict[str, Any]]) -> None:
    """Print the table and an example of each kind of fault."""
    columns = ("seed", "requests", "targets", "seconds", "faults")
    harness.rows_print(columns, [tuple(str(result[name]) for name in columns) for result in results])
    for result in results:
        for kind in result["kinds"]:
            print(f"\n{kind['times']} x {kind['example']}")


if __name__ == "__main__":
    main()
