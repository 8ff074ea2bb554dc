"""Import and progress of the start command."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from albums.management.accounts import find_account
from albums.services.accounts import accounts
from albums.services.core.progress import Stage, failures, stages
from albums.services.uploading.folder_listing import printable_path
from config.commands.reporting import Result, failed, first_lines, unavailable
from config.commands.subprocesses import run_in_subprocess
from config.commands.terminal import ProgressDisplay
from config.disk_space import has_room

# The longest task ends after ten minutes, so this long without progress means that nothing runs.
STUCK_SECONDS = 1200.0


@contextlib.contextmanager
def tolerate_database_restart() -> Iterator[None]:
    """Ignore a query that fails because the database died; the supervisor restarts it."""
    try:
        yield
    except (OperationalError, InterfaceError):
        connection.close()


def owner_for_import(name: str | None, *, folder_given: bool) -> User | None:
    """Return the owner, creating the first account; None if unclear and there is no folder."""
    if not accounts.accounts_exist():
        return accounts.owner_create_first(username=name or accounts.OWNER) if folder_given else None
    if not (folder_given or name) and User.objects.filter(is_active=True).count() > 1:
        return None
    return find_account(name)


def all_stages(owner: User | None) -> list[Stage]:
    """Return the stages of the owner's work, or of everybody's."""
    return [stage for user in _owners(owner) for stage in stages(user.pk)]


def format_stage(stage: Stage) -> str:
    """Return a stage as text: "Processed          12/40 (30 %), 1 failed, 2 refused, detail"."""
    percent = 100 * (stage.done + stage.failed) // stage.total if stage.total else 100
    counts = f"{stage.label:<18} {stage.done}/{stage.total} ({percent} %)"
    failed_count = f"{stage.failed} failed" if stage.failed else ""
    refused_count = f"{stage.refused} refused" if stage.refused else ""
    return ", ".join(part for part in (counts, failed_count, refused_count, stage.detail) if part)


def show_progress(owner: User | None, poll: Callable[[], None], *, silent: bool = False) -> None:
    """Show the stages until all are finished twice in a row, because one stage may add work to the next."""
    display, finished, last_change = ProgressDisplay(sys.stdout), 0, time.monotonic()
    last: list[Stage] = []
    while finished < 2:
        poll()
        now = [*last, Stage(name="wait", label="Waiting for the database", done=0, total=1)]
        with tolerate_database_restart():
            now = all_stages(owner)
        complete = all(stage.finished for stage in now)
        finished = finished + 1 if complete else 0
        if now != last or not has_room(Path(settings.DATA_DIR)):
            # Without room on the disk, tasks wait for it.
            last_change = time.monotonic()
        elif time.monotonic() - last_change > STUCK_SECONDS:
            message = "There has been no progress for a long time. The worker's log is in the data folder."
            raise unavailable(message, code="stuck")
        last = now
        if now and not silent:
            display.show([format_stage(stage) for stage in now], complete=complete, final=finished == 2)
        time.sleep(0.3)


def import_and_wait(options: dict[str, Any], owner: User | None, poll: Callable[[], None]) -> Result:
    """Import the folder, wait until everything is processed, and return the result."""
    folder, import_exit = options["folder"], 0
    if folder and owner:
        arguments = ("import_folder", str(folder), "--owner", owner.username)
        import_exit = run_in_subprocess(*arguments, poll=poll)
    show_progress(owner, poll, silent=options["no_progress"])
    return import_result(owner, since=options["since"], import_exit=import_exit)


def import_result(owner: User | None, *, since: datetime, import_exit: int) -> Result:
    """Return the result of a run that started at `since`, with the photos that failed."""
    found = [failure for user in _owners(owner) for failure in failures(user.pk, since)]
    data = {
        "seconds": round((timezone.now() - since).total_seconds(), 1),
        "stages": [
            {
                "name": stage.name,
                "done": stage.done,
                "failed": stage.failed,
                "refused": stage.refused,
                "total": stage.total,
            }
            for stage in all_stages(owner)
        ],
        "failures": [asdict(failure) for failure in found if failure.remedy],
        "refused": [{"path": one.path, "reason": one.reason} for one in found if not one.remedy],
    }
    lines = first_lines(
        [
            f"  {'failed' if one.remedy else 'refused'}: {printable_path(one.path)}: {one.reason}"
            for one in found
        ]
    )
    if import_exit:
        message = f"The import ended with exit code {import_exit}."
        return Result(data, lines, failed(message, code="import_failed"))
    if remedies := [failure.remedy for failure in found if failure.remedy]:
        photos = "1 photo" if len(remedies) == 1 else f"{len(remedies)} photos"
        message = f"{photos} failed. To try again: {'; '.join(dict.fromkeys(remedies))}"
        return Result(data, lines, failed(message, code="photos_failed"))
    return Result(data, lines)


def _owners(owner: User | None) -> list[User]:
    if owner is not None:
        return [owner]
    return list(User.objects.filter(images__isnull=False).distinct().order_by("pk"))
