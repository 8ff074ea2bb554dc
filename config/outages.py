"""Distinguish unavailable services, which are expected, from defects."""

import enum
import logging

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
    """A service that does not answer."""

    DATABASE = "database"
    BROKER = "broker"


def outage_of(error: BaseException | None) -> Outage | None:
    """Return the unavailable service that caused an error; None for any other error, as of a query."""
    match error:
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


class OutageFilter(logging.Filter):
    """Drops the tracebacks of outages, which are logged in one line where they are handled."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return False for the record of an outage."""
        return not (record.exc_info and outage_of(record.exc_info[1]))
