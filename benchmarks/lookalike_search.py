"""Measure recall and latency of the look-alike search, for owners with few and with very many faces.

Creates a database with synthetic vectors (synthetic_faces.py) and owners of very different sizes, and queries
the ten nearest faces and the ten nearest people of one owner. Half of the queries are new pictures of the
owner's people, half are strangers. The expected results are computed with numpy. lookalike_queries.py
describes the methods.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from lookalike_queries import Answer, K, index_for, methods, people_methods
from numpy.typing import NDArray
from query_cost import cost_of
from synthetic_faces import MODEL, Faces, Owner, accounts_store

LEAST_RECALL = 0.99
MOST_MILLISECONDS = 20.0
"""For the first owner's faces."""

MOST_PEOPLE_MILLISECONDS = 10.0
"""For the people of the last owner, in the database and in Python, without their rows."""

SMALL_OWNERS = 20
"""Owners who share the remaining faces."""

LARGE, FACES_A_PERSON, SKEW = 50_000, 100, 0.5
"""Owners from so many faces on, their faces a person, and the skew: in a million 50 to 2,900 of a person."""

Figures = dict[str, dict[str, float]]
"""Figures by method."""


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--faces", type=int, default=1_040_000, metavar="N", help="faces of all owners (default: 1040000)"
    )
    parser.add_argument(
        "--owners",
        type=int,
        nargs="+",
        default=[200, 20_000, 1_000_000],
        metavar="N",
        help="faces of the measured owners; required are faces of the first and people of the last"
        " (default: %(default)s)",
    )
    parser.add_argument(
        "--queries", type=int, default=100, metavar="N", help="queries per owner (default: 100)"
    )
    parser.add_argument("--methods", nargs="+", metavar="METHOD", help="only these (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a data folder for the database; reused when it exists")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    if sum(options.owners) > options.faces:
        parser.error("the owners have more faces than --faces")
    if options.methods and not {"product", "people"} <= set(options.methods):
        parser.error("the requirements are on product and people: name them too")
    return options


def owners(options: argparse.Namespace) -> list[Owner]:
    """Return the measured owners, then the others."""
    rest = np.array_split(np.arange(options.faces - sum(options.owners)), SMALL_OWNERS)
    return [
        Owner(size, faces_a_person=FACES_A_PERSON, skew=SKEW) if size >= LARGE else Owner(size)
        for size in (*options.owners, *(len(part) for part in rest))
    ]


def queries(owner: int, count: int, faces: Faces) -> tuple[NDArray[np.float32], list[list[int]]]:
    """Return query vectors and the ids of the faces nearest to each."""
    from faces.models import FaceEmbedding

    rows = FaceEmbedding.objects.filter(model=MODEL, owner_id=owner).values_list("face_id", "vector")
    ids, found = zip(*rows.iterator(), strict=True)
    stored = np.stack([np.asarray(vector, dtype=np.float32) for vector in found])
    half = faces.rng.choice(len(stored), count // 2)
    vectors = np.concatenate([faces.around(stored[half]), faces.centres(count - len(half))])
    order = np.argsort(1 - vectors @ stored.T, axis=1, kind="stable")[:, :K]
    # Shuffled, since a slow method gets only the first queries.
    mixed = faces.rng.permutation(count)
    return vectors[mixed], [[ids[index] for index in order[row]] for row in mixed.tolist()]


def people_expected(owner: int, vectors: NDArray[np.float32]) -> list[list[int]]:
    """Return the ids of the people nearest to each vector, by their nearest face."""
    from faces.models import FaceEmbedding

    rows = FaceEmbedding.objects.filter(model=MODEL, owner_id=owner, face__person__isnull=False)
    people, found = zip(*rows.values_list("face__person_id", "vector").iterator(), strict=True)
    order = np.argsort(people, kind="stable")
    stored = np.stack([np.asarray(found[index], dtype=np.float32) for index in order.tolist()])
    ids, first = np.unique(np.asarray(people)[order], return_index=True)
    nearest = [np.maximum.reduceat(stored @ vector, first) for vector in vectors]
    return [ids[np.argsort(-likeness, kind="stable")[:K]].tolist() for likeness in nearest]


def measure(answer: Answer, vectors: NDArray[np.float32], right: list[list[int]]) -> dict[str, float]:
    """Return the recall among the first ten, and the cost of a query."""
    found: dict[int, float] = {}

    def ask(index: int) -> None:
        got = answer(vectors[index])
        found[index] = len(set(got) & set(right[index])) / len(right[index])

    cost = cost_of([partial(ask, index) for index in range(len(vectors))])
    return {"recall": statistics.fmean(found.values()), **asdict(cost), "processor_ms": cost.processor_ms}


def exemplars_create(options: argparse.Namespace) -> None:
    """Let the owners' people have exemplars, and the product know how many faces an owner has."""
    from django.contrib.auth.models import User
    from django.db import connection

    from faces.models import ClusteringRun
    from faces.services.people.exemplars import exemplars_renew
    from faces.services.people.stats import stats_refresh

    for other in User.objects.all():
        stats_refresh(owner_id=other.pk)
    for owner, size in enumerate(options.owners, start=1):
        ClusteringRun.objects.create(owner_id=owner, state="done", embedder=MODEL, faces=size)
        began = time.perf_counter()
        people = exemplars_renew(owner_id=owner)
        if people:
            print(f"exemplars of {people} people in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def benchmark(options: argparse.Namespace) -> dict[int, Figures]:
    """Return the figures by number of faces and method."""
    import django
    from django.db import connection

    from config.local_services import embedded

    results: dict[int, Figures] = {}
    with embedded.services():
        subprocess.run([*harness.MANAGE, "migrate", "--skip-checks"], check=True, stdout=subprocess.DEVNULL)
        django.setup()
        from faces.models import FaceEmbedding

        faces = Faces(options.seed)
        if not FaceEmbedding.objects.exists():
            began = time.perf_counter()
            accounts_store(owners(options), faces)
            print(f"database created in {time.perf_counter() - began:.0f} s", file=sys.stderr)
            exemplars_create(options)
        for owner, size in enumerate(options.owners, start=1):
            vectors, right = queries(owner, options.queries, faces)
            right_people = people_expected(owner, vectors)
            results[size] = {}
            for name, answer in (methods(owner) | people_methods(owner)).items():
                if options.methods and name not in options.methods:
                    continue
                expected = right_people if name.startswith("people") else right
                with index_for(name, owner):
                    row = results[size][name] = measure(answer, vectors, expected)
                print(
                    f"{size} {name}: {row['recall']:.3f}, {row['median_ms']:.1f} ms, least"
                    f" {row['least_ms']:.1f}, processor {row['processor_ms']:.1f}, {row['calls']} queries",
                    file=sys.stderr,
                )
        connection.close()
    return results


def main() -> None:
    """Measure, print, and exit with 1 when a requirement is missed."""
    options = arguments()
    place = options.keep or Path(tempfile.mkdtemp(prefix="trombine-search-"))
    os.environ["TROMBINE_DATA"] = str(place.absolute())
    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    try:
        results = benchmark(options)
    finally:
        if not options.keep:
            shutil.rmtree(place, ignore_errors=True)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        harness.rows_print(
            ("recall · median (processor)", *(f"{size:,} faces" for size in results)),
            [
                (
                    name,
                    *(
                        f"{row[name]['recall']:.3f} · {row[name]['median_ms']:.1f} ms"
                        f" ({row[name]['processor_ms']:.1f})"
                        for row in results.values()
                    ),
                )
                for name in next(iter(results.values()))
            ],
        )
    product, people = results[options.owners[0]]["product"], results[options.owners[-1]]["people"]
    reached = (
        min(product["recall"], people["recall"]) >= LEAST_RECALL
        and product["median_ms"] <= MOST_MILLISECONDS
        and people["median_ms"] <= MOST_PEOPLE_MILLISECONDS
    )
    required = (
        f"recall {LEAST_RECALL}; product {MOST_MILLISECONDS:.0f} ms for {options.owners[0]:,} faces, people"
        f" {MOST_PEOPLE_MILLISECONDS:.0f} ms for {options.owners[-1]:,}"
    )
    print(f"\nRequired: {required}. {'Reached.' if reached else 'NOT reached.'}", file=sys.stderr)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
