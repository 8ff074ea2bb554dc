"""Verify a backup: every file exists and has its digest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from albums.services.backup.format import Manifest, Stored, file_digest, listing_read, manifest_read


@dataclass(slots=True)
class Checked:
    """The result. missing, damaged: paths of files in the backup, empty if it is complete."""

    manifest: Manifest
    files: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Return True if nothing is missing or damaged."""
        return not self.missing and not self.damaged


def backup_check(*, source: Path, progress: Callable[[int], object]) -> Checked:
    """Read every byte of the backup in `source`. Raises BackupError if it cannot be read."""
    manifest = manifest_read(source)
    found = Checked(manifest)
    for entry in (manifest.database, manifest.listing):
        _look(found, source, Stored(str(entry["file"]), -1, str(entry["sha256"])))
    if not found.whole:
        return found  # a damaged listing is not reliable
    for row in listing_read(source, manifest):
        _look(found, source, row)
        progress(1)
    return found


def _look(found: Checked, source: Path, wanted: Stored) -> None:
    path = source / wanted.path
    found.files += 1
    try:
        size = path.stat().st_size
        whole = wanted.size in {-1, size} and wanted.sha256 in {"", file_digest(path)}
    except FileNotFoundError:
        found.missing.append(wanted.path)
        return
    except OSError:
        whole, size = False, 0
    found.size += size
    if not whole:
        found.damaged.append(wanted.path)
