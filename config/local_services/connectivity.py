"""Messages for unreachable databases and brokers, which say how to fix the problem."""

import psycopg
from celery import current_app
from django.core.cache import caches
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerError
from psycopg import errors
from redis.exceptions import RedisError

from config import env
from config.local_services import embedded, locations
from config.local_services.errors import ServiceError

# SQLSTATE classes of failures of the server, the connection or the account, not of a query:
# connection, authorization, catalog name, resources, operator intervention, system.
CONNECTION_CLASSES = ("08", "28", "3D", "53", "57P", "58")


class ServiceUnreachable(ServiceError):
    """An external service does not respond."""

    code = "not_reachable"


def require_broker() -> None:
    """Raise `ServiceUnreachable` when an external broker or cache does not respond."""
    if embedded.uses_broker():
        return
    try:
        with current_app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_max=1)
        caches["default"].get("reachable")
    except (BrokerError, RedisError, OSError) as error:
        raise ServiceUnreachable(_broker_remedy(error)) from error


def remedy(error: Exception) -> str | None:
    """Return a message for an error of the database or the broker, or None for a bug in a query."""
    if not isinstance(error, DatabaseError):
        return _broker_remedy(error)
    cause, text = error.__cause__, _one_line(error)
    match cause:
        case errors.InsufficientPrivilege() if "extension" in text:
            return (
                f"The database refuses: {text}. Let its administrator run, in this database, "
                "CREATE EXTENSION vector; and try again."
            )
        case errors.InsufficientPrivilege():
            return f"The database refuses: {text}. The account in DATABASE_URL needs this right."
        case errors.FeatureNotSupported() | errors.UndefinedFile() if "extension" in text:
            return f"The database lacks pgvector: {text}. Install it on the database server and try again."
        case psycopg.OperationalError() if (cause.sqlstate or "08").startswith(CONNECTION_CLASSES):
            return _database_remedy(text)
        case _:
            return None


def _database_remedy(text: str) -> str:
    if embedded.uses_postgres():
        return f"The database does not answer: {text}. Its log: {_log('postgres')}"
    return f"The database cannot be used: {text}. Start it, or correct DATABASE_URL."


def _broker_remedy(error: Exception) -> str:
    if embedded.uses_broker():
        return f"The broker does not answer: {_one_line(error)}. Its log: {_log('broker')}"
    names = "BROKER_URL or CACHE_URL" if env.text("CACHE_URL") else "BROKER_URL"
    return f"The broker does not answer: {_one_line(error)}. Start it, or correct {names}."


def _log(name: str) -> str:
    return str(locations.log_file(env.data_dir(), name))


def _one_line(error: Exception) -> str:
    """Return the error's text on one line, without hints, details and the final full stop."""
    lines = [line for line in str(error).splitlines() if not line.startswith(("\t", "HINT", "DETAIL"))]
    return " ".join(" ".join(lines).split()).rstrip(".")
