"""Measure how much the first answers of the review queue change, and how many of them are "no".

Albums of known people are composed and imported through the services of an upload, grouped, and the largest
groups named by the truth, as a user begins. Then each question of the queue is answered by the truth, in two
orders: the queue's own, and the former one, which put the questions about most faces first. Printed after 10,
20, 40 and 80 answers: the faces settled (whose person an answer changed, or that it removed as no face), and
the share of the answers that were "no"; and both until the queue stops by itself, since the rest is unlikely
(the user then continues). The faces in the background of the composed pictures are in no
truth: two of them are skipped, and one is somebody else than every person of the truth.

A page of faces that may be none counts as one answer.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from incremental_clustering import photos_import
from review_former import former_candidates
from review_oracle import Oracle, tools
from tqdm import tqdm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from faces.services.reviewing.kinds import Candidate

MARKS = (10, 20, 40, 80)
JUDGED_AT = 40
MOST_NO = 0.25
BATCH = 8
ORDERS = ("former", "now")


@dataclass(frozen=True)
class Album:
    """An album to compose: the options of the album maker, and the groups that are named first."""

    name: str
    photos: int
    people: int
    seed: int
    hard: bool = False
    named: int = 15


ALBUMS = (
    Album("plain", 130, 40, seed=61),
    Album("hard", 140, 30, seed=62, hard=True),
    Album("hard, few named", 100, 24, seed=63, hard=True, named=4),
)
SMALLEST = (Album("smallest", 24, 6, seed=64, hard=True, named=2),)


@dataclass
class Tally:
    """The answers given in one order. settled, no: after each. likely: answers before the queue stopped."""

    settled: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    likely: int | None = None
    log: list[tuple[str, float, int, str]] = field(default_factory=list)


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smallest", action="store_true", help="one album of 24 photos, in seconds")
    parser.add_argument("--only", metavar="NAME", help=f"one of: {', '.join(one.name for one in ALBUMS)}")
    parser.add_argument("--keep", type=Path, help="a folder for the imported albums; reused when it exists")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--log", action="store_true", help="with --json: every answer")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    return parser.parse_args()


def album_composed(album: Album, place: Path) -> Path:
    """Compose an album unless it is there; return its folder."""
    folder = place / "album"
    if not (folder / "truth.csv").is_file():
        pictures = harness.pictures() / "lfw" / "images"
        command = [sys.executable, str(tools() / "make_album.py"), str(pictures), str(folder)]
        options = {"--photos": album.photos, "--people": album.people, "--seed": album.seed}
        command += [str(part) for option in options.items() for part in option]
        harness.checked_run(command + ["--hard"] * album.hard)
    return folder


def measure(album: Album, place: Path, models_dir: Path) -> dict[str, dict[str, Any]]:
    """Import an album and answer its questions in both orders."""
    folder = album_composed(album, place)
    with harness.product(place / "data", models_dir):
        from django.contrib.auth.models import User
        from django.db import transaction

        owner, _created = User.objects.get_or_create(username="owner")
        album_import(owner, folder)
        oracle = Oracle(owner, folder)
        results = {}
        for order in ORDERS:
            with transaction.atomic():
                results[order] = figures(answered(owner, oracle, order, named=album.named))
                transaction.set_rollback(True)
        return results


def album_import(owner: User, folder: Path) -> None:
    """Import the photos that are not there yet, and group their faces."""
    from faces.services.grouping.run import owner_recluster

    files = sorted((folder / "photos").glob("*.jpg"))
    for start in tqdm(range(0, len(files), BATCH), desc="Importing", leave=False, disable=None):
        photos_import(owner, files[start : start + BATCH], folder / "photos")
    owner_recluster(owner)


def answered(owner: User, oracle: Oracle, order: str, *, named: int) -> Tally:
    """Name the largest groups, then answer questions until 80 are answered or none is left."""
    from faces.services.reviewing.cluster_quality import cluster_quality_refresh
    from faces.services.reviewing.ranking import likely_enough

    name_largest(owner, oracle, named)
    cluster_quality_refresh(owner=owner)
    tally = Tally()
    bar = tqdm(total=MARKS[-1], desc=f"Answering, {order}", leave=False, disable=None)
    while len(tally.no) < MARKS[-1]:
        found = next_question(owner, order)
        if found is None:
            break
        if order == "now" and not likely_enough(found) and tally.likely is None:
            tally.likely = len(tally.no)
        give(owner, oracle, tally, found)
        bar.update(len(tally.no) - bar.n)
    bar.close()
    return tally


def name_largest(owner: User, oracle: Oracle, count: int) -> None:
    """Name the largest groups whose person is in the truth; of two groups of one person the first."""
    from django.db.models import Count

    from faces.models import Person
    from faces.services.people.edits import person_name

    rows = Person.objects.filter(owner=owner).annotate(size=Count("faces")).order_by("-size", "pk")
    names: set[str] = set()
    for person in rows:
        name = oracle.person(person.pk)
        if name and name not in names and len(names) < count:
            names.add(name)
            person_name(person=person, name=name.replace("_", " "), by=owner)


def next_question(owner: User, order: str) -> Candidate | None:
    """Return the next question in an order; None where only skipped ones are left."""
    from faces.models import SkippedQuestion
    from faces.services.people.index import people_index
    from faces.services.reviewing.queue import candidates
    from faces.services.reviewing.ranking import likely_enough, order_of

    skipped = set(SkippedQuestion.objects.filter(owner=owner).values_list("key", flat=True))
    known = people_index(owner)
    if order == "former":
        found = former_candidates(known)
    else:
        found = sorted(candidates(known), key=lambda one: (not likely_enough(one), *order_of(one)))
    return next((one for one in found if one.key not in skipped), None)


def give(owner: User, oracle: Oracle, tally: Tally, question: Candidate) -> None:
    """Answer one question by the truth and count what it changed."""
    from faces.services.grouping.run import owner_recluster
    from faces.services.reviewing.answering import answer, answer_regroups
    from faces.services.reviewing.queue import skip

    choice = oracle.answer(question.key, question.kind)
    if choice is None:
        skip(owner=owner, key=question.key)
        tally.skipped += 1
        return
    before = state_of(owner)
    answer(owner=owner, key=question.key, answer=choice[0], by=owner, marked=choice[1])
    after = state_of(owner)
    settled = sum(after[pk] != before[pk] for pk in before)
    no = choice[0] == "no"
    tally.settled.append(settled + (tally.settled[-1] if tally.settled else 0))
    tally.no.append(no + (tally.no[-1] if tally.no else 0))
    tally.kinds[question.kind] += 1
    tally.log.append((question.key, round(question.probability, 3), settled, str(choice[0])))
    if answer_regroups(question.key):
        owner_recluster(owner)


def state_of(owner: User) -> dict[int, tuple[int | None, bool]]:
    """Return the person of each face, and whether it was removed."""
    from faces.models import Face

    rows = Face.objects.filter(image__owner=owner).values_list("pk", "person_id", "dismissed")
    return {pk: (person_id, dismissed) for pk, person_id, dismissed in rows}


def figures(tally: Tally) -> dict[str, Any]:
    """Return the figures at each mark (where the questions ended before it, those at the end) as JSON."""
    marks = {}
    for mark in MARKS:
        at = min(mark, len(tally.no))
        settled, no = (tally.settled[at - 1], tally.no[at - 1]) if at else (0, 0)
        marks[str(mark)] = {"answers": at, "settled": settled, "no": no / max(at, 1)}
    likely = min(len(tally.no) if tally.likely is None else tally.likely, JUDGED_AT)
    kinds = {str(kind): count for kind, count in tally.kinds.items()}
    until_stop = {"answers": likely, "no": tally.no[likely - 1] / likely if likely else 0.0}
    return {
        "marks": marks,
        "until_stop": until_stop,
        "kinds": kinds,
        "skipped": tally.skipped,
        "log": tally.log,
    }


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print the results as a table."""
    harness.rows_print(
        ("album, order", *(part for mark in MARKS for part in (f"settled {mark}", "no")), "until the stop"),
        [
            (
                f"{name}, {order}",
                *(
                    part
                    for row in found["marks"].values()
                    for part in (f"{row['settled']}", f"{row['no']:.0%}")
                ),
                f"{found['until_stop']['answers']}, {found['until_stop']['no']:.0%}"
                if order == "now"
                else "",
            )
            for name, orders in results.items()
            for order, found in orders.items()
        ],
    )


def missed(results: dict[str, dict[str, Any]]) -> list[str]:
    """Return the albums where more than a quarter of the answers are no, or fewer faces are settled."""
    found = []
    for name, orders in results.items():
        former, now = (orders[order]["marks"][str(JUDGED_AT)] for order in ORDERS)
        before = orders["now"]["until_stop"]
        if before["no"] > MOST_NO:
            found.append(f"{name}: {before['no']:.0%} no among the first {before['answers']}")
        if now["settled"] < former["settled"]:
            found.append(f"{name}: {now['settled']} faces settled, formerly {former['settled']}")
    return found


def main() -> None:
    """Measure every album, print, and exit with 1 where a required figure is missed."""
    options = arguments()
    models_dir = harness.use_models([harness.DETECTOR, harness.EMBEDDER], options.models_dir)
    results = {}
    with tempfile.TemporaryDirectory(prefix="trombine-order-") as temporary:
        for album in SMALLEST if options.smallest else ALBUMS:
            if options.only not in {None, album.name}:
                continue
            place = (options.keep or Path(temporary)).absolute() / album.name.replace(", ", "-").replace(
                " ", "-"
            )
            place.mkdir(parents=True, exist_ok=True)
            results[album.name] = harness.in_own_process(measure, album, place, models_dir)
            for found in results[album.name].values():
                options.log or found.pop("log")
    print(json.dumps(results, indent=2)) if options.json else report(results)
    if short := missed(results):
        sys.exit(f"Required: at most {MOST_NO:.0%} no, and no fewer faces. Missed: {'; '.join(short)}")


if __name__ == "__main__":
    main()
