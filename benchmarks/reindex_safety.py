"""Check that names and verdicts survive another model, another detector, the way back, and undoing it all.

Imports each album (photos/ and truth.csv, as the album maker writes them) into a new data folder, names
every group by the truth, and makes every kind of decision. Then these steps run, each planned with --plan
first and compared with the tables before and after:

  reindex --model sface      and --model Facenet, the way back; planned under both of their names
  reindex --detector yunet   and --detector retinaface_mobilenet

Each step must preserve every name with the faces confirmed as that person, every verdict and other decision,
and every named person's id, and must do what its plan announced. Then the steps are undone, newest first;
each undo must restore exactly the rows from before the step.
"""

from __future__ import annotations

import harness  # first: it enters the project's environment

# isort: split
import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground_truth import SCORER, album_checked, people_in_truth
from people_snapshot import Rows, changes_between, rows_changed, rows_of, vectors_changed, vectors_of
from tqdm import tqdm
from user_decisions import decide_everything, decisions_lost, decisions_of, names_correct

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MODELS = (harness.DETECTOR, "yunet", harness.EMBEDDER, "facenet128", "sface128")
STEPS = (
    ("--model", "sface", "sface128"),
    ("--model", harness.EMBEDDER),
    ("--model", "Facenet", "facenet128"),
    ("--model", harness.EMBEDDER),
    ("--detector", "yunet"),
    ("--detector", "retinaface_mobilenet"),
)
"""An option and its value, then other values with the same meaning, for which a plan is made too."""


@dataclass
class Step:
    """The outcome of one reindex.

    correct: names on the right person. same_ids: named people with an unchanged id. deviations: figures of
    the plan that differ from the outcome. undone: None before the undo, then the number of rows that differ
    from those before the step.
    """

    command: str
    seconds_plan: float
    seconds: float
    names: int
    correct: int
    same_ids: int
    verdicts: int
    lost: dict[str, int]
    planned: dict[str, int]
    deviations: list[str]
    undone: int | None = None
    seconds_undo: float = 0.0
    before: Rows = field(default_factory=dict, repr=False)

    @property
    def passed(self) -> bool:
        """Return True if all requirements are met."""
        return (
            self.correct == self.same_ids == self.names > 0
            and not any(self.lost.values())
            and not self.deviations
            and self.undone == 0
        )


def arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("albums", nargs="+", type=Path, metavar="ALBUM_DIR", help="with photos/, truth.csv")
    parser.add_argument("--scorer", type=Path, default=SCORER, help="score_people.py (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    options = parser.parse_args()
    for album in options.albums:
        album_checked(parser, album)
    if not options.scorer.is_file():
        parser.error(f"no scorer at {options.scorer}: give its path with --scorer")
    return options


def reindexed(owner: User, option: str, *values: str) -> Step:
    """Plan a reindex, run it, and compare plan, outcome and tables."""
    before, decisions = rows_of(owner), decisions_of(owner)
    plans, seconds_plan = [], 0.0
    for value in values:
        began = time.monotonic()
        plans.append(_reindex(option, value, "--plan"))
        seconds_plan = seconds_plan or time.monotonic() - began
    deviations = ["the plan changed rows"] if rows_changed(before, rows_of(owner)) else []
    began = time.monotonic()
    done = _reindex(option, values[0])
    seconds = time.monotonic() - began
    after, decisions_after = rows_of(owner), decisions_of(owner)
    seen = changes_between(before, after)
    for plan in plans:
        deviations += [
            f"{name}: {plan.get(name)} planned, {done.get(name)} reported, {seen.get(name)} in the tables"
            for name in plan.keys() | done.keys()
            if plan.get(name) != done.get(name) or (name in seen and seen[name] != done[name])
        ]
    return Step(
        command=f"reindex {option} {values[0]}",
        seconds_plan=seconds_plan,
        seconds=seconds,
        names=len(decisions.names),
        correct=names_correct(decisions, owner),
        same_ids=len(decisions.names.keys() & decisions_after.names.keys()),
        verdicts=len(decisions.verdicts),
        lost=decisions_lost(decisions, decisions_after),
        planned=plans[0],
        deviations=deviations,
        before=before,
    )


def _reindex(*arguments: str) -> dict[str, int]:
    """Run the command and return its figures."""
    command = [*harness.MANAGE, "reindex", *arguments, "--no-progress", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {name: value for name, value in json.loads(done.stdout).items() if type(value) is int}


def undo(owner: User, step: Step) -> None:
    """Undo the newest reindex and count the rows that differ from before."""
    from faces.models import Change
    from faces.services.history.history import change_undo, change_undoable

    began = time.monotonic()
    change = change_undoable(owner)
    if change is None or change.kind != Change.Kind.REINDEX:
        sys.exit(f"{step.command} recorded no change to undo")
    change_undo(change=change, by=owner)
    step.seconds_undo = time.monotonic() - began
    step.undone = rows_changed(step.before, rows_of(owner))


def measure(album: Path, data: Path, models_dir: Path, scorer: Path) -> dict[str, Any]:
    """Import an album into a new data folder, decide everything, run the steps and undo them."""
    start = [str(harness.ROOT / "bin" / "start"), str(album.absolute() / "photos"), "--exit"]
    with harness.product(data, models_dir):
        harness.checked_run([*start, "--data", str(data)])
        from django.contrib.auth.models import User

        owner = User.objects.get()
        kinds = decide_everything(owner, people_in_truth(album, owner.pk, scorer))
        vectors = vectors_of(owner)
        steps = [
            reindexed(owner, *option) for option in tqdm(STEPS, desc=album.name, leave=False, disable=None)
        ]
        for step in reversed(steps):
            undo(owner, step)
        return {
            "decisions": dict(kinds),
            "steps": steps,
            "vectors_changed": vectors_changed(vectors, vectors_of(owner)),
        }


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print a table for each album."""
    for name, result in results.items():
        print(f"\n{name}. Decisions: {result['decisions']}")
        harness.rows_print(
            (
                *("step", "names right", "ids", "verdicts lost", "others lost", "as planned", "undone"),
                *("new", "gone", "kept", "moved", "placed", "released", "split", "plan s", "run s", "undo s"),
            ),
            [
                (
                    step.command,
                    f"{step.correct}/{step.names}",
                    f"{step.same_ids}/{step.names}",
                    f"{step.lost['verdicts']}/{step.verdicts}",
                    str(sum(step.lost.values()) - step.lost["verdicts"]),
                    "no" if step.deviations else "yes",
                    "exactly" if step.undone == 0 else f"{step.undone} rows differ",
                    *(str(step.planned.get(figure, "-")) for figure in ("new", "gone", "kept")),
                    *(str(step.planned[figure]) for figure in ("moved", "placed", "released", "split")),
                    *(f"{s:.1f}" for s in (step.seconds_plan, step.seconds, step.seconds_undo)),
                )
                for step in result["steps"]
            ],
        )
        print(f"Faces whose vector differs after undoing all steps: {result['vectors_changed']}")
        for step in result["steps"]:
            for deviation in step.deviations:
                print(f"{step.command}: {deviation}")


def main() -> None:
    """Measure every album, print, and exit with 1 when a decision was lost or a plan was not met."""
    options = arguments()
    models_dir = harness.use_models(MODELS, options.models_dir)
    results: dict[str, dict[str, Any]] = {}
    for album in options.albums:
        with tempfile.TemporaryDirectory(prefix="trombine-reindexing-") as place:
            data = Path(place) / "data"
            results[album.name] = harness.in_own_process(measure, album, data, models_dir, options.scorer)
    if options.json:
        print(json.dumps(results, indent=2, default=lambda step: vars(step) | {"before": None}))
    else:
        report(results)
    bad = [
        name
        for name, result in results.items()
        if result["vectors_changed"] or not all(step.passed for step in result["steps"])
    ]
    if bad:
        sys.exit(f"Decisions lost, plan not met or undo incomplete: {', '.join(bad)}")


if __name__ == "__main__":
    main()
