"""The harness of all benchmarks: the project's environment, its models, the test pictures and printed tables.

Import it before anything outside the standard library: run by a bare Python, it creates the project's
environment as bin/start does and restarts the script in it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

ROOT = Path(__file__).resolve().parents[1]
MANAGE = [sys.executable, str(ROOT / "manage.py")]

DETECTOR, EMBEDDER = "retinaface_mobilenet", os.environ.get("TROMBINE_EMBEDDER") or "facenet_sface256"
"""The models of new accounts. All scripts measure them, unless their name, options or figures name others;
TROMBINE_EMBEDDER, which the product reads too, chooses another embedder."""


def _enter_environment() -> None:
    if importlib.util.find_spec("deepface") and importlib.util.find_spec("django"):
        return
    subprocess.run([sys.executable, ROOT / "bin" / "_environment.py"], check=True)
    python = ROOT / ".venv" / "bin" / "python"
    os.execv(python, [str(python), *sys.argv])


_enter_environment()
sys.path.insert(0, str(ROOT))


def pictures() -> Path:
    """Return the folder of test pictures, or exit when there is none."""
    folder = Path(os.environ.get("TROMBINE_TEST_DATA") or ROOT.parent / "shared" / "data").absolute()
    if not folder.is_dir():
        sys.exit(f"No test pictures in {folder}. Set TROMBINE_TEST_DATA to their folder.")
    return folder


def use_models(names: Iterable[str], folder: Path | None) -> Path:
    """Install missing models in `folder` and return it; None takes the models folder of the settings.

    Of the settings only paths and names are used: no database.
    """
    if folder is not None:
        os.environ["TROMBINE_MODELS_DIR"] = str(folder.absolute())
    from config.env import settings_module

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    from django.conf import settings

    subprocess.run([*MANAGE, "fetch_models", *names], check=True, stdout=subprocess.DEVNULL)
    return Path(settings.MODELS_DIR)


def checked_run(command: list[str], environment: dict[str, str] | None = None) -> str:
    """Run a command and return its output; exit with that output when it fails."""
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def in_own_process(work: Callable[..., Result], *arguments: object) -> Result:
    """Call a module-level function in a new process, which reads the settings anew."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as one:
        return one.submit(work, *arguments).result()


@contextlib.contextmanager
def product(data: Path, models_dir: Path) -> Iterator[None]:
    """Run the services of a data folder, with a migrated database, for this process and its children."""
    os.environ |= {"TROMBINE_DATA": str(data), "TROMBINE_MODELS_DIR": str(models_dir)}
    from config.env import settings_module
    from config.local_services import embedded

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
    with embedded.services():
        import django
        from django.db import connections

        django.setup()
        logging.getLogger("faces").setLevel(logging.WARNING)
        checked_run([*MANAGE, "migrate", "--skip-checks"])
        try:
            yield
        finally:
            connections.close_all()


def deepface_home(folder: Path, weights: dict[str, Path]) -> None:
    """Lay out `folder` as DEEPFACE_HOME, with links to the given weights by file name."""
    place = folder / ".deepface" / "weights"
    place.mkdir(parents=True)
    for name, file in weights.items():
        (place / name).symlink_to(file.absolute())


def rows_print(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table: the first column left-aligned, the others right-aligned."""
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for index, row in enumerate(table):
        cells = [cell.rjust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join([row[0].ljust(widths[0]), *cells[1:]]))
        if index == 0:
            print("-" * (sum(widths) + 2 * (len(widths) - 1)))
