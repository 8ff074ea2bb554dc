"""Distinguish unavailable services and full disks, which are expected, from defects."""

import enum
import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db.utils import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerUnavailable
from redis.exceptions import RedisError

# SQLSTATE classes of failures of the server, the connection or the account, not of a query:
# connection, authorization, catalog name, resources, operator intervention, system.
CONNECTION_CLASSES = ("08", "28", "3D", "53", "57P", "58")
# Without a state: the server was not reached, or the connection was lost.
NOT_REACHED = "08"


class Outage(enum.Enum):
    """A service that does not answer, or a disk without room."""

    DATABASE = "database"
    BROKER = "broker"
    DISK = "disk"


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the unavailable service that caused an error; None for any other error, as of a query."""
    match error:
        case (
            OSError(errno=errno.ENOSPC | errno.EDQUOT) | OperationalError(__cause__=psycopg.errors.DiskFull())
        ):
            return Outage.DISK
        case OperationalError(__cause__=psycopg.OperationalError() as cause):
            away = (cause.sqlstate or NOT_REACHED).startswith(CONNECTION_CLASSES)
            return Outage.DATABASE if away else None
        case InterfaceError() if "connection" in str(error) and "closed" in str(error):
            # A connection that was lost in a transaction; a closed cursor is a bug.
            return Outage.DATABASE
        case BrokerUnavailable() | RedisError():
            return Outage.BROKER
        case _:
            return None


@contextmanager
def writing_if_possible() -> Iterator[None]:
    """Leave out a note that reading does not need, such as a count, when the disk of the database is full."""
    try:
        yield
    except OperationalError as error:
        if outage_of(error) is not Outage.DISK:
            raise


class OutageFilter(logging.Filter):
    """Drops the tracebacks of outages, which are logged in one line where they are handled."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return False for the record of an outage."""
        return not (record.exc_info and outage_of(record.exc_info[1]))


class OneLineFilter(logging.Filter):
    """Leaves of an outage one line: for records that are written where nothing else tells of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback from the record of an outage."""
        if record.exc_info and outage_of(record.exc_info[1]):
            record.exc_info = record.exc_text = None
        return True
