"""What the start command does with photos: whose they are, taking them in, watching until all is done."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection

from albums.services.accounts import accounts
from albums.services.core.progress import Failure, Stage, failures, stages
from albums.services.uploading.folder_listing import printable_path
from config.commands.reporting import Outcome, cannot, problem, wrong
from config.commands.terminal import StageBoard

# The longest task ends after ten minutes, so this long without any change means that nothing works any more.
SECONDS_WITHOUT_CHANGE = 1200.0
MOST_FAILURES = 20


@contextlib.contextmanager
def database_may_restart() -> Iterator[None]:
    """Survive the death of the database under a query; the supervisor starts it again."""
    try:
        yield
    except (OperationalError, InterfaceError):
        connection.close()


def owner_of_photos(name: str | None, *, folder_given: bool) -> User | None:
    """Whose photos are meant; the first account is made when photos come and there is none.

    Raises `CommandFailure`, naming the accounts to choose from.
    """
    users = User.objects.filter(is_active=True).order_by("pk")
    if not users.exists():
        return accounts.owner_create_first(username=name or accounts.OWNER) if folder_given else None
    chosen = list(users.filter(username=name) if name else users[:2])
    if len(chosen) == 1:
        return chosen[0]
    if not folder_given and not name:
        return None
    known = ", ".join(users.values_list("username", flat=True)[:20])
    raise wrong(f"Whose photos are they? Say --owner NAME, with one of: {known}.", code="owner_unclear")


def import_beside(folder: Path, owner: User, look_after: Callable[[], None]) -> int:
    """Import in a process of its own, so that this one can look after the others; return its exit code."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_folder", str(folder)]
    command += ["--owner", owner.username]
    # Where `say` writes: with --json that is not where this process began to write.
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stdout) as importer:
        try:
            while importer.poll() is None:
                look_after()
                time.sleep(0.1)
        except BaseException:
            importer.terminate()
            raise
    return importer.returncode


def stages_of(owner: User | None) -> list[Stage]:
    """The stages of the owner's work; of everybody's, without an owner."""
    return [stage for one in _owners(owner) for stage in stages(one.pk)]


def show_until_finished(owner: User | None, look_after: Callable[[], None], *, silent: bool = False) -> None:
    """Show the stages until nothing is left to do, at two looks in a row: one stage may fill the next."""
    board, finished, changed = StageBoard(sys.stdout), 0, time.monotonic()
    last: list[Stage] = []
    while finished < 2:
        look_after()
        now = [*last, Stage(name="wait", label="Waiting for the database", done=0, total=1)]
        with database_may_restart():
            now = stages_of(owner)
        finished = finished + 1 if all(stage.finished for stage in now) else 0
        if now != last:
            changed = time.monotonic()
        elif time.monotonic() - changed > SECONDS_WITHOUT_CHANGE:
            said = "Nothing has moved for a long time. The worker's log is in the data folder."
            raise cannot(said, code="stuck")
        last = now
        if now and not silent:
            board.show(list(now), final=finished == 2)
        time.sleep(0.3)


def end_for_a_script(owner: User | None, *, began: datetime, import_failed: int, seconds: float) -> Outcome:
    """Account for what came to nothing; a failure when something must be done about it."""
    found = [failure for one in _owners(owner) for failure in failures(one.pk, began)]
    data = {
        "seconds": round(seconds, 1),
        "stages": [
            {"name": stage.name, "done": stage.done, "failed": stage.failed, "total": stage.total}
            for stage in stages_of(owner)
        ],
        "failures": [{"path": one.path, "reason": str(one.reason), "remedy": one.remedy} for one in found],
    }
    lines = failure_lines(found)
    if import_failed:
        said = f"The import ended with exit code {import_failed}."
        return Outcome(data, lines, problem(said, code="import_failed"))
    if remedies := list(dict.fromkeys(failure.remedy for failure in found if failure.remedy)):
        count = sum(bool(failure.remedy) for failure in found)
        photos = "1 photo" if count == 1 else f"{count} photos"
        said = f"{photos} failed. To try again: {'; '.join(remedies)}"
        return Outcome(data, lines, problem(said, code="photos_failed"))
    return Outcome(data, lines)


def failure_lines(found: list[Failure]) -> list[str]:
    """A line a photo, the first ones; what can be tried again is called failed, what cannot refused."""
    lines = [
        f"  {'failed' if failure.remedy else 'refused'}: {printable_path(failure.path)}: {failure.reason}"
        for failure in found[:MOST_FAILURES]
    ]
    if len(found) > MOST_FAILURES:
        lines.append(f"  and {len(found) - MOST_FAILURES} more")
    return lines


def _owners(owner: User | None) -> list[User]:
    if owner is not None:
        return [owner]
    return list(User.objects.filter(images__isnull=False).distinct().order_by("pk"))
