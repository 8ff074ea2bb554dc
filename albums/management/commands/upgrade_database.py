"""Command `upgrade_database`: the embedded database in the format of the installed Postgres."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from config.commands.reporting import ReportingCommand, Result, unavailable, usage_error
from config.commands.terminal import step
from config.disk_space import require_room
from config.local_services import embedded, instance, locations, postgres, postgres_upgrade


class Command(ReportingCommand):
    help = (
        "Dump the embedded database with the Postgres that created it, and load it into the installed, newer "
        "one. The old files stay beside the new ones. Does nothing if the versions are the same."
    )
    examples = """
  bin/manage upgrade_database
  bin/manage upgrade_database --programs /usr/lib/postgresql/17/bin     with programs that are here already
  bin/manage upgrade_database --data /srv/photos
"""
    interrupted = "Interrupted. The database is as it was: run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--programs",
            type=Path,
            metavar="DIR",
            help="the old Postgres's programs; default: installed by pip",
        )
        # Read by config.commands.command_line, before the settings.
        parser.add_argument("--data", metavar="DIR", help="the data folder; default TROMBINE_DATA")

    def run(self, **options: Any) -> Result:
        if not embedded.uses_postgres():
            raise usage_error("DATABASE_URL names a Postgres of your own: upgrade it with its own tools.")
        data_dir: Path = settings.DATA_DIR
        embedded.prepare_folder(data_dir)
        with instance.claim(data_dir) as claimed:
            if not claimed or postgres.process(data_dir) is not None:
                raise unavailable(
                    f"Trombine runs with the data folder {data_dir}. Stop it first.", code="busy"
                )
            postgres.finish_replacement(data_dir)
            folder = locations.postgres_folder(data_dir)
            if not (folder / "PG_VERSION").exists():
                raise unavailable(f"There is no database in {folder}.", code="no_database")
            old = postgres.cluster_major(folder)
            new = postgres.program_major(postgres.program("postgres"))
            if old > new:
                postgres.require_readable(folder)
            if old == new:
                return Result({"from": old, "to": new}, [f"The database is one of Postgres {new} already."])
            return self._upgrade(data_dir, options["programs"], old, new)

    def _upgrade(self, data_dir: Path, programs: Path | None, old: int, new: int) -> Result:
        # The dump and the new files, beside the old ones that stay.
        require_room(data_dir, 2 * _bytes_of(locations.postgres_folder(data_dir)))
        with tempfile.TemporaryDirectory(dir=data_dir, prefix="upgrade-") as scratch:
            if programs is None:
                with step(f"Postgres {old}"):
                    programs = postgres_upgrade.old_programs(old, Path(scratch) / "programs")
            postgres_upgrade.require_programs(programs, old)
            dump = Path(scratch) / "database.dump"
            with step("Dump"):
                postgres_upgrade.dump_old(data_dir, programs=programs, file=dump)
            with step(f"Load into Postgres {new}"):
                postgres_upgrade.load_new(data_dir, file=dump)
        old_files = postgres.replaced_folder(data_dir, old)
        lines = [
            f"The database is one of Postgres {new} now. The old files are in {old_files}:",
            "delete them when Trombine has run well for a while.",
        ]
        return Result({"from": old, "to": new, "old_files": str(old_files)}, lines)


def _bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
