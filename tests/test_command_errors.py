"""Errors of commands, each in its own process: one line that says what to do."""

import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.command_process import broker_environment, command_run

CLOSED_PORT = "127.0.0.1:9"
# Each starts a process with all libraries.
pytestmark = pytest.mark.long
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a management command; return its exit code and the lines on standard error."""

    def run(*arguments: str, **environment: str) -> tuple[int, list[str]]:
        done = command_run(*arguments, data_dir=tmp_path / "data", **environment)
        return done.returncode, done.stderr.splitlines()

    return run


@pytest.fixture
def services() -> dict[str, str]:
    """The broker of this test run, as an external broker."""
    return broker_environment()


@pytest.fixture
def empty_database(db: None) -> Iterator[Callable[..., str]]:
    """The URL of an empty database, for its owner or for a user without rights."""
    database = connection.settings_dict
    name, plain = f"errors_{secrets.token_hex(4)}", f"plain_{secrets.token_hex(4)}"

    def address(*, rights: bool) -> str:
        user = database["USER"] if rights else plain
        secret = f":{quote(database['PASSWORD'])}" if rights and database["PASSWORD"] else ""
        return f"postgres://{user}{secret}@{quote(database['HOST'], safe='')}:{database['PORT']}/{name}"

    names = {"name": sql.Identifier(name), "plain": sql.Identifier(plain)}
    options = {
        "host": database["HOST"],
        "port": database["PORT"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "autocommit": True,
    }
    with psycopg.connect(dbname="postgres", **options) as server:
        server.execute(sql.SQL("CREATE DATABASE {name}").format(**names))
        server.execute(sql.SQL("CREATE ROLE {plain} LOGIN").format(**names))
        with psycopg.connect(dbname=name, **options) as inside:
            inside.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {plain}").format(**names))
        yield address
        server.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
        server.execute(sql.SQL("DROP ROLE {plain}").format(**names))


@pytest.mark.parametrize(("option", "value"), [("--port", "99999"), ("--port", "http"), ("--workers", "0")])
def test_an_invalid_number_is_rejected_with_the_valid_range(run: Run, option: str, value: str) -> None:
    code, errors = run("start", option, value)
    assert code == 2
    assert errors[-1].startswith(
        f"bin/start: error: argument {option}: '{value}' is not a whole number from "
    )


@pytest.mark.parametrize("command", [["start"], ["recluster"], ["fetch_models", "yunet"]])
def test_an_unusable_data_folder_is_named_with_its_variable(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "file").touch()
    code, (errors,) = run(*command, TROMBINE_DATA=str(tmp_path / "file" / "data"))
    assert code == 3
    assert errors.startswith(f"trombine: The data folder {tmp_path / 'file' / 'data'} cannot be used: ")
    assert "TROMBINE_DATA" in errors


@pytest.mark.parametrize("command", [["start", "--exit"], ["recluster"], ["migrate"]])
def test_a_database_that_does_not_answer_is_one_line(
    run: Run, services: dict[str, str], command: list[str]
) -> None:
    address = f"postgres://me:secret@{CLOSED_PORT}/photos"
    code, (errors,) = run(*command, DATABASE_URL=address, **services)
    assert code == 3
    assert "Connection refused. Start the database, or correct DATABASE_URL." in errors
    assert "secret" not in errors


def test_with_traceback_the_traceback_is_shown(run: Run, services: dict[str, str]) -> None:
    address = f"postgres://me@{CLOSED_PORT}/photos"
    _, errors = run("migrate", "--traceback", DATABASE_URL=address, **services)
    assert errors[0].startswith("Traceback")


def test_a_broker_that_does_not_answer_stops_the_start(run: Run, empty_database: Callable[..., str]) -> None:
    code, (errors,) = run(
        "start",
        "--exit",
        DATABASE_URL=empty_database(rights=True),
        BROKER_URL=f"redis://{CLOSED_PORT}/0",
    )
    assert code == 3
    assert errors.startswith("trombine: The broker does not answer: ")
    assert errors.endswith("correct BROKER_URL.")


def test_missing_rights_for_pgvector_are_reported_with_the_statement(
    run: Run, empty_database: Callable[..., str], services: dict[str, str]
) -> None:
    code, (errors,) = run("migrate", DATABASE_URL=empty_database(rights=False), **services)
    assert code == 3
    assert 'permission denied to create extension "vector"' in errors
    assert "CREATE EXTENSION vector;" in errors


@pytest.mark.parametrize("command", ["recluster", "reindex", "createsuperuser", "sign_in_link"])
def test_missing_tables_are_reported_with_the_command(
    run: Run, empty_database: Callable[..., str], services: dict[str, str], command: str
) -> None:
    code, (errors,) = run(command, DATABASE_URL=empty_database(rights=True), **services)
    assert code == 3
    assert "has no tables yet" in errors
    assert "Run: bin/manage migrate" in errors


def test_a_busy_port_is_reported_before_anything_starts(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        code, (errors,) = run("start", "--port", str(number))
    assert code == 3
    assert f"cannot listen on 127.0.0.1:{number}" in errors
    assert not (tmp_path / "data" / "postgres").exists()


def test_the_help_names_the_program_that_users_run(run: Run, tmp_path: Path) -> None:
    for command, name in (("recluster", "bin/manage recluster"), ("start", "bin/start")):
        done = command_run(command, "--help", data_dir=tmp_path)
        assert done.stdout.startswith(f"usage: {name} ")
        assert "manage.py" not in done.stdout.replace("bin/manage", "")
    _, errors = run("help", "reclustre")
    assert errors[-1] == "Type 'bin/manage help' for usage."


def test_an_error_of_a_command_has_the_same_prefix_as_all_others(run: Run, tmp_path: Path) -> None:
    code, (errors,) = run("start", str(tmp_path / "nothing"))
    assert (code, errors) == (2, f"trombine: {tmp_path / 'nothing'} is not a folder.")
