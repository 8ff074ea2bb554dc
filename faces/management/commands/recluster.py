"""Command `recluster`: group an owner's faces into people."""

from typing import Any

from django.core.management.base import CommandParser

from albums.management.accounts import add_owner_option, find_account
from config.commands.reporting import ReportingCommand, Result, unavailable
from faces.services.grouping.run import owner_plan, owner_recluster


class Command(ReportingCommand):
    help = "Group the faces into people again. (The app does this automatically after an import.)"
    examples = """
  bin/manage recluster
  bin/manage recluster --owner ada
  bin/manage recluster --plan
  bin/manage recluster --plan --json

Only automatic assignments change: names and confirmed faces stay.
"""
    interrupted = "Interrupted. Nothing was changed: run it again."
    requires_system_checks = "__all__"  # a missing model is an error

    def add_arguments(self, parser: CommandParser) -> None:
        add_owner_option(parser)
        parser.add_argument("--plan", action="store_true", help="print what would change, and change nothing")

    def run(self, **options: Any) -> Result:
        owner = find_account(options["owner"])
        if options["plan"]:
            plan = owner_plan(owner)
            return Result({"plan": True, "lines": plan.lines()}, plan.lines())
        run = owner_recluster(owner)
        if run is None:
            raise unavailable("These faces are being grouped right now; try again in a moment.", code="busy")
        counts = {name: getattr(run, name) for name in ("faces", "people", "waiting", "moved")}
        return Result(
            {"run": run.pk, **counts},
            [f"{run.faces} faces: {run.people} people, {run.waiting} unassigned, {run.moved} moved"],
        )
