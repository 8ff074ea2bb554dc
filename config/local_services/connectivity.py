"""Messages for unreachable databases and brokers, which say how to fix the problem."""

import psycopg
from celery import current_app
from django.core.cache import caches
from django.db.utils import Error as DatabaseError
from kombu.exceptions import OperationalError as BrokerError
from psycopg import errors
from redis.exceptions import RedisError

from config import env
from config.local_services import embedded
from config.local_services.errors import ServiceError
from config.outages import outage_of


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
        raise ServiceUnreachable(error_message(error) or "") from error


def database_remedy() -> str:
    """Return how to fix an unreachable database. Names no path or URL."""
    if embedded.uses_postgres():
        return "bin/start keeps the database running: look into logs/postgres.log in the data folder."
    return "Start the database, or correct DATABASE_URL."


def broker_remedy() -> str:
    """Return how to fix an unreachable broker or cache. Names no path or URL."""
    if embedded.uses_broker():
        return "bin/start keeps the broker running: look into logs/broker.log in the data folder."
    if env.text("CACHE_URL"):
        return "Start the broker and the cache, or correct BROKER_URL and CACHE_URL."
    return "Start the broker, or correct BROKER_URL."


def error_message(error: Exception) -> str | None:
    """Return a message for an error of the database or the broker, or None for a bug in a query."""
    lines = [line for line in str(error).splitlines() if not line.startswith(("\t", "HINT", "DETAIL"))]
    text = " ".join(" ".join(lines).split()).rstrip(".")
    if not isinstance(error, DatabaseError):
        return f"The broker does not answer: {text}. {broker_remedy()}"
    match error.__cause__:
        case errors.InsufficientPrivilege() if "extension" in text:
            return (
                f"The database refuses: {text}. Let its administrator run, in this database, "
                "CREATE EXTENSION vector; and try again."
            )
        case errors.InsufficientPrivilege():
            return f"The database refuses: {text}. The account in DATABASE_URL needs this right."
        case errors.FeatureNotSupported() | errors.UndefinedFile() if "extension" in text:
            return f"The database lacks pgvector: {text}. Install it on the database server and try again."
        case psycopg.OperationalError() if outage_of(error) is not None:
            return f"The database cannot be used: {text}. {database_remedy()}"
        case _:
            return None
