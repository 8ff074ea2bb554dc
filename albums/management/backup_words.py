"""What backup and restore say alike."""

from collections.abc import Sequence

from albums.services.backup.format import BackupError
from config.commands.reporting import CommandFailure, Exit

MOST_NAMED = 20
ENDS = {
    "busy": Exit.CANNOT_NOW,
    "newer": Exit.CANNOT_NOW,
    "storage": Exit.CANNOT_NOW,
    "damaged": Exit.PROBLEM,
}
"""What is not here is a wrong argument: a folder that is no backup, or is not empty."""


def failure_of(error: BackupError) -> CommandFailure:
    """The error as a command ends with it."""
    return CommandFailure(str(error), code=error.code, ends=ENDS.get(error.code, Exit.WRONG_ARGUMENTS))


def megabytes(size: int) -> str:
    """Bytes for people."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def named(what: str, paths: Sequence[str]) -> list[str]:
    """A line a file, the first ones."""
    lines = [f"  {what}: {path}" for path in paths[:MOST_NAMED]]
    return [*lines, f"  and {len(paths) - MOST_NAMED} more"] if len(paths) > MOST_NAMED else lines
