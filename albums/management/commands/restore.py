"""Command `restore`: a library from a backup, in an empty data folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from albums.management.backup_messages import backup_errors, file_lines, format_bytes
from albums.services.backup.checks import backup_check
from albums.services.backup.format import Manifest, manifest_read
from albums.services.backup.restore import (
    Restored,
    require_free_folder,
    require_known,
    restore_begin,
    restore_database,
    restore_end,
    restore_files,
    restore_finish,
)
from config.commands.reporting import ReportingCommand, Result, failed, unavailable
from config.local_services import embedded, instance


class Command(ReportingCommand):
    help = (
        "Restore a backup into an empty data folder (and an empty database, with DATABASE_URL). Reads and "
        "compares every byte of the backup first. Existing data is never changed."
    )
    examples = """
  bin/manage restore /mnt/disk/trombine --data /srv/photos
  TROMBINE_DATA=/srv/photos bin/manage restore /mnt/disk/trombine
  bin/start --data /srv/photos

The worker of bin/start generates thumbnails and face crops that the backup does not contain.
"""
    interrupted = "Interrupted. Restored files are saved: run it again to continue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="SOURCE", help="the folder of the backup")
        # Read by config.commands.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="the new data folder; default TROMBINE_DATA")

    def run(self, **options: Any) -> Result:
        source: Path = options["source"].expanduser().absolute()
        with backup_errors("The backup cannot be restored", service_code="services"):
            embedded.prepare_folder(settings.DATA_DIR)
            with instance.claim(settings.DATA_DIR) as claimed:
                if not claimed:
                    message = f"Trombine runs with the data folder {settings.DATA_DIR}."
                    raise unavailable(message, code="busy")
                return self._restore(source)

    def _restore(self, source: Path) -> Result:
        manifest = manifest_read(source)
        require_known(manifest)
        require_free_folder(source)
        total = int(manifest.listing["count"])
        with self.bar(desc="Checking", unit="file", total=total) as bar:
            checked = backup_check(source=source, progress=bar.update)
        if not checked.whole:
            lines = [*file_lines("missing", checked.missing), *file_lines("damaged", checked.damaged)]
            message = (
                f"The backup is incomplete: {len(checked.missing)} files are missing and "
                f"{len(checked.damaged)} are damaged. Nothing was restored."
            )
            data = {"missing": checked.missing, "damaged": checked.damaged}
            return Result(data, lines, failed(message, code="damaged"))
        restore_begin(source)
        with self.bar(desc="Copying", unit="file", total=total) as bar:
            restored = restore_files(source=source, manifest=manifest, progress=bar.update)
        with embedded.services(settings.DATA_DIR):
            restore_database(source=source, manifest=manifest)
            restored.dropped = restore_finish(manifest=manifest)
        restore_end()
        return _result(manifest, restored)


def _result(manifest: Manifest, restored: Restored) -> Result:
    data = {
        "data": str(settings.DATA_DIR),
        "made_at": manifest.made_at,
        "files": restored.files,
        "bytes": restored.size,
        "rows": sum(manifest.counts.values()),
        "uploads_dropped": restored.dropped,
        "settings": restored.settings,
        "settings_withheld": restored.withheld,
        "missing": manifest.missing,
        "damaged": manifest.damaged,
    }
    files = f"{restored.files} files ({format_bytes(restored.size)}) and {data['rows']} rows"
    lines = [f"Restored {files} of {manifest.made_at} into {settings.DATA_DIR}."]
    if restored.settings:
        lines += ["The library used these settings, which are different here:"]
        lines += [f"  {setting}" for setting in restored.settings]
    if restored.withheld:
        lines += [f"It also used these, which are not part of a backup: {', '.join(restored.withheld)}"]
    lines += file_lines("was missing when the backup was created", manifest.missing)
    lines += [f"To open the library: bin/start --data {settings.DATA_DIR}"]
    return Result(data, lines)
