"""Lease rows for work that may kill its process: a hostile file, too little memory, a hung decoder.

An attempt is counted in a transaction of its own before the work begins. A caught error gives it back; the
attempt of a killed process stays on record. After `MOST_ATTEMPTS` the row is given up, and a row with an
attempt on record is worked on alone, so that it takes no neighbour with it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models, transaction
from django.db.models import F, QuerySet

MOST_ATTEMPTS = 3


class LeasedModel(models.Model):
    """A row that a worker leases while it works on it."""

    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """An abstract base."""

        abstract = True


Row = TypeVar("Row", bound=LeasedModel)


@dataclass(frozen=True, slots=True)
class Lease(Generic[Row]):
    """The lease of one kind of work.

    pending: returns the rows with these ids that still need the work. key: the column of the ids. give_up:
    records that a row is not tried again, with the detail in English. work: names the work in that detail.
    """

    work: str
    pending: Callable[[Collection[int]], QuerySet[Row]]
    give_up: Callable[[Row, str], None]
    key: str = "pk"

    def locked(self, ids: Collection[int]) -> list[Row]:
        """Lock the pending rows, without those that another worker holds; call within a transaction."""
        rows = self.pending(ids).select_for_update(skip_locked=True, of=("self",))
        return list(rows.order_by(self.key))

    @transaction.atomic
    def claim(self, ids: Collection[int]) -> list[Row]:
        """Count an attempt for each row, and give up those with too many; return the rows to work on."""
        claimed = []
        for row in self.locked(ids):
            if row.attempts < MOST_ATTEMPTS:
                row.attempts += 1
                claimed.append(row)
            else:
                self.give_up(
                    row, f"{self.work} was begun {row.attempts} times and ended its process each time."
                )
        self._rows(ids, claimed).update(attempts=F("attempts") + 1)
        return claimed

    @transaction.atomic
    def release(self, ids: Collection[int]) -> None:
        """Give back an attempt that ended by a caught error: the row did no harm."""
        rows = [row for row in self.locked(ids) if row.attempts]
        self._rows(ids, rows).update(attempts=F("attempts") - 1)

    @contextmanager
    def claimed(self, ids: Collection[int]) -> Iterator[list[Row]]:
        """Claim the rows, and release them when the block raises."""
        rows = self.claim(ids)
        try:
            yield rows
        except BaseException:
            self.release(ids)
            raise

    def apart(self, ids: Sequence[int]) -> tuple[list[int], list[int]]:
        """Separate the ids of fresh rows from those of rows with an attempt on record."""
        begun = set(self.pending(ids).filter(attempts__gt=0).values_list(self.key, flat=True))
        return [one for one in ids if one not in begun], [one for one in ids if one in begun]

    def chunks(self, ids: Sequence[int], *, size: int) -> list[list[int]]:
        """Split ids into chunks; one with an attempt on record is a chunk of its own, after the others."""
        fresh, begun = self.apart(ids)
        return [
            *(fresh[start : start + size] for start in range(0, len(fresh), size)),
            *([one] for one in begun),
        ]

    def _rows(self, ids: Collection[int], rows: Collection[Row]) -> QuerySet[Row]:
        return self.pending(ids).filter(pk__in=[row.pk for row in rows])
