"""Every name and every verdict survives another model, another detector, the way back, and undoing it all.

Imports each album (photos/ and truth.csv, as the album maker writes them) into a new data folder, names every
group after who it is in truth, and says something of every kind that can be said. Then come, each announced
by --plan first and compared with the tables before and after:

  reindex --model sface                    and --model Facenet, the way back; planned by both of their names
  reindex --detector yunet                 and --detector retinaface_mobilenet

Each step must keep every name with the faces confirmed as that person, every verdict and whatever else was
said, and every named person's id; and do what its plan had announced. Then the steps are undone, newest
first: each must bring back exactly the rows that were there before it.
"""

from __future__ import annotations

import harness  # first: it brings us into the project's environment

# isort: split
import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ground_truth import SCORER, album_checked, people_in_truth
from people_snapshot import Rows, happened, rows_of, rows_unlike, told, vectors_of, vectors_unlike
from tqdm import tqdm
from user_decisions import lost, names_right, said_by, say_everything

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MODELS = ("retinaface_mobilenet", "yunet", "facenet128", "sface128")
STEPS = (
    ("--model", "sface", "sface128"),
    ("--model", "Facenet", "facenet128"),
    ("--detector", "yunet"),
    ("--detector", "retinaface_mobilenet"),
)
"""An option and its value; then other values that mean the same, which are planned with, too."""


@dataclass
class Step:
    """What became of one reindex.

    right: names that are on the right person; ids_kept: named people who have their id. said: verdicts.
    unlike: figures of the plan that were not what happened. undone: None until it is, then the number of rows
    that are not what they were before the step.
    """

    command: str
    seconds_plan: float
    seconds: float
    names: int
    right: int
    ids_kept: int
    said: int
    lost: dict[str, int]
    announced: dict[str, int]
    unlike: list[str]
    undone: int | None = None
    seconds_undo: float = 0.0
    before: Rows = field(default_factory=dict, repr=False)

    @property
    def well(self) -> bool:
        """Whether everything that is required was so."""
        return (
            self.right == self.ids_kept == self.names > 0
            and not any(self.lost.values())
            and not self.unlike
            and self.undone == 0
        )


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("albums", nargs="+", type=Path, metavar="ALBUM_DIR", help="with photos/, truth.csv")
    parser.add_argument("--scorer", type=Path, default=SCORER, help="score_people.py (default: %(default)s)")
    parser.add_argument("--models-dir", type=Path, help="default: the models folder of the settings")
    parser.add_argument("--json", action="store_true", help="print JSON in place of the table")
    options = parser.parse_args()
    for album in options.albums:
        album_checked(parser, album)
    if not options.scorer.is_file():
        parser.error(f"there is no scorer at {options.scorer}: name it with --scorer")
    return options


def reindexed(owner: User, option: str, *values: str) -> Step:
    """Announce a reindex, do it, and see what became of everything."""
    before, said = rows_of(owner), said_by(owner)
    announced, seconds_plan = [], 0.0
    for value in values:
        began = time.monotonic()
        announced.append(told(_reindex(option, value, "--plan")))
        seconds_plan = seconds_plan or time.monotonic() - began
    unlike = ["a plan changed something"] if rows_unlike(before, rows_of(owner)) else []
    began = time.monotonic()
    done = told(_reindex(option, values[0]))
    seconds = time.monotonic() - began
    after, said_now = rows_of(owner), said_by(owner)
    seen = happened(before, after)
    for plan in announced:
        unlike += [
            f"{name}: {plan.get(name)} announced, {done.get(name)} said, {seen.get(name)} in the tables"
            for name in plan.keys() | done.keys()
            if plan.get(name) != done.get(name) or (name in seen and seen[name] != done[name])
        ]
    return Step(
        command=f"reindex {option} {values[0]}",
        seconds_plan=seconds_plan,
        seconds=seconds,
        names=len(said.names),
        right=names_right(said, owner),
        ids_kept=len(said.names.keys() & said_now.names.keys()),
        said=len(said.verdicts),
        lost=lost(said, said_now),
        announced=announced[0],
        unlike=unlike,
        before=before,
    )


def _reindex(*given: str) -> str:
    return harness.checked_run([*harness.MANAGE, "reindex", *given, "--no-progress"])


def undo(owner: User, step: Step) -> None:
    """Take the newest reindex back, and count what is not as it was."""
    from faces.models import Change
    from faces.services.history.history import change_undo, change_undoable

    began = time.monotonic()
    change = change_undoable(owner)
    if change is None or change.kind != Change.Kind.REINDEX:
        sys.exit(f"{step.command} left no change to undo")
    change_undo(change=change, by=owner)
    step.seconds_undo = time.monotonic() - began
    step.undone = rows_unlike(step.before, rows_of(owner))


def measure(album: Path, data: Path, models_dir: Path, scorer: Path) -> dict[str, Any]:
    """Import an album into new data, say everything, go through the steps and back."""
    start = [str(harness.ROOT / "bin" / "start"), str(album.absolute() / "photos"), "--exit"]
    with harness.product(data, models_dir):
        harness.checked_run([*start, "--data", str(data)])
        from django.contrib.auth.models import User

        owner = User.objects.get()
        kinds = say_everything(owner, people_in_truth(album, owner.pk, scorer))
        vectors = vectors_of(owner)
        steps = [
            reindexed(owner, *given) for given in tqdm(STEPS, desc=album.name, leave=False, disable=None)
        ]
        for step in reversed(steps):
            undo(owner, step)
        return {
            "said": dict(kinds),
            "steps": steps,
            "vectors_unlike": vectors_unlike(vectors, vectors_of(owner)),
        }


def report(results: dict[str, dict[str, Any]]) -> None:
    """Print for a person: an album a table."""
    for name, result in results.items():
        print(f"\n{name}. Said: {', '.join(f'{kind} {count}' for kind, count in result['said'].items())}")
        harness.rows_print(
            (
                *("step", "names right", "ids", "verdicts lost", "else lost", "as planned", "undone"),
                *("new", "gone", "kept", "moved", "placed", "released", "split", "plan s", "run s", "undo s"),
            ),
            [
                (
                    step.command,
                    f"{step.right}/{step.names}",
                    f"{step.ids_kept}/{step.names}",
                    f"{step.lost['verdicts']}/{step.said}",
                    str(sum(step.lost.values()) - step.lost["verdicts"]),
                    "no" if step.unlike else "yes",
                    "exactly" if step.undone == 0 else f"but for {step.undone} rows",
                    *(str(step.announced.get(figure, "-")) for figure in ("new", "gone", "kept")),
                    *(str(step.announced[figure]) for figure in ("moved", "placed", "released", "split")),
                    *(f"{s:.1f}" for s in (step.seconds_plan, step.seconds, step.seconds_undo)),
                )
                for step in result["steps"]
            ],
        )
        print(f"After undoing all, faces with another vector than before: {result['vectors_unlike']}")
        for step in result["steps"]:
            for unlike in step.unlike:
                print(f"{step.command}: {unlike}")


def main() -> None:
    """Measure every album, print, and end with 1 when something was lost or was not as announced."""
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
        if result["vectors_unlike"] or not all(step.well for step in result["steps"])
    ]
    if bad:
        sys.exit(f"Not all was kept, or as announced, or undone: {', '.join(bad)}")


if __name__ == "__main__":
    main()
