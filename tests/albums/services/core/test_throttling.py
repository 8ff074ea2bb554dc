"""Attempts are counted in the database, with waits that grow, for each account and for each address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from albums.exceptions import TooManyAttempts
from albums.models import AttemptCount
from albums.services.core.throttling import ACCOUNT, ADDRESS, Attempts, attempts_expire
from albums.tasks import forget_attempts

pytestmark = pytest.mark.django_db

ADA = "account:ada"


def pass_time(seconds: float) -> None:
    """Make everything that is counted older."""
    moved = timedelta(seconds=seconds)
    AttemptCount.objects.update(
        counted_at=F("counted_at") - moved,
        waits_until=F("waits_until") - moved,
        known_until=F("known_until") - moved,
        expires_at=F("expires_at") - moved,
    )


def wait_after(attempts: Attempts) -> int:
    with pytest.raises(TooManyAttempts) as stopped:
        attempts.count()
    return stopped.value.seconds


def fail(count: int, subject: str = ADA, address: str = "192.0.2.1") -> None:
    for _ in range(count):
        Attempts(subject, address).count()


def guess_from_everywhere() -> None:
    for number in range(ACCOUNT.most):
        fail(1, address=f"198.51.100.{number}")


def test_each_further_attempt_of_an_address_waits_twice_as_long_up_to_an_hour() -> None:
    guesser, waits = Attempts(ADA, "192.0.2.1"), []
    fail(ADDRESS.most)
    for _ in range(9):
        waits.append(wait_after(guesser))
        pass_time(waits[-1])
        guesser.count()
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_an_address_is_stopped_alike_at_one_account_and_at_many() -> None:
    for number in range(ADDRESS.most):
        fail(1, subject=f"account:{number}")
    assert wait_after(Attempts("account:next", "192.0.2.1")) == 30
    fail(1, subject="account:next", address="192.0.2.2")


def test_an_account_that_is_guessed_from_many_addresses_waits_minutes_at_most() -> None:
    guess_from_everywhere()
    for number in range(10):
        wait = wait_after(Attempts(ADA, f"203.0.113.{number}"))
        assert wait == min(300, 5 * 2**number)
        pass_time(wait)
        fail(1, address=f"203.0.113.{number}")


def test_guesses_from_elsewhere_do_not_lock_out_an_address_that_knew_the_password() -> None:
    home = Attempts(ADA, "192.0.2.7")
    home.count()
    home.forget()
    guess_from_everywhere()
    assert wait_after(Attempts(ADA, "192.0.2.8")) > 0
    home.count()
    home.forget()
    assert wait_after(Attempts(ADA, "192.0.2.9")) > 0
    pass_time(91 * 24 * 3600)
    guess_from_everywhere()
    assert wait_after(home) > 0


def test_a_right_password_cancels_the_wrong_ones_before_it() -> None:
    for _ in range(4):
        fail(ADDRESS.most - 1)
        Attempts(ADA, "192.0.2.1").forget()
    fail(ADDRESS.most)
    assert wait_after(Attempts(ADA, "192.0.2.1")) == 30


def test_an_account_of_ones_own_does_not_cancel_guesses_at_another() -> None:
    for _ in range(ADDRESS.most - 1):
        fail(1)
        own = Attempts("account:eve", "192.0.2.1")
        own.count()
        own.forget()
    fail(1)
    assert wait_after(Attempts(ADA, "192.0.2.1")) == 30


def test_attempts_are_forgotten_one_by_one_and_then_their_rows() -> None:
    fail(ADDRESS.most - 1)
    pass_time(ADDRESS.drain_seconds)
    fail(2)
    assert wait_after(Attempts(ADA, "192.0.2.1")) == 30
    assert attempts_expire() == 0
    pass_time(12 * ADDRESS.drain_seconds)
    assert forget_attempts() == 3
    fail(ADDRESS.most)


def test_neither_names_nor_addresses_are_stored() -> None:
    fail(1)
    for row in AttemptCount.objects.all():
        assert len(row.key) == 64
        assert row.expires_at > timezone.now()
        assert "ada" not in str(row)


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_gain_nothing() -> None:
    def attempt(_number: int) -> bool:
        try:
            Attempts(ADA, "192.0.2.1").count()
        except TooManyAttempts:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(32))) == ADDRESS.most
