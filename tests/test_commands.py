"""All our commands alike: examples in the help, JSON and nothing else, ends that mean something."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command, get_commands, load_command_class
from pytest_django import Settings

from config.commands.reporting import Exit, ReportingCommand
from tests.albums.photos import whole_photo
from tests.faces.coloured import face

ROOT = Path(__file__).resolve().parents[1]
OURS = sorted(
    name for name, app in get_commands().items() if app in {"albums", "faces"} and name != "makemessages"
)

# How each is called so that it has something to say, with {folder} to write to or read from.
CALLS: dict[str, list[str]] = {
    "backup": ["{folder}/backup"],
    "check_integrity": ["--quick"],
    "erase_person": ["Ruby", "--yes"],
    "export_people": ["{folder}/people.csv"],
    "fetch_models": ["--list"],
    "import_folder": ["{folder}/given"],
    "read_metadata": [],
    "recluster": ["--plan"],
    "reindex": ["--failed"],
    "restore": ["{folder}/nothing"],
    "sign_in_link": ["--url", "https://photos.example.org"],
    "start": ["--exit"],
}


def command(name: str) -> ReportingCommand:
    made = load_command_class(get_commands()[name], name)
    assert isinstance(made, ReportingCommand), f"{name} does not report as the others do"
    return made


def test_every_command_is_in_this_table() -> None:
    assert list(CALLS) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_help_has_examples_and_the_options_of_all(name: str) -> None:
    said = command(name).create_parser("bin/manage", name).format_help()
    _, _, examples = said.partition("\nexamples:\n")
    assert f"bin/manage {name}" in examples or f"bin/{name}" in examples
    assert "--json" in said
    assert "--no-progress" in said
    assert all(len(line) <= 110 for line in examples.splitlines())


@pytest.mark.parametrize("name", OURS)
def test_an_option_that_there_is_not_is_a_wrong_argument(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    made = command(name)
    vars(made)["_called_from_command_line"] = True
    parser = made.create_parser("bin/manage", name)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--no-such-option"])
    assert ended.value.code == Exit.WRONG_ARGUMENTS
    assert capsys.readouterr().out == ""


@pytest.fixture
def album(ada: User, tmp_path: Path, settings: Settings) -> Path:
    """A photo of Ada's with a face, and a folder to be taken in."""
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "data" / "run").mkdir(parents=True)
    given = tmp_path / "given"
    given.mkdir()
    (given / "page.jpg").write_bytes(b"<html>")
    ruby = ada.people.create(name="Ruby")
    face(whole_photo(ada, tmp_path / "one.jpg", 1), person=ruby)
    return tmp_path


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Committed, for a backup looks from another connection."""
    return User.objects.create_user("ada")


@pytest.mark.parametrize("name", [name for name in OURS if name not in {"restore", "start"}])
def test_with_json_there_is_one_object_and_nothing_else(
    name: str, album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    arguments = [word.format(folder=album) for word in CALLS[name]]
    call_command(name, *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found
    assert "error" not in found
    assert capsys.readouterr().out == ""


def test_a_failure_has_a_code_for_programs(album: Path) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("erase_person", "Nobody", "--json")
    assert failed.value.returncode == Exit.WRONG_ARGUMENTS
    assert getattr(failed.value, "code", "") == "not_there"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["start", "--port", "x", "--json"], Exit.WRONG_ARGUMENTS, "wrong_arguments"),
        (["recluster", "--json"], Exit.CANNOT_NOW, "database"),
    ],
)
def test_on_the_command_line_an_error_is_an_object_too(
    tmp_path: Path, arguments: list[str], code: Exit, error: str
) -> None:
    dropped = ("DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER", "CACHE_URL")
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *(word.format(tmp=tmp_path) for word in arguments)],
        env={
            **{key: value for key, value in os.environ.items() if key not in dropped},
            "TROMBINE_MODELS_DIR": str(settings.MODELS_DIR),
            "TROMBINE_DATA": str(tmp_path / "data"),
            "DATABASE_URL": "postgres://me@127.0.0.1:9/photos",
            "BROKER_URL": settings.CELERY_BROKER_URL.split("?")[0],
            "CACHE_URL": str(settings.CACHES["default"]["LOCATION"]),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    told = json.loads(done.stdout)
    assert told["error"]["code"] == error
    assert told["error"]["message"]
