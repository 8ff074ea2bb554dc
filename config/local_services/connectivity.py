"""Whether a database or a broker of somebody's own can be used, and what to do when it cannot.

The embedded ones are waited for where they are started.
"""

import psycopg
from celery import current_app
from django.core.cache import caches
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerAway
from psycopg import errors
from redis.exceptions import RedisError

from config import env
from config.local_services import embedded, locations

# Classes of SQLSTATE in which the server, the way to it, or the account is at fault, and no query:
# connection, authorization, catalog name, resources, operator, system.
NOT_OF_A_QUERY = ("08", "28", "3D", "53", "57P", "58")
TRIES = 1


class NotReachable(Exception):
    """A service does not answer; the message says which, and what to do."""


def require_broker() -> None:
    """Raise `NotReachable` when a broker or a cache of somebody's own does not answer."""
    if embedded.uses_broker():
        return
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=TRIES, interval_start=0, interval_max=1)
        caches["default"].get("reachable")
    except (BrokerAway, RedisError, OSError) as error:
        raise NotReachable(broker_remedy(error)) from error


def remedy(error: Exception) -> str | None:
    """One line about an error of the database or the broker, or None when it is the program's own fault."""
    if not isinstance(error, DatabaseError):
        return broker_remedy(error)
    cause, said = error.__cause__, _line(error)
    match cause:
        case errors.InsufficientPrivilege() if "extension" in said:
            return (
                f"The database refuses: {said}. Let its administrator run, in this database, "
                "CREATE EXTENSION vector; and try again."
            )
        case errors.InsufficientPrivilege():
            return f"The database refuses: {said}. The account in DATABASE_URL needs this right."
        case errors.FeatureNotSupported() | errors.UndefinedFile() if "extension" in said:
            return f"The database lacks pgvector: {said}. Install it on the database server and try again."
        case psycopg.OperationalError() if _is_out_of_reach(cause):
            return _database_remedy(said)
        case _:
            return None


def broker_remedy(error: Exception) -> str:
    """One line about a broker or a cache that does not answer."""
    if embedded.uses_broker():
        log = locations.log_folder(env.data_dir()) / "broker.log"
        return f"The broker does not answer: {_line(error)}. Its log: {log}"
    names = "BROKER_URL or CACHE_URL" if env.text("CACHE_URL") else "BROKER_URL"
    return f"The broker does not answer: {_line(error)}. Start it, or correct {names}."


def _database_remedy(said: str) -> str:
    if embedded.uses_postgres():
        log = locations.log_folder(env.data_dir()) / "postgres.log"
        return f"The database does not answer: {said}. Its log: {log}"
    return f"The database cannot be used: {said}. Start it, or correct DATABASE_URL."


def _is_out_of_reach(cause: psycopg.OperationalError) -> bool:
    return cause.sqlstate is None or cause.sqlstate.startswith(NOT_OF_A_QUERY)


def _line(error: Exception) -> str:
    """What was said, on one line, without a full stop and without advice (indented, or after HINT)."""
    said = [line for line in str(error).splitlines() if not line.startswith(("\t", "HINT", "DETAIL"))]
    return " ".join(" ".join(said).split()).rstrip(".")
