"""Count attempts: at a password, so that it cannot be guessed, and at what takes much processor time.

Requests of the API are counted here as well, in one statement each.

The counters are rows of the database: they hold for all processes, and outlive a restart.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from albums.exceptions import TooManyAttempts
from albums.models import AttemptCount

KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of attempts. Each that is over `most` has to wait twice as long as the one before.

    drain_seconds: how long it takes until one attempt is forgotten. first_wait, longest_wait: seconds.
    """

    most: int
    drain_seconds: float
    first_wait: float
    longest_wait: float

    def wait(self, level: float) -> timedelta | None:
        """Return how long the next attempt waits, None if it need not."""
        # What drains between the attempts of one burst does not give it another one.
        over = ceil(level) - self.most
        if over < 0:
            return None
        # More doublings than these exceed any longest wait.
        return timedelta(seconds=min(self.longest_wait, self.first_wait * 2 ** min(over, 30)))


ADDRESS = Limit(most=10, drain_seconds=3600, first_wait=30, longest_wait=3600)
"""Wrong passwords from one address at all doors; in the long run 24 a day."""
ACCOUNT = Limit(most=50, drain_seconds=300, first_wait=5, longest_wait=300)
"""Wrong passwords at one account or link from all addresses that have not given the right one before.

It grows slowly, so that a guesser with many addresses cannot keep the owner out for long.
"""

PAIR = Limit(most=2**31, drain_seconds=ADDRESS.drain_seconds, first_wait=0, longest_wait=0)
"""Counted only, so that a right password cancels the wrong ones before it, and no others."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at the password of one account or link, from one address."""

    subject: str
    address: str

    def count(self) -> None:
        """Count an attempt before it is checked: many at once gain nothing. Raises TooManyAttempts."""
        _count(self._address, ADDRESS)
        if not self._known():
            _count(_key(self.subject), ACCOUNT)
        _count(self._pair, PAIR)

    def forget(self) -> None:
        """Forget the attempts at this subject from this address; the last one was right.

        Attempts at others still count: who has one account cannot guess the password of another with it.
        """
        now = timezone.now()
        # From a known address the subject counted nothing, and must not be cleared for guessers elsewhere.
        keys = [self._address] if self._known() else [self._address, _key(self.subject)]
        pair = AttemptCount.objects.filter(pk=self._pair).first()
        level = pair.level if pair else 1.0
        AttemptCount.objects.filter(pk=self._pair).update(
            level=0, known_until=now + KNOWN_FOR, expires_at=now + KNOWN_FOR
        )
        # One by one: a statement for both could lock them in another order than a simultaneous one.
        for key in keys:
            AttemptCount.objects.filter(pk=key).update(
                level=Greatest(F("level") - level, 0.0), waits_until=None
            )

    @property
    def _address(self) -> str:
        return _key(f"address:{self.address}")

    @property
    def _pair(self) -> str:
        return _key(f"{self.subject}:address:{self.address}")

    def _known(self) -> bool:
        return AttemptCount.objects.filter(pk=self._pair, known_until__gt=timezone.now()).exists()


def attempt_count(name: str, limit: Limit) -> None:
    """Count an attempt at anything else that is limited. Raises TooManyAttempts."""
    _count(_key(name), limit)


def request_count(name: str, *, most: int, seconds: float) -> float:
    """Count a request; return 0, or how many seconds it has to wait, and then it is not counted.

    most: requests at once; so many are forgotten in `seconds`.
    """
    key, now = _key(f"requests:{name}"), timezone.now()
    # A whole hour, so that most requests change no column of an index.
    expires_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2, seconds=seconds)
    with connection.cursor() as cursor:
        values: dict[str, str | float | datetime] = {
            "key": key,
            "now": now,
            "expires_at": expires_at,
            "most": most,
            "rate": most / seconds,
        }
        cursor.execute(_COUNT_REQUEST, values)
        if cursor.fetchone() is not None:
            return 0.0
    row = AttemptCount.objects.filter(pk=key).first()
    drained = (now - row.counted_at).total_seconds() * most / seconds if row else most
    return max(0.1, ((row.level if row else 0.0) - drained + 1 - most) * seconds / most)


# A count that a crash of the machine forgets is no loss: the commit does not wait for the disk.
_COUNT_REQUEST = """
INSERT INTO albums_attemptcount AS counted (key, level, counted_at, expires_at)
VALUES (%(key)s, 1, %(now)s, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    level = GREATEST(0, counted.level - DRAINED) + 1,
    counted_at = GREATEST(counted.counted_at, excluded.counted_at),
    expires_at = excluded.expires_at
WHERE GREATEST(0, counted.level - DRAINED) + 1 <= %(most)s
RETURNING set_config('synchronous_commit', 'off', true)
""".replace("DRAINED", "GREATEST(0, extract(epoch FROM excluded.counted_at - counted.counted_at)) * %(rate)s")


def _count(key: str, limit: Limit) -> None:
    """Count an attempt. Raises TooManyAttempts, and counts nothing, until the wait after others is over."""
    now = timezone.now()
    with transaction.atomic():
        row, _created = AttemptCount.objects.select_for_update().get_or_create(
            pk=key, defaults={"counted_at": now, "expires_at": now}
        )
        if row.waits_until is not None and row.waits_until > now:
            raise TooManyAttempts(seconds=ceil((row.waits_until - now).total_seconds()))
        # Nothing is forgotten while somebody has to wait, or waits would stop growing.
        idle_since = max(row.counted_at, row.waits_until or row.counted_at)
        drained = (now - idle_since).total_seconds() / limit.drain_seconds
        row.level = max(0.0, row.level - max(0.0, drained)) + 1
        wait = limit.wait(row.level)
        row.counted_at, row.waits_until = now, now + wait if wait else None
        drained_at = (row.waits_until or now) + timedelta(seconds=row.level * limit.drain_seconds)
        row.expires_at = max(drained_at, row.known_until or now)
        row.save()


def _key(name: str) -> str:
    return salted_hmac("albums.attempts", name, algorithm="sha256").hexdigest()


def attempts_expire() -> int:
    """Delete the counters whose attempts no longer count; returns how many."""
    count, _rows = AttemptCount.objects.filter(expires_at__lt=timezone.now()).delete()
    return count
