"""The sweep within a command: its progress, and its result as data and lines."""

from typing import Any

from albums.models import Sweep
from albums.services.erasing.sweeping import SweepOutcome, sweep_run
from albums.services.erasing.sweeps import LEFT, backups_holding
from config.commands.reporting import ReportingCommand

STEPS = 100


def sweep_now(command: ReportingCommand) -> tuple[dict[str, Any], list[str]]:
    """Remove erased data from the disk now; return the result as data and lines."""
    latest = Sweep.objects.order_by("pk").last()
    with command.bar(desc="Removing from the database's files", unit="%", total=STEPS) as bar:
        shown = 0

        def progress(share: float) -> None:
            nonlocal shown
            bar.update(round(share * STEPS) - shown)
            shown = round(share * STEPS)

        outcome = sweep_run(at_once=True, progress=progress)
    holding = backups_holding(latest) if latest is not None else []
    left = Sweep.objects.filter(pk=latest.pk).values_list("left", flat=True)[0] if latest is not None else []
    lines = ["Removed from the files of the database."]
    if outcome == SweepOutcome.NOTHING:
        lines = ["Nothing waits to be removed from the files of the database."]
    elif outcome == SweepOutcome.LATER:
        lines = ["The database is in use: the worker removes it from the files, or bin/manage sweep_erased."]
    lines += [f"Still in the backup {target}: update it with bin/manage backup." for target in holding]
    lines += [str(LEFT.get(code, code)) for code in left]
    return {"swept": outcome != SweepOutcome.LATER, "backups": holding, "left": left}, lines
