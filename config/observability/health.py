"""Liveness and readiness endpoints for bin/start, proxies and orchestrators."""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from celery.exceptions import CeleryError
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from config.observability.checks import CheckResult
from config.observability.registry import CHECKS

logger = logging.getLogger(__name__)

# Raised when a service is unavailable; a broker's own connection errors are OSErrors.
UNAVAILABLE = (DatabaseError, RedisError, KombuError, CeleryError, OSError)
TIMEOUT_SECONDS = 3.0
CACHE_SECONDS = 2.0


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Respond 200 without checking any service: restarting this process would not repair a database."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Respond 200 when all checks pass, else 503."""
    results = _readiness.results()
    ready = all(result.ok for result in results.values())
    body = {"ready": ready, "checks": {name: _as_json(result) for name, result in results.items()}}
    return JsonResponse(body, status=HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE)


def _as_json(result: CheckResult) -> dict[str, Any]:
    remedy = {"remedy": result.remedy} if result.remedy else {}
    return {"ok": result.ok, **remedy, **result.details}


class Readiness:
    """Runs all checks in parallel and caches the results for a moment.

    A check that hangs is reported as failed and keeps its thread: further requests wait for it and start no
    second one, so there is a thread for every check.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked_at = float("-inf")
        self._results: dict[str, CheckResult] = {}
        self._threads = ThreadPoolExecutor(len(CHECKS), "ready")
        self._pending: dict[str, Future[CheckResult]] = {}

    def results(self) -> dict[str, CheckResult]:
        """Return the result of each check, at most `CACHE_SECONDS` old."""
        with self._lock:
            if time.monotonic() - self._checked_at > CACHE_SECONDS:
                before, self._results = self._results, self._run()
                self._checked_at = time.monotonic()
                _log_changes(before, self._results)
            return self._results

    def _run(self) -> dict[str, CheckResult]:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        for name, check in CHECKS.items():
            future = self._pending.get(name)
            if future is None or future.done():
                self._pending[name] = self._threads.submit(check.run)
        return {name: _result(name, future, deadline) for name, future in self._pending.items()}


def _result(name: str, future: Future[CheckResult], deadline: float) -> CheckResult:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TimeoutError:
        problem = f"no answer within {TIMEOUT_SECONDS:.0f} seconds"
    except UNAVAILABLE as error:
        logger.debug("Not ready: %s: %s", name, error)
        problem = "it does not answer"
    return CheckResult(ok=False, remedy=CHECKS[name].remedy(), details={"problem": problem})


def _log_changes(before: dict[str, CheckResult], now: dict[str, CheckResult]) -> None:
    """Log each check that starts to fail or recovers, but not every failing request."""
    for name, result in now.items():
        was_ok = before[name].ok if name in before else True
        if was_ok and not result.ok:
            logger.warning("Not ready: %s: %s %s", name, result.details.get("problem", ""), result.remedy)
        elif result.ok and not was_ok:
            logger.warning("Ready again: %s", name)


_readiness = Readiness()
