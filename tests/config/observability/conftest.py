"""Separate keys in the cache server, and captured log lines."""

import io
import json
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.contextvars import clear_contextvars

from config.observability.log_format import formatter

PRODUCT = ("albums", "faces", "api", "config", "celery", "django", "django.request")


@pytest.fixture(autouse=True)
def _own_keys(settings: Any) -> None:
    """Other processes of this run use the same server."""
    cache = settings.CACHES["default"]
    settings.CACHES = {"default": {**cache, "KEY_PREFIX": f"observing-{uuid.uuid4().hex}"}}


@pytest.fixture(autouse=True)
def _outside_of_a_request() -> None:
    """No request id of an earlier test."""
    clear_contextvars()


@pytest.fixture
def log_lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The captured log lines, parsed from JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(style="json"))
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in PRODUCT}
    root.addHandler(handler)
    for name in PRODUCT:
        logging.getLogger(name).setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
