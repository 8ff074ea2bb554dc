"""The whole app, as `bin/start` runs it: web server, worker, database and broker in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
# What the run of the tests has set for itself, and a person has not.
OF_THE_TESTS = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL", "CACHE_URL")
SECONDS_TO_START = 180
SECONDS_TO_STOP = 180


@dataclass(slots=True)
class App:
    """A start command under way. `data` is its folder; it says where it is once it answers."""

    data: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        """Return the output so far."""
        return (self.data.parent / "output.txt").read_text()

    def address(self) -> str:
        """Wait until it answers; returns where, without a slash at the end."""
        end = time.monotonic() + SECONDS_TO_START
        while not (found := re.search(r"runs at (http://\S+)", self.output)):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < end, self.output
            time.sleep(0.1)
        return found[1]

    def complaints(self) -> list[str]:
        """Errors in the logs of the web server and of the worker."""
        return [
            f"{log.name}: {line}"
            for log in sorted((self.data / "logs").glob("*.log"))
            for line in log.read_text(errors="replace").splitlines()
            if log.stem in {"web", "worker"} and re.search(r"Traceback|\b(ERROR|CRITICAL)\b", line)
        ]

    def stop(self) -> None:
        """As Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(SECONDS_TO_STOP)


def app_start(folder: Path) -> App:
    """Start it with an empty data folder below `folder`; it comes up while one does something else."""
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
    environment["TROMBINE_MODELS_DIR"] = str(settings.MODELS_DIR)
    environment["PYTHONUNBUFFERED"] = "1"
    data = folder / "data"
    arguments = ["start", "--data", str(data), "--port", "0", "--workers", "1"]
    with (folder / "output.txt").open("wb") as output_file:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=environment | {"TROMBINE_DATA": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=output_file,
            stderr=output_file,
        )
    return App(data=data, process=process)
