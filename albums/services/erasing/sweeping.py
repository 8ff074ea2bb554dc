"""Remove erased data from the disk: files that a killed erasure left, and the remains of deleted rows.

It waits for a quiet moment, takes each table for itself for as short as possible, and continues after a kill:
the request records the tables that were written anew since.
"""

import enum
import logging
import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from albums.locks import AdvisoryLock
from albums.models import Image, Job, Sweep
from albums.services.erasing import database_files
from albums.services.erasing.database_files import FilesBusy
from albums.services.erasing.sweeps import DATABASE_COPIES, DATABASE_LOG, OLD_DATABASE, STATISTICS
from albums.storage import stored_below
from config.local_services import embedded, postgres

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)
"""The time that an urgent sweep waits for a quiet moment."""

DAILY = timedelta(days=1)
"""The time that others wait for an urgent one."""

# Of the storage, in the folder of files that no row names; see `services.upkeep.orphaned_files`.
LOST_FOUND = "lost-found"

Progress = Callable[[float], object]


class SweepOutcome(enum.StrEnum):
    """The outcome of a call. LATER: it has to be called again."""

    NOTHING = "nothing"
    DONE = "done"
    LATER = "later"


def sweep_run(*, at_once: bool = False, progress: Progress = lambda _share: None) -> SweepOutcome:
    """Carry out all requests; at_once: also while photos are being read or jobs run.

    progress: receives shares, 0..1. Not within a transaction. Raises OperationalError, OSError; a later call
    continues.
    """
    due = Q(urgent=True) | Q(requested_at__lt=timezone.now() - DAILY)
    if not Sweep.objects.unfinished().filter(Q() if at_once else due).exists():
        return SweepOutcome.NOTHING
    with AdvisoryLock.SWEEPING.held(0) as acquired:
        requests = list(Sweep.objects.unfinished().order_by("pk"))
        if not acquired or not (at_once or _is_quiet() or _is_overdue(requests)):
            return SweepOutcome.LATER
        try:
            _sweep(requests, progress)
        except FilesBusy as error:
            logger.info("The sweep continues later: %s", error)
            return SweepOutcome.LATER
    logger.info("Swept the database's files after %s erasures", len(requests))
    return SweepOutcome.DONE


def _is_quiet() -> bool:
    """Return whether no photo is being read and no job runs."""
    return not (Image.objects.unread().exists() or Job.objects.filter(state=Job.State.RUNNING).exists())


def _is_overdue(requests: list[Sweep]) -> bool:
    return any(request.urgent and timezone.now() - request.requested_at > PATIENCE for request in requests)


def _sweep(requests: list[Sweep], progress: Progress) -> None:
    rows = Sweep.objects.filter(pk__in=[request.pk for request in requests])
    for request in requests:
        files_delete(request.files, before=request.requested_at)
    database_files.snapshots_end()
    names = database_files.tables()
    own = Sweep._meta.db_table  # noqa: SLF001 - Django's documented way
    # A table counts if it was written anew after the latest request.
    done = set.intersection(*(set(request.tables) for request in requests))
    missing = {name: statement for request in requests for name, statement in request.indexes.items()}
    for number, name in enumerate(names):
        if name not in done and name != own:
            missing |= _rewrite(name, rows)
        rows.update(progress=(number + 1) / (len(names) + 2))
        progress((number + 1) / (len(names) + 2))
    for name, statement in missing.items():
        database_files.index_create(name, statement)
    # The lists name files.
    rows.update(files=[], tables=[], indexes={})
    database_files.table_rewrite(own)
    left = _catalog_and_log()
    rows.update(progress=1.0, finished_at=timezone.now(), left=left)
    progress(1.0)


def _rewrite(table: str, rows: QuerySet[Sweep]) -> dict[str, str]:
    """Write a table anew without its slow indexes, and return the statements that create those again."""
    indexes = database_files.slow_indexes(table)
    if indexes:
        for request in rows:
            request.indexes |= indexes
            request.save(update_fields=["indexes"])
        for name in indexes:
            database_files.index_remove(name)
    database_files.table_rewrite(table)
    for request in rows:
        request.tables.append(table)
        request.save(update_fields=["tables"])
    return indexes


def _catalog_and_log() -> list[str]:
    """Remove the remains outside the tables; return the codes of what is left to the operator."""
    left = [] if database_files.catalog_rewrite() else [STATISTICS]
    if not embedded.uses_postgres():
        return [DATABASE_LOG, DATABASE_COPIES, *left]
    database_files.log_discard()
    return [*left, OLD_DATABASE] if postgres.replaced_folders(Path(settings.DATA_DIR)) else left


def files_delete(names: Iterable[str], *, before: datetime) -> None:
    """Delete these files and folders (which end with a slash) of the storage, and their copies in lost-found.

    Files written later are not those that were erased: they stay. Raises OSError.
    """
    storage: Storage = Image.original.field.storage
    for name in names:
        below = stored_below(storage, name.rstrip("/")) if name.endswith("/") else [name]
        for file in list(below):
            try:
                if storage.get_modified_time(file) <= before:
                    storage.delete(file)
            except FileNotFoundError:
                continue
        aside = Path(settings.DATA_DIR) / LOST_FOUND / name
        if name.endswith("/"):
            shutil.rmtree(aside, ignore_errors=True)
        else:
            aside.unlink(missing_ok=True)
