"""What must be up to date before the page can be shown. A part with nothing to do does nothing."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrations_wait() -> bool:
    """Whether the database is behind the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Bring the database up to the code."""
    call_command("migrate", verbosity=0, interactive=False)


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
