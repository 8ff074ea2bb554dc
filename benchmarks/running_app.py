"""Run the whole app, as bin/start does, for benchmarks that are its clients."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness import MANAGE

SECONDS_TO_START = 180
SECONDS_TO_STOP = 60


@contextlib.contextmanager
def running_app(data: Path, log: Path, environment: Mapping[str, str], *options: str) -> Iterator[str]:
    """Run the app on the folder `data`, yield its address without a trailing slash, and stop it.

    log: the file for its output.
    """
    arguments = ["start", "--data", str(data), "--port", "0", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*MANAGE, *arguments],
            env={**os.environ, **environment, "TROMBINE_DATA": str(data), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield _address(process, log)
    finally:
        # A shell lets what it runs in the background ignore SIGINT.
        process.terminate()
        process.wait(SECONDS_TO_STOP)


def managed(data: Path, environment: Mapping[str, str], *arguments: str) -> str:
    """Run a management command and return its output."""
    done = subprocess.run(
        [*MANAGE, *arguments],
        env={**os.environ, **environment, "TROMBINE_DATA": str(data)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + SECONDS_TO_START
    while not (found := re.search(r"runs at (http://\S+)", log.read_text())):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"The app did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)
    return found[1].rstrip("/")
