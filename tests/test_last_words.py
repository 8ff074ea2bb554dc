"""What cannot work ends with one line that says what to do: each command in a process of its own."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
NOBODY_LISTENS = "127.0.0.1:9"
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a management command as a person does; its exit code and the lines that it wrote as errors."""

    def run(*arguments: str, **environment: str) -> tuple[int, list[str]]:
        dropped = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "DATABASE_URL", "BROKER_URL", "CACHE_URL")
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={
                **{key: value for key, value in os.environ.items() if key not in dropped},
                "TROMBINE_MODELS_DIR": str(settings.MODELS_DIR),
                "TROMBINE_DATA": str(tmp_path / "data"),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stderr.splitlines()

    return run


@pytest.fixture
def services() -> dict[str, str]:
    """The broker of this test run, as a broker of somebody's own."""
    return {
        "BROKER_URL": settings.CELERY_BROKER_URL.split("?")[0],
        "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
    }


@pytest.fixture
def empty_database(db: None) -> Iterator[Callable[..., str]]:
    """An empty database beside that of the tests: its address for its owner, or for one without rights."""
    given = connection.settings_dict
    name, plain = f"last_words_{secrets.token_hex(4)}", f"plain_{secrets.token_hex(4)}"

    def address(*, rights: bool) -> str:
        user = given["USER"] if rights else plain
        secret = f":{quote(given['PASSWORD'])}" if rights and given["PASSWORD"] else ""
        return f"postgres://{user}{secret}@{quote(given['HOST'], safe='')}:{given['PORT']}/{name}"

    names = {"name": sql.Identifier(name), "plain": sql.Identifier(plain)}
    options = {
        "host": given["HOST"],
        "port": given["PORT"],
        "user": given["USER"],
        "password": given["PASSWORD"],
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
def test_a_number_that_is_none_is_answered_with_the_legal_ones(run: Run, option: str, value: str) -> None:
    code, said = run("start", option, value)
    assert code == 2
    assert said[-1].startswith(f"bin/start: error: argument {option}: it is '{value}'. Legal values: a whole")


@pytest.mark.parametrize("command", [["start"], ["recluster"], ["fetch_models", "yunet"]])
def test_a_data_folder_that_cannot_be_made_is_named_with_the_variable(
    run: Run, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "file").touch()
    code, (said,) = run(*command, TROMBINE_DATA=str(tmp_path / "file" / "data"))
    assert code == 3
    assert said.startswith(f"trombine: The data folder {tmp_path / 'file' / 'data'} cannot be used: ")
    assert "TROMBINE_DATA" in said


@pytest.mark.parametrize("command", [["start", "--exit"], ["recluster"], ["migrate"]])
def test_a_database_that_does_not_answer_is_one_line(
    run: Run, services: dict[str, str], command: list[str]
) -> None:
    address = f"postgres://me:secret@{NOBODY_LISTENS}/photos"
    code, (said,) = run(*command, DATABASE_URL=address, **services)
    assert code == 3
    assert "Connection refused. Start it, or correct DATABASE_URL." in said
    assert "secret" not in said


def test_with_traceback_one_sees_where_it_was(run: Run, services: dict[str, str]) -> None:
    address = f"postgres://me@{NOBODY_LISTENS}/photos"
    _, said = run("migrate", "--traceback", DATABASE_URL=address, **services)
    assert said[0].startswith("Traceback")


def test_a_broker_that_does_not_answer_stops_the_start(run: Run, empty_database: Callable[..., str]) -> None:
    code, (said,) = run(
        "start",
        "--exit",
        DATABASE_URL=empty_database(rights=True),
        BROKER_URL=f"redis://{NOBODY_LISTENS}/0",
    )
    assert code == 3
    assert said.startswith("trombine: The broker does not answer: ")
    assert said.endswith("correct BROKER_URL.")


def test_a_database_account_that_may_not_add_pgvector_says_what_its_administrator_must_run(
    run: Run, empty_database: Callable[..., str], services: dict[str, str]
) -> None:
    code, (said,) = run("migrate", DATABASE_URL=empty_database(rights=False), **services)
    assert code == 3
    assert 'permission denied to create extension "vector"' in said
    assert "CREATE EXTENSION vector;" in said


@pytest.mark.parametrize("command", ["recluster", "reindex", "createsuperuser", "sign_in_link"])
def test_new_code_on_old_tables_says_what_brings_them_up_to_it(
    run: Run, empty_database: Callable[..., str], services: dict[str, str], command: str
) -> None:
    code, (said,) = run(command, DATABASE_URL=empty_database(rights=True), **services)
    assert code == 3
    assert "older than this version" in said
    assert "Run: bin/manage migrate" in said


def test_a_busy_port_is_noticed_before_anything_is_started(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        code, (said,) = run("start", "--port", str(number))
    assert code == 3
    assert f"cannot listen on 127.0.0.1:{number}" in said
    assert not (tmp_path / "data" / "postgres").exists()


def test_the_help_calls_the_program_as_people_do(run: Run, tmp_path: Path) -> None:
    for command, name in (("recluster", "bin/manage recluster"), ("start", "bin/start")):
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), command, "--help"],
            env={**os.environ, "TROMBINE_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(f"usage: {name} ")
        assert "manage.py" not in done.stdout.replace("bin/manage", "")
    _, said = run("help", "reclustre")
    assert said[-1] == "Type 'bin/manage help' for usage."


def test_an_error_of_a_command_begins_like_all_others(run: Run, tmp_path: Path) -> None:
    code, (said,) = run("start", str(tmp_path / "nothing"))
    assert (code, said) == (2, f"trombine: {tmp_path / 'nothing'} is not a folder.")
