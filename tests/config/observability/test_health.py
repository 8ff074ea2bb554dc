"""/healthz says that the process lives, /readyz that it can work, and what to do when it cannot."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.observability import health, heartbeats, registry
from config.observability.checks import Check, CheckResult, broker_remedy, database_remedy
from config.observability.queues import queues_with_work

QUEUES = ["cluster", "faces", "ingest"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of this machine's models, and no cached result of an earlier test."""
    monkeypatch.setattr(health, "_readiness", health.Readiness())
    passes = Check(lambda: CheckResult(ok=True), lambda: "")
    monkeypatch.setitem(registry.CHECKS, "models", passes)


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """A server that takes connections and never says a word."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "silent.sock"))
        listener.listen(16)
        yield tmp_path / "silent.sock"


def test_the_process_is_alive_whatever_the_database_does(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_it_is_ready_when_every_queue_with_work_has_a_worker(client: Client) -> None:
    heartbeats.beat("one@here", ["ingest", "faces"])
    heartbeats.beat("two@there", ["cluster"])
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["ready"]) == (200, True)
    assert set(told["checks"]) == {"database", "broker", "models", "worker"}
    assert all(check["ok"] for check in told["checks"].values())
    assert set(told["checks"]["worker"]["seconds_since_heard"]) == set(QUEUES) == set(queues_with_work())


def test_a_queue_without_a_worker_is_named_with_what_to_do(client: Client) -> None:
    heartbeats.beat("one@here", QUEUES)
    heartbeats.leave("one@here", ["cluster"])
    answer = client.get("/readyz")
    worker = answer.json()["checks"]["worker"]
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert worker["queues_without_worker"] == ["cluster"]
    assert "celery -A config worker -Q cluster" in worker["remedy"]


def test_a_worker_that_is_silent_for_a_minute_does_not_count(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = heartbeats._now()
    monkeypatch.setattr(heartbeats, "_now", lambda: now - 61)
    heartbeats.beat("one@here", QUEUES)
    monkeypatch.setattr(heartbeats, "_now", lambda: now)
    assert client.get("/readyz").json()["checks"]["worker"]["queues_without_worker"] == QUEUES


def test_a_server_that_never_answers_holds_nothing_up_and_nothing_of_it_is_told(
    client: Client, settings: Any, silent: Path
) -> None:
    """The cache hangs; the rest is told nevertheless, within the time that a check has."""
    cache = settings.CACHES["default"]
    settings.CACHES = {"default": {**cache, "LOCATION": f"unix://{silent}"}}
    answer = client.get("/readyz")
    found = answer.json()["checks"]
    assert answer.status_code == 503
    assert found["database"] == {"ok": True}
    assert not found["worker"]["ok"]
    assert "logs/broker.log" in found["worker"]["remedy"]
    assert str(silent.parent) not in answer.content.decode()


def test_what_hangs_for_good_is_given_up_and_not_asked_a_second_time(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, let_go = [], threading.Event()

    def hang() -> CheckResult:
        asked.append(1)
        let_go.wait(20)
        return CheckResult(ok=True)

    monkeypatch.setitem(registry.CHECKS, "broker", Check(hang, broker_remedy))
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(health, "CACHE_SECONDS", -1.0)
    heartbeats.beat("one@here", QUEUES)
    for _ in range(3):
        broker = client.get("/readyz").json()["checks"]["broker"]
        assert not broker["ok"]
        assert broker["problem"].startswith("no answer within")
    assert len(asked) == 1
    let_go.set()


def test_a_database_that_is_away_is_told_without_its_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody:secret@nowhere.invalid/x")
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere/at/all")
    found = client.get("/readyz").json()["checks"]["database"]
    assert found == {
        "ok": False,
        "problem": "it does not answer",
        "remedy": "Start the database, or correct DATABASE_URL.",
    }


def test_many_who_ask_at_once_are_one_question(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def database() -> CheckResult:
        asked.append(1)
        return CheckResult(ok=True)

    monkeypatch.setitem(registry.CHECKS, "database", Check(database, database_remedy))
    for _ in range(5):
        client.get("/readyz")
    assert len(asked) == 1
