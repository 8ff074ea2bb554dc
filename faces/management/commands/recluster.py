"""bin/manage recluster: group an owner's faces into people, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from albums.management.owners import add_owner_option, owner_of
from config.commands.reporting import Outcome, ReportingCommand, cannot
from faces.services.grouping.run import owner_recluster


class Command(ReportingCommand):
    """Group one owner's faces."""

    help = "Group the faces that were found into people anew. (The app does this by itself after an import.)"
    examples = """
  bin/manage recluster
  bin/manage recluster --owner ada
  bin/manage recluster --plan
  bin/manage recluster --plan --json

It moves guesses, never facts: names stay with the faces they were given to.
"""
    interrupted = "Interrupted. Nothing was changed: run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose faces."""
        add_owner_option(parser)
        parser.add_argument(
            "--plan", action="store_true", help="say what would move, split and join, and change nothing"
        )

    def work(self, **options: Any) -> Outcome:
        """Run, and say what came out."""
        owner = owner_of(options)
        if options["plan"]:
            plan = owner_recluster(owner, plan=True)
            return Outcome({"plan": True, "lines": plan.lines()}, plan.lines())
        run = owner_recluster(owner)
        if run is None:
            raise cannot("These faces are being grouped right now; try again in a moment.", code="busy")
        counts = {name: getattr(run, name) for name in ("faces", "people", "waiting", "moved")}
        return Outcome(
            {"run": run.pk, **counts},
            [f"{run.faces} faces: {run.people} people, {run.waiting} waiting, {run.moved} moved"],
        )
