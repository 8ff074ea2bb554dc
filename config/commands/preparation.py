"""Preparation of a start: migrations, models and static files. Does nothing where all is up to date."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.commands.subprocesses import run_in_subprocess
from config.local_services.errors import ServiceError

# Ids of the checks whose object is a model's name; Django's own checks have the tag "models" as well.
MODEL_PROBLEMS = ("faces.E001", "faces.E002")
OPTIONAL_MODEL_PROBLEMS = ("faces.W001",)


class PreparationError(ServiceError):
    """Trombine cannot start."""

    code = "not_prepared"


def has_pending_migrations() -> bool:
    """Return whether the database is older than the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def require_fitting_tables() -> None:
    """Raise `PreparationError` when the tables of the database are older or newer than the code."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    unknown = [
        f"{app}.{name}"
        for app, name in sorted(loader.applied_migrations)
        if app in loader.migrated_apps and (app, name) not in loader.disk_migrations
    ]
    if unknown:
        raise PreparationError(
            "The tables of the database belong to a newer version of Trombine (unknown: "
            f"{', '.join(unknown)}). Update Trombine here, too."
        )
    if not loader.applied_migrations:
        raise PreparationError(
            "The database has no tables yet. Run: bin/manage migrate (bin/start does so by itself)."
        )
    if executor.migration_plan(loader.graph.leaf_nodes()):
        raise PreparationError(
            "The tables of the database are older than this version of Trombine. Run: bin/manage migrate "
            "(bin/start does so by itself)."
        )


def missing_models() -> list[str]:
    """Return the names of missing or damaged models that the settings or an owner use."""
    return _models_with(MODEL_PROBLEMS)


def missing_optional_models() -> list[str]:
    """Return the names of missing or damaged models that only some pages need."""
    return _models_with(OPTIONAL_MODEL_PROBLEMS)


def _models_with(problems: tuple[str, ...]) -> list[str]:
    found = checks.run_checks(tags=["models"], databases=["default"])
    return list(dict.fromkeys(str(message.obj) for message in found if message.id in problems))


def fetch_models(names: list[str]) -> None:
    """Install models in another process, which frees its memory.

    Raises `PreparationError` if one is still missing without which Trombine cannot work.
    """
    if run_in_subprocess("fetch_models", *names) and missing_models():
        raise PreparationError("The models could not be installed; see the messages above.")


def _fingerprint() -> str:
    """Return a digest of all static files' paths, sizes and times, and of WhiteNoise's version."""
    digest = hashlib.sha256(version("whitenoise").encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class StaticFiles:
    """Static files, compressed into STATIC_ROOT."""

    def __init__(self) -> None:
        self._stamp = Path(settings.STATIC_ROOT) / ".stamp"
        self._fingerprint = _fingerprint()

    @property
    def stale(self) -> bool:
        """True if a file has changed since the last `collect`."""
        return not self._stamp.exists() or self._stamp.read_text() != self._fingerprint

    def collect(self) -> None:
        """Compress the files. The old ones stay, because open pages may still request them."""
        call_command("collectstatic", verbosity=0, interactive=False)
        self._stamp.write_text(self._fingerprint)
