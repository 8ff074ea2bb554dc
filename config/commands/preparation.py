"""What must be up to date before the page can be shown. A part with nothing to do does nothing."""

import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

# Of faces.checks, whose object is the model's name. Other checks have the tag "models", too: Django's own.
MODEL_PROBLEMS = ("faces.E001", "faces.E002")


class PreparationError(Exception):
    """Trombine cannot start; the message says what to do."""


def migrations_wait() -> bool:
    """Whether the database is behind the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_tables() -> None:
    """Raise `PreparationError` when the tables are older than the code, which would then miss columns."""
    if migrations_wait():
        raise PreparationError(
            "The tables of the database are older than this version of Trombine. Run: bin/manage migrate "
            "(bin/start does so by itself)."
        )


def migrate() -> None:
    """Bring the database up to the code."""
    call_command("migrate", verbosity=0, interactive=False)


def models_wanting() -> list[str]:
    """The names of models that are missing or damaged, of the settings and of owners."""
    found = checks.run_checks(tags=["models"], databases=["default"])
    return list(dict.fromkeys(str(message.obj) for message in found if message.id in MODEL_PROBLEMS))


def fetch_models(names: list[str]) -> None:
    """Install these models, in a process of its own: making them takes memory that this one would keep.

    Raises `PreparationError` when that fails; the command has then said why.
    """
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "fetch_models", *names]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stdout) as fetching:
        try:
            code = fetching.wait()
        except BaseException:
            fetching.terminate()
            raise
    if code != 0:
        raise PreparationError("The models could not be installed; what is missing stands above.")


def _static_fingerprint() -> str:
    """Every static file's path, size and time, and the version of what packs them."""
    digest = hashlib.sha256(version("whitenoise").encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class StaticFiles:
    """The files of the pages, packed into STATIC_ROOT."""

    def __init__(self) -> None:
        self._stamp = Path(settings.STATIC_ROOT) / ".stamp"
        self._wanted = _static_fingerprint()

    @property
    def stale(self) -> bool:
        """Whether a file changed since they were packed."""
        return not self._stamp.exists() or self._stamp.read_text() != self._wanted

    def collect(self) -> None:
        """Pack them. The old ones stay: a page that is open may still ask for them."""
        call_command("collectstatic", verbosity=0, interactive=False)
        self._stamp.write_text(self._wanted)
