"""Stop the broker and the database of a running app: what answers meanwhile, and how soon all works again.

Uploads go on without the broker, pages say 503 without the database, and nothing has to be restarted by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from harness import DETECTOR, EMBEDDER, in_own_process, product, rows_print, use_models

REQUIRED_SECONDS = 15.0
PAGES = ("/", "/people/", "/albums/", "/search/", "/studio/", "/settings/storage/", "/progress/")
OPERATIONS = ("me/", "images/", "people/", "albums/", "jobs/", "me/storage/", "uploads/so-far/")
ADDRESSES = (*PAGES, *(f"/api/v1/{one}" for one in OPERATIONS))
SECONDS_TO_WAIT = 120.0
FIRST = 1_000_000
"""The number of the photo before all others."""
MODELS = (DETECTOR, EMBEDDER)


def main() -> None:
    """Measure, print, and exit with 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each outage")
    parser.add_argument("--smallest", action="store_true", help="outages of two seconds")
    parser.add_argument("--models-dir", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    seconds = 2.0 if options.smallest else options.seconds
    models = use_models(MODELS, options.models_dir)
    with tempfile.TemporaryDirectory(prefix="trombine-o-") as folder:
        # A process of its own reads the settings of this folder.
        found = in_own_process(measured, Path(folder), models, seconds)
    missed = [name for name, value in found.items() if name.endswith("seconds") and value > REQUIRED_SECONDS]
    missed += [name for name in ("broker: failed requests", "database: other than 503") if found[name]]
    if options.json:
        print(json.dumps({"found": found, "missed": missed}))
    else:
        rows_print(("outage", "found"), [(name, f"{value:.1f}") for name, value in found.items()])
    raise SystemExit(1 if missed else 0)


def measured(data: Path, models: Path, seconds: float) -> dict[str, float]:
    """Run the web server and a worker, and stop the broker, then the database, for `seconds`."""
    with product(data, models):
        return _outages(data, seconds)


def _outages(data: Path, seconds: float) -> dict[str, float]:
    from django.conf import settings
    from django.contrib.auth.models import User

    from api.models import ApiToken
    from api.tokens import token_create
    from config.commands import preparation
    from config.local_services import listening, processes
    from config.observability.heartbeats import heartbeat_ages

    preparation.StaticFiles().collect()
    owner = User.objects.create_user("ada")
    token = token_create(user=owner, name="x", scopes=ApiToken.Scope.values, expires_at=None)[1]
    listener: socket.socket = listening.listen("127.0.0.1", 0, default=0)
    client = _Client(f"http://127.0.0.1:{listener.getsockname()[1]}", token)
    supervisor = processes.Supervisor(data)
    # Never polled: what is stopped stays so until it is started below.
    supervisor.start(processes.web(data, descriptor=listener.fileno(), processes=1, environment={}))
    supervisor.start(processes.worker(data, processes=1, queues=settings.QUEUES))
    try:
        _waited(lambda: client.status("/healthz") == 200)
        _waited(lambda: bool(heartbeat_ages(["ingest"])["ingest"]))
        # After what a worker begins with on a new data folder.
        client.upload(FIRST)
        _waited(lambda: _is_read(FIRST))
        found = _without_broker(data, client, seconds) | _without_database(data, client, seconds)
        found["tracebacks in the logs"] = sum(
            (data / "logs" / f"{name}.log").read_text().count("Traceback") for name in ("web", "worker")
        )
        return found
    finally:
        supervisor.stop()
        listener.close()


def _without_broker(data: Path, client: _Client, seconds: float) -> dict[str, float]:
    from config.local_services import broker

    broker.stop(data)
    began, slowest, failed, photos = time.monotonic(), 0.0, 0, 0
    while time.monotonic() - began < seconds or not photos:
        for path in ADDRESSES:
            start = time.monotonic()
            failed += client.status(path) >= 500
            slowest = max(slowest, time.monotonic() - start)
        photos += 1
        failed += client.upload(photos) != 200
    broker.ensure_running(data)
    return {
        "broker: failed requests": failed,
        "broker: photos uploaded": photos,
        "broker: slowest request, milliseconds": slowest * 1000,
        "broker: back to all photos read, seconds": _waited(
            lambda: all(_is_read(one) for one in range(1, photos + 1))
        ),
    }


def _without_database(data: Path, client: _Client, seconds: float) -> dict[str, float]:
    from config.local_services import postgres

    postgres.stop(data)
    began = time.monotonic()
    answers: list[int] = []
    while time.monotonic() - began < seconds or not answers:
        answers += [client.status(path) for path in ADDRESSES]
        answers.append(client.upload(0))
    postgres.ensure_running(data)
    found = {
        "database: requests": float(len(answers)),
        "database: other than 503": float(sum(one != 503 for one in answers)),
        "database: back to a page, seconds": _waited(lambda: client.status("/") == 200),
    }
    _waited(lambda: client.upload(0) == 200)
    return found | {"database: back to a photo read, seconds": _waited(lambda: _is_read(0))}


def _is_read(number: int) -> bool:
    from albums.models import Image

    return Image.objects.ready().filter(source_path=f"{number}.jpg").exists()


class _Client:
    """Requests with a token."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.headers = address, {"Authorization": f"Bearer {token}"}

    def status(self, path: str, body: bytes | None = None) -> int:
        """Return the status of the response; 599 without one."""
        request = urllib.request.Request(self.address + path, headers=self.headers, data=body)
        if body is not None:
            request.add_header("Content-Type", "multipart/form-data; boundary=x")
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 599

    def upload(self, number: int) -> int:
        """Upload a photo of its own number."""
        from tests.drawing import photo

        name = f"{number}.jpg"
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        return self.status("/api/v1/images/upload/", head + photo(number) + b"\r\n--x--\r\n")


def _waited(reached: Callable[[], bool]) -> float:
    """Return the seconds until a condition holds."""
    from django.db import DatabaseError, connection
    from redis.exceptions import RedisError

    start = time.monotonic()
    while True:
        try:
            if reached():
                return time.monotonic() - start
        except (DatabaseError, RedisError):
            connection.close()
        if time.monotonic() - start > SECONDS_TO_WAIT:
            raise SystemExit("It did not come back.")
        time.sleep(0.1)


if __name__ == "__main__":
    os.environ.setdefault("TROMBINE_LOG_LEVEL", "WARNING")
    main()
