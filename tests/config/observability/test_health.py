"""Liveness and readiness endpoints."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.local_services.connectivity import broker_remedy, database_remedy
from config.observability import health, heartbeats, registry
from config.observability.checks import Check, CheckResult
from config.observability.queues import queues_with_work

QUEUES = ["cluster", "effects", "faces", "ingest"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No check of this machine's models, and no cached result of an earlier test."""
    monkeypatch.setattr(health, "_readiness", health.Readiness())
    passes = Check(lambda: CheckResult(ok=True), lambda: "")
    monkeypatch.setitem(registry.CHECKS, "models", passes)


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Path]:
    """A server that accepts connections and never responds."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "hanging.sock"))
        listener.listen(16)
        yield tmp_path / "hanging.sock"


def test_liveness_needs_no_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_it_is_ready_when_every_queue_with_work_has_a_worker(client: Client) -> None:
    heartbeats.beat("one@here", ["ingest", "faces"])
    heartbeats.beat("two@there", ["cluster", "effects"])
    answer = client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["ready"]) == (200, True)
    assert set(body["checks"]) == {"database", "broker", "models", "worker"}
    assert all(check["ok"] for check in body["checks"].values())
    assert set(body["checks"]["worker"]["seconds_since_heard"]) == set(QUEUES) == set(queues_with_work())


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


def test_a_hanging_server_delays_no_other_check_and_is_not_named(
    client: Client, settings: Any, hanging: Path
) -> None:
    """The cache hangs; the other checks respond within the timeout."""
    cache = settings.CACHES["default"]
    settings.CACHES = {"default": {**cache, "LOCATION": f"unix://{hanging}"}}
    answer = client.get("/readyz")
    found = answer.json()["checks"]
    assert answer.status_code == 503
    assert found["database"] == {"ok": True}
    assert not found["worker"]["ok"]
    assert "logs/broker.log" in found["worker"]["remedy"]
    assert str(hanging.parent) not in answer.content.decode()


def test_a_check_that_hangs_is_not_started_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, release = [], threading.Event()

    def hang() -> CheckResult:
        calls.append(1)
        release.wait(20)
        return CheckResult(ok=True)

    monkeypatch.setitem(registry.CHECKS, "broker", Check(hang, broker_remedy))
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", 0.3)
    monkeypatch.setattr(health, "CACHE_SECONDS", -1.0)
    heartbeats.beat("one@here", QUEUES)
    for _ in range(3):
        broker = client.get("/readyz").json()["checks"]["broker"]
        assert not broker["ok"]
        assert broker["problem"].startswith("no answer within")
    assert len(calls) == 1
    release.set()


def test_an_unreachable_database_is_reported_without_its_url(
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


def test_simultaneous_requests_share_one_check(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def database() -> CheckResult:
        calls.append(1)
        return CheckResult(ok=True)

    monkeypatch.setitem(registry.CHECKS, "database", Check(database, database_remedy))
    for _ in range(5):
        client.get("/readyz")
    assert len(calls) == 1
