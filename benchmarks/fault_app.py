"""An app that is killed in parts or as a whole while it works, and a client that does not give up."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import requests
from harness import MANAGE

SECONDS_TO_RECOVER = 180.0
TARGETS = ("worker", "worker child", "broker", "database", "web", "all")
TOKEN = """
import json
from django.contrib.auth.models import User
from api.tokens import token_create
owner = User.objects.filter(username="owner").first() or User.objects.create_superuser("owner")
scopes = ["read", "write", "faces"]
print(json.dumps(token_create(user=owner, name="faults", scopes=scopes, expires_at=None)[1]))
"""


class GivenUp(Exception):
    """The app did not recover in time."""


class FaultyApp:
    """The app on a data folder, with its parts to kill. kills: how often each part was killed."""

    def __init__(self, data: Path, log: Path, environment: dict[str, str], seed: int) -> None:
        self.data, self.log = data, log
        self.environment = {**os.environ, **environment, "TROMBINE_DATA": str(data), "PYTHONUNBUFFERED": "1"}
        self.random = random.Random(seed)
        self.kills: dict[str, int] = dict.fromkeys(TARGETS, 0)
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.manage("migrate", "--skip-checks")
        self.token: str = self.shell(TOKEN)

    def manage(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end, whatever that is."""
        return subprocess.run(
            [*MANAGE, *map(str, words)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def shell(self, code: str) -> Any:
        """Run code in Django's shell and return the JSON of its last line."""
        done = self.manage("shell", "--no-imports", "-c", code)
        if done.returncode:
            sys.exit(f"The shell ended with {done.returncode}: {done.stderr[-2000:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    def start(self) -> None:
        """Start the app, as after a crash of the machine, and wait for its address."""
        seen = self.log.stat().st_size if self.log.exists() else 0
        port = self.url.rpartition(":")[2] or "0"
        command = [*MANAGE, "start", "--data", str(self.data), "--port", port, "--workers", "1"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        end = time.monotonic() + SECONDS_TO_RECOVER
        while not (found := re.search(rb"runs at (http://\S+)", self.log.read_bytes()[seen:])):
            if self.process.poll() is not None or time.monotonic() > end:
                raise GivenUp(f"The app did not start: {self.log.read_bytes()[seen:][-2000:]!r}")
            time.sleep(0.1)
        self.url = found[1].decode().rstrip("/")

    def stop(self) -> None:
        """Stop the app as Ctrl-C does."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def kill(self) -> str:
        """Kill a random part by SIGKILL; return its name."""
        target = self.random.choice(TARGETS)
        parts = TARGETS if target == "all" else (target,)
        victims = [process for part in parts for process in self._processes(part)]
        if target == "all" and self.process is not None:
            # The supervisor first, which would restart the others.
            self.process.kill()
            self.process.wait()
        for victim in victims:
            with contextlib.suppress(psutil.Error):
                victim.kill()
        self.kills[target] += 1
        if target == "all":
            self.start()
        return target

    def _processes(self, part: str) -> list[psutil.Process]:
        files = {"database": self.data / "postgres" / "postmaster.pid"}
        file = files.get(part, self.data / "run" / f"{part.split(maxsplit=1)[0]}.pid")
        try:
            leader = psutil.Process(int(re.findall(r"\d+", file.read_text())[0]))
            children = leader.children(recursive=True)
        except (OSError, IndexError, psutil.Error):
            return []
        if part == "worker child":
            return children[-1:]
        return [leader, *children] if part == "web" else [leader]

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request until it gets an answer that is none of a server in trouble. Raises GivenUp."""
        end = time.monotonic() + SECONDS_TO_RECOVER
        headers = {"Authorization": f"Bearer {self.token}"}
        while True:
            with contextlib.suppress(requests.RequestException):
                files = {name: (text[0], text[1]) for name, text in options.get("files", {}).items()}
                given = {**options, "files": files} if files else options
                answer = requests.request(
                    method, f"{self.url}/api/v1/{path}", headers=headers, timeout=30, **given
                )
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
            if time.monotonic() > end:
                raise GivenUp(f"{method} {path} had no answer in {SECONDS_TO_RECOVER:.0f} s")
            time.sleep(0.2)

    def wait_until_ready(self) -> None:
        """Wait until every service and the worker are ready. Raises GivenUp."""
        end = time.monotonic() + SECONDS_TO_RECOVER
        while time.monotonic() < end:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/readyz", timeout=10).status_code == 200:
                    return
            time.sleep(0.1)
        raise GivenUp("The app was not ready in time")
