"""Requests to remove erased data from the disk, and what receipts say about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from albums.models import BackupRecord, Sweep
from albums.signals import data_erased

DATABASE_LOG = "database_log"
DATABASE_COPIES = "database_copies"
OLD_DATABASE = "old_database"
STATISTICS = "statistics"

LEFT: Mapping[str, str | Promise] = {
    DATABASE_LOG: _(
        "The write-ahead log of the database may hold it until the administrator's server has overwritten or "
        "deleted those files."
    ),
    DATABASE_COPIES: _("Copies of the database, such as replicas and archives, are up to the administrator."),
    OLD_DATABASE: _("The files of the database before its upgrade still hold it until they are deleted."),
    STATISTICS: _(
        "The statistics of the database's planner may hold samples until the administrator has removed them."
    ),
}
"""Codes of the remains that are left to the administrator, as text."""


@dataclass(frozen=True, slots=True)
class SweepState:
    """The state of an erasure on the disk.

    finished_at: None while bytes are still in the database's files. progress: 0..1. backups: when those
    backups were taken that still hold the erased data. left: codes of `LEFT`.
    """

    finished_at: datetime | None
    progress: float
    backups: list[datetime]
    left: list[str]

    @property
    def percent(self) -> int:
        """The progress in percent."""
        return round(100 * self.progress)

    @property
    def sentences(self) -> list[str]:
        """The state as text in the current language."""
        if self.finished_at is None:
            going_on = _(
                "It is being removed from the database's files (%(percent)d %%). This takes minutes."
            )
            sentences = [str(going_on) % {"percent": self.percent}]
        else:
            at = date_format(timezone.localtime(self.finished_at), "DATETIME_FORMAT")
            sentences = [str(_("Removed from the database's files: %(at)s.")) % {"at": at}]
        if self.backups:
            dates = ", ".join(date_format(timezone.localtime(at), "DATE_FORMAT") for at in self.backups)
            held = _("Backups made before still hold it until they are updated or deleted: %(dates)s.")
            sentences.append(str(held) % {"dates": dates})
        return [*sentences, *(str(LEFT.get(code, code)) for code in self.left)]


def sweep_request(*, owner_id: int, files: Iterable[str] = (), urgent: bool = True) -> Sweep:
    """Request that an owner's erased data is removed from the disk; call within the erasing transaction.

    files: erased files of the storage, and folders of it, which end with a slash; deleted again at the sweep,
    in case the process is killed after its commit. urgent: False to wait up to a day for others. The caller's
    entry point enqueues the sweep.
    """
    sweep = Sweep.objects.create(files=sorted(files), urgent=urgent)
    data_erased.send(sender=Sweep, owner_id=owner_id)
    return sweep


def sweep_state(sweep: Sweep) -> SweepState:
    """Return the state of a sweep."""
    return sweep_states([sweep])[sweep.pk]


def sweep_states(sweeps: Iterable[Sweep]) -> dict[int, SweepState]:
    """Return the states of sweeps by their ids, in one query."""
    taken = list(BackupRecord.objects.order_by("taken_at").values_list("taken_at", flat=True))
    return {
        sweep.pk: SweepState(
            finished_at=sweep.finished_at,
            progress=sweep.progress,
            backups=[at for at in taken if at <= sweep.requested_at],
            left=list(sweep.left),
        )
        for sweep in sweeps
    }


def backups_holding(sweep: Sweep) -> list[str]:
    """Return the folders of the backups that still hold the erased data, for operators."""
    records = BackupRecord.objects.filter(taken_at__lte=sweep.requested_at).order_by("taken_at")
    return list(records.values_list("target", flat=True))
