"""Kinds of job for tests, registered for a test by the fixture `job_kinds`."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from albums.exceptions import JobFailed
from albums.extensions import Extension
from albums.locks import AdvisoryLock
from albums.services.jobs.context import JobContext
from albums.services.jobs.kinds import JobKind, Values
from albums.views.studio.tools import StudioTool


@contextmanager
def held_elsewhere(lock: AdvisoryLock, key: int) -> Iterator[None]:
    """Hold a lock as another process does, in a connection of its own."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [int(lock), key])
            yield
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [int(lock), key])
    finally:
        other.close()


def shout(context: JobContext) -> dict[str, Any]:
    """Write the option `word` in capitals into a file, in as many steps as the option `steps`."""
    steps = int(context.options.get("steps", 1))
    context.preview("early.txt", b"soon", "text/plain")
    for step in range(steps):
        context.progress(step / steps, "shouting", so_far={"steps": step, "pid": os.getpid()})
        if context.stopping:
            break
        time.sleep(context.options.get("seconds", 0))
    word = str(context.options.get("word", "")) or context.input("word").decode()
    context.result("shout.txt", word.upper().encode(), "text/plain")
    context.result("again.txt", word.upper().encode() * 2, "text/plain")
    return {"characters": len(word)}


def fail(_context: JobContext) -> dict[str, Any]:
    """Fail for an expected reason."""
    raise JobFailed("too_quiet", {"decibels": 3})


def break_down(_context: JobContext) -> dict[str, Any]:
    """Raise an unexpected error."""
    message = "a bug"
    raise RuntimeError(message)


SHOUT = JobKind(
    name="shout", label="Shout", run=shout, stages={"shouting": "Shouting…"}, tool="shout", stoppable=True
)
FAIL = JobKind(
    name="fail", label="Fail", run=fail, errors={"too_quiet": "Only %(decibels)s decibels."}, most_waiting=2
)
BREAK = JobKind(name="break", label="Break", run=break_down)


def allowed(_owner: User, inputs: Values, _options: Values) -> None:
    """Refuse all inputs but those that say that they are allowed."""
    if not inputs["allowed"]:
        raise JobFailed("forbidden")


CHECKED = JobKind(name="checked", label="Checked", run=lambda _context: {}, check=allowed)
TOOL = StudioTool(
    name="shout",
    label="Shout",
    description="A word in capitals",
    url_name="albums:studio",
    icon="studio",
)
EXTENSION = Extension(app="tests", job_kinds=[SHOUT, FAIL, BREAK, CHECKED], studio_tools=[TOOL])
