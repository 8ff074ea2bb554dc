"""Errors of real services are recognised as outages, and errors of queries are not."""

import logging
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connections
from pytest_django import Settings

from config.outages import OneLineFilter, Outage, OutageFilter, outage_of


def error_of(statement: str, **options: str) -> DatabaseError:
    """Return the error of a statement on a connection of its own."""
    fresh = connections["default"].copy()
    fresh.settings_dict = {**fresh.settings_dict, **options}
    try:
        with fresh.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return error
    finally:
        fresh.close()
    pytest.fail("no error")


@pytest.mark.django_db
def test_a_lost_connection_is_an_outage() -> None:
    assert outage_of(error_of("SELECT pg_terminate_backend(pg_backend_pid())")) is Outage.DATABASE


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_an_outage(tmp_path: Path) -> None:
    assert outage_of(error_of("SELECT 1", HOST=str(tmp_path))) is Outage.DATABASE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nothing FROM nowhere",
        "SELECT 1 / 0",
        "SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)",
        "SET max_stack_depth = '100kB'; DO $$ BEGIN RAISE deadlock_detected; END $$",
    ],
)
def test_an_error_of_a_query_is_none(statement: str) -> None:
    assert outage_of(error_of(statement)) is None


def record_of(error: BaseException) -> logging.LogRecord:
    """Return the record of an exception, as a logger makes it."""
    try:
        raise error
    except type(error):
        return logging.LogRecord("x", logging.ERROR, "x", 1, "It failed", (), sys.exc_info())


@pytest.mark.django_db
def test_only_tracebacks_of_outages_stay_out_of_the_log(tmp_path: Path) -> None:
    outage = record_of(error_of("SELECT 1", HOST=str(tmp_path)))
    defect = record_of(error_of("SELECT 1 / 0"))
    assert not OutageFilter().filter(outage)
    assert OutageFilter().filter(defect)


@pytest.mark.django_db
def test_a_receiver_that_an_outage_stops_is_one_line_in_the_log(tmp_path: Path) -> None:
    assert OneLineFilter in {type(one) for one in logging.getLogger("django.dispatch").filters}
    for error, lines in ((error_of("SELECT 1", HOST=str(tmp_path)), 1), (error_of("SELECT 1 / 0"), None)):
        record = record_of(error)
        assert OneLineFilter().filter(record)
        written = logging.Formatter().format(record).splitlines()
        assert written[0] == "It failed"
        assert (len(written) == lines) if lines else "Traceback" in written[1]


def test_without_its_server_the_cache_is_empty_and_nothing_fails(
    settings: Settings, tmp_path: Path, caplog: Any
) -> None:
    here = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
    away = here | {"LOCATION": f"unix://{tmp_path}/none.sock"}
    settings.CACHES = {"default": here, "away": away}
    for name, found in (("default", {"a": 1}), ("away", {})):
        cache = caches[name]
        cache.set("a", 1)
        assert cache.add("b", 1), "the first one to add it proceeds"
        assert cache.get_many(["a", "c"]) == found
        assert cache.get("a", 0) == found.get("a", 0)
        assert cache.has_key("a") is bool(found)
        assert cache.touch("a") is bool(found)
        assert cache.set_many({"d": 1}) == ([] if found else ["d"])
        assert cache.delete("a") is bool(found)
        cache.delete_many(["b", "d"])
        with pytest.raises(ValueError, match="not found"):
            cache.incr("a")
    assert len(caplog.records) == 1, "one warning, and one attempt, for ten lookups"
