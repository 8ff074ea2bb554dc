"""Whether this process lives, and whether it can do its work: for bin/start, a proxy, an orchestrator."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from http import HTTPStatus
from typing import Any

from celery.exceptions import CeleryError
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.observability.checks import CHECKS, Outcome

logger = logging.getLogger(__name__)

# What a part that is away makes the libraries raise; a broker's own errors of connection are OSErrors.
AWAY = (DatabaseError, RedisError, KombuError, CeleryError, OSError)
SECONDS_FOR_ALL = 3.0
# However many ask, the parts are asked this often.
KEPT_SECONDS = 2.0


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 because this process can. It asks nobody: a restart would not mend a database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker, models and a worker for each queue are there, else 503."""
    outcomes = _readiness.outcomes()
    ready = all(outcome.ok for outcome in outcomes.values())
    body = {"ready": ready, "checks": {name: _as_json(outcome) for name, outcome in outcomes.items()}}
    return JsonResponse(body, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _as_json(outcome: Outcome) -> dict[str, Any]:
    remedy = {"remedy": outcome.remedy} if outcome.remedy else {}
    return {"ok": outcome.ok, **remedy, **outcome.facts}


class Readiness:
    """Makes all checks at once, each in a thread: one that hangs is given up, and the others still answer.

    There are as many threads as checks. One that hangs for good keeps its thread, so that asking again waits
    behind it and does not pile up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = float("-inf")
        self._outcomes: dict[str, Outcome] = {}
        self._threads = {name: ThreadPoolExecutor(1, f"ready-{name}") for name in CHECKS}
        self._under_way: dict[str, Future[Outcome]] = {}

    def outcomes(self) -> dict[str, Outcome]:
        """How each part is, now or a moment ago."""
        with self._lock:
            if time.monotonic() - self._asked > KEPT_SECONDS:
                before, self._outcomes = self._outcomes, self._ask()
                self._asked = time.monotonic()
                _log_changes(before, self._outcomes)
            return self._outcomes

    def _ask(self) -> dict[str, Outcome]:
        end = time.monotonic() + SECONDS_FOR_ALL
        for name, (check, _remedy) in CHECKS.items():
            running = self._under_way.get(name)
            if running is None or running.done():
                self._under_way[name] = self._threads[name].submit(check)
        return {name: _outcome(name, running, end) for name, running in self._under_way.items()}


def _outcome(name: str, running: Future[Outcome], end: float) -> Outcome:
    try:
        return running.result(timeout=max(0.0, end - time.monotonic()))
    except TookTooLong:
        facts = {"problem": f"no answer within {SECONDS_FOR_ALL:.0f} seconds"}
    except AWAY as error:
        logger.debug("Not ready: %s: %s", name, error)
        facts = {"problem": "it does not answer"}
    return Outcome(ok=False, remedy=CHECKS[name][1](), facts=facts)


def _log_changes(before: dict[str, Outcome], now: dict[str, Outcome]) -> None:
    """A line when a part goes and when it comes back; not one for each time that somebody asks."""
    for name, outcome in now.items():
        was_ok = before[name].ok if name in before else True
        if was_ok and not outcome.ok:
            logger.warning("Not ready: %s: %s %s", name, outcome.facts.get("problem", ""), outcome.remedy)
        elif outcome.ok and not was_ok:
            logger.warning("Ready again: %s", name)


_readiness = Readiness()
