"""Runs a management command in its own process, without loading the libraries again for each."""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from django.conf import settings

ROOT = str(Path(__file__).resolve().parents[1])
SECONDS = 120
# Set by the test run, and not in the environment of a user.
UNSET = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL", "CACHE_URL")

# Commands are forked from a process that has imported these, which depend on no setting.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(
    ["config.commands.command_line", "cv2", "hdbscan", "onnxruntime", "PIL.Image", "psycopg", "rich.progress"]
)


def command_run(*arguments: object, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` like a user, with this data folder and these variables."""
    command = [f"{ROOT}/manage.py", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        outputs = Path(folder) / "stdout", Path(folder) / "stderr"
        given = {name: value for name, value in os.environ.items() if name not in UNSET}
        given |= {"TROMBINE_MODELS_DIR": str(settings.MODELS_DIR), "TROMBINE_DATA": str(data_dir)}
        process = _processes.Process(target=_command, args=(command, given | environment, *outputs))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(command, SECONDS)
        return subprocess.CompletedProcess(command, process.exitcode, *(one.read_text() for one in outputs))


def broker_environment() -> dict[str, str]:
    """The broker of this test run, as an external broker."""
    return {
        "BROKER_URL": settings.CELERY_BROKER_URL.split("?")[0],
        "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
    }


def _command(command: list[str], environment: dict[str, str], stdout: Path, stderr: Path) -> None:
    for path, stream in ((stdout, sys.stdout), (stderr, sys.stderr)):
        with path.open("wb") as output:
            os.dup2(output.fileno(), stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    sys.argv, sys.path = command, [ROOT, *sys.path]
    try:
        runpy.run_path(command[0], run_name="__main__")
    except Exception:  # noqa: BLE001 - what the interpreter does with it
        traceback.print_exc()
        sys.exit(1)
