"""The move of the embedded database to a newer major version, here from the installed version to itself."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_services import embedded, locations, postgres, postgres_upgrade

PROGRAMS = postgres.program("postgres").parent


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder whose stopped database has a table with a vector and an index on it."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("BROKER_URL", "redis://localhost:9/0")
    folder = Path(tempfile.mkdtemp(prefix="trombine-u-"))
    data = folder / "data"
    with embedded.services(data), postgres.connect(data, locations.DATABASE_NAME) as connection:
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE TABLE face (id int, vector vector(3))")
        connection.execute("INSERT INTO face VALUES (1, '[1,2,3]')")
        connection.execute("CREATE INDEX ON face USING hnsw (vector vector_cosine_ops)")
    yield data
    postgres.stop(data)
    shutil.rmtree(folder)


def faces(data: Path) -> list[tuple[object, ...]]:
    with embedded.services(data), postgres.connect(data, locations.DATABASE_NAME) as connection:
        return connection.execute("SELECT id, vector::text FROM face").fetchall()


def pretend_version(folder: Path, major: int) -> None:
    (folder / "PG_VERSION").write_text(f"{major}\n")


@pytest.mark.long
def test_the_new_cluster_has_the_rows_and_the_old_files_stay(data: Path, tmp_path: Path) -> None:
    dump = tmp_path / "database.dump"
    postgres_upgrade.dump_old(data, programs=PROGRAMS, file=dump)
    pretend_version(locations.postgres_folder(data), 17)
    postgres_upgrade.load_new(data, file=dump)
    assert faces(data) == [(1, "[1,2,3]")]
    old_files = postgres.replaced_folder(data, 17)
    assert (old_files / "base").is_dir()


@pytest.mark.long
@pytest.mark.parametrize("old_is_moved", [False, True])
def test_a_kill_between_the_last_steps_loses_nothing(data: Path, old_is_moved: bool) -> None:
    folder = locations.postgres_folder(data)
    shutil.copytree(folder, postgres.replacement_folder(data))
    pretend_version(folder, 17)
    if old_is_moved:
        folder.rename(postgres.replaced_folder(data, 17))
    assert faces(data) == [(1, "[1,2,3]")]
    assert postgres.replaced_folder(data, 17).exists()


@pytest.mark.parametrize(
    ("created", "sentence"), [(15, "bin/manage upgrade_database"), (99, "Use the newer version of Trombine")]
)
def test_files_of_another_version_are_refused_with_what_to_do(
    data: Path, created: int, sentence: str
) -> None:
    folder = locations.postgres_folder(data)
    pretend_version(folder, created)
    with pytest.raises(postgres.VersionError, match=sentence), embedded.services(data):
        pass
    assert (folder / "base").is_dir()


def test_programs_of_another_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        postgres.PostgresError, match=r"has Postgres 18; the database was created by Postgres 15"
    ):
        postgres_upgrade.require_programs(PROGRAMS, 15)
    with pytest.raises(postgres.PostgresError, match="has no Postgres"):
        postgres_upgrade.require_programs(tmp_path, 15)
