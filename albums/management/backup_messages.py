"""Errors and texts of the commands backup and restore."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from albums.services.backup.format import BackupError
from config.commands.reporting import CommandFailure, Exit, first_lines, unavailable
from config.local_services.errors import ServiceError

# All other codes are usage errors: a folder that is no backup, or is not empty.
EXIT_CODES = {
    "busy": Exit.UNAVAILABLE,
    "newer": Exit.UNAVAILABLE,
    "storage": Exit.UNAVAILABLE,
    "damaged": Exit.FAILED,
}


@contextmanager
def backup_errors(problem: str, *, service_code: str) -> Iterator[None]:
    """Turn the errors of backups, services and the storage into CommandFailure."""
    try:
        yield
    except BackupError as error:
        exit_code = EXIT_CODES.get(error.code, Exit.USAGE)
        raise CommandFailure(str(error), code=error.code, exit_code=exit_code) from error
    except ServiceError as error:
        raise unavailable(str(error), code=service_code) from error
    except OSError as error:
        file = f" ({error.filename})" if error.filename else ""
        message = f"{problem}: {error.strerror or error}{file}. Run it again to continue."
        raise unavailable(message, code="storage") from error


def format_bytes(size: int) -> str:
    """Return a size in MB or GB."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def file_lines(problem: str, paths: Sequence[str]) -> list[str]:
    """Return a line per file, for the first files."""
    return first_lines([f"  {problem}: {path}" for path in paths])
