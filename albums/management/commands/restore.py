"""bin/manage restore: an album out of a backup, in an empty data folder."""

import contextlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from albums.management.backup_words import failure_of, megabytes, named
from albums.services.backup.checks import backup_check
from albums.services.backup.format import BackupError, Manifest, manifest_read
from albums.services.backup.restore import (
    Restored,
    require_free_folder,
    require_known,
    restore_begin,
    restore_database,
    restore_files,
    restore_finish,
)
from config.commands.command_line import SERVICE_ERRORS
from config.commands.reporting import Outcome, ReportingCommand, cannot, problem
from config.local_services import embedded, instance


class Command(ReportingCommand):
    """Restore into nothing: whatever is there already is never touched."""

    help = (
        "Make an album out of a backup, in an empty data folder (and an empty database, with DATABASE_URL). "
        "Every byte of the backup is read and compared first."
    )
    examples = """
  bin/manage restore /mnt/disk/trombine --data /srv/photos
  TROMBINE_DATA=/srv/photos bin/manage restore /mnt/disk/trombine
  bin/start --data /srv/photos

Smaller pictures and those of faces that are not in the backup are made again by the worker of bin/start.
"""
    interrupted = "Interrupted. Run it again to go on: what is restored already is passed over."
    # The models are fetched by the next start.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, to where."""
        parser.add_argument("source", type=Path, metavar="SOURCE", help="the folder of the backup")
        # Read by config.commands.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="the data folder to be; default TROMBINE_DATA")

    def work(self, **options: Any) -> Outcome:
        """Look, copy, load, finish."""
        source: Path = options["source"].expanduser().absolute()
        try:
            embedded.prepare_folder(settings.DATA_DIR)
            with instance.claim(settings.DATA_DIR) as ours:
                if not ours:
                    raise cannot(f"Trombine runs with the data folder {settings.DATA_DIR}.", code="busy")
                return self._restore(source)
        except BackupError as error:
            raise failure_of(error) from error
        except SERVICE_ERRORS as error:
            raise cannot(str(error), code="services") from error
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            said = f"The backup cannot be restored: {error.strerror or error}{where}. Run it again to go on."
            raise cannot(said, code="storage") from error

    def _restore(self, source: Path) -> Outcome:
        manifest = manifest_read(source)
        require_known(manifest)
        require_free_folder(source)
        total = int(manifest.listing["count"])
        with self.bar(desc="Checking", unit="file", total=total) as bar:
            checked = backup_check(source=source, progress=bar.update)
        if not checked.whole:
            lines = [*named("missing", checked.missing), *named("damaged", checked.damaged)]
            said = (
                f"The backup is not whole: {len(checked.missing)} files are missing and "
                f"{len(checked.damaged)} are damaged. Nothing was restored."
            )
            data = {"missing": checked.missing, "damaged": checked.damaged}
            return Outcome(data, lines, problem(said, code="damaged"))
        restore_begin(source)
        with self.bar(desc="Copying", unit="file", total=total) as bar:
            done = restore_files(source=source, manifest=manifest, progress=bar.update)
        with contextlib.ExitStack() as stack:
            stack.enter_context(embedded.services(settings.DATA_DIR))
            restore_database(source=source, manifest=manifest)
            done.dropped = restore_finish(manifest=manifest)
        return _told(manifest, done)


def _told(manifest: Manifest, done: Restored) -> Outcome:
    data = {
        "data": str(settings.DATA_DIR),
        "made_at": manifest.made_at,
        "files": done.files,
        "bytes": done.size,
        "rows": sum(manifest.counts.values()),
        "uploads_dropped": done.dropped,
        "settings": done.settings,
        "settings_withheld": done.withheld,
        "missing": manifest.missing,
        "damaged": manifest.damaged,
    }
    what = f"{done.files} files, {megabytes(done.size)}, and {data['rows']} rows of {manifest.made_at}"
    lines = [f"{what} are in {settings.DATA_DIR}."]
    if done.settings:
        lines += ["The album was run with these settings, which are not set the same here:"]
        lines += [f"  {setting}" for setting in done.settings]
    if done.withheld:
        lines += [f"These were set, too, and are not in a backup: {', '.join(done.withheld)}"]
    lines += named("was missing when the backup was made", manifest.missing)
    lines += [f"To look at it: bin/start --data {settings.DATA_DIR}"]
    return Outcome(data, lines)
