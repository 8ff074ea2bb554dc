"""Properties of all commands: examples in the help, JSON output, exit codes."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command, get_commands, load_command_class
from pytest_django import Settings

from config.commands.reporting import Exit, ReportingCommand
from tests.albums.photos import whole_photo
from tests.command_process import broker_environment, command_run
from tests.faces.coloured import face

OURS = sorted(
    name for name, app in get_commands().items() if app in {"albums", "faces"} and name != "makemessages"
)

# Arguments of each command that give a result; {folder} is a folder to write to or read from.
CALLS: dict[str, list[str]] = {
    "backup": ["{folder}/backup"],
    "check_integrity": ["--quick"],
    "erase_person": ["Ruby", "--yes"],
    "export_people": ["{folder}/people.csv"],
    "fetch_models": ["--list"],
    "hash_photos": [],
    "import_folder": ["{folder}/photos"],
    "read_metadata": [],
    "recluster": ["--plan"],
    "reindex": ["--failed"],
    "restore": ["{folder}/nothing"],
    "sign_in_link": ["--url", "https://photos.example.org"],
    "start": ["--exit"],
    "sweep_erased": [],
    "train_verifier": ["{folder}/people"],
    "upgrade_database": [],
}


def command(name: str) -> ReportingCommand:
    loaded = load_command_class(get_commands()[name], name)
    assert isinstance(loaded, ReportingCommand), f"{name} is no ReportingCommand"
    return loaded


def test_every_command_is_in_this_table() -> None:
    assert list(CALLS) == OURS


@pytest.mark.parametrize("name", OURS)
def test_the_help_has_examples_and_the_common_options(name: str) -> None:
    text = command(name).create_parser("bin/manage", name).format_help()
    _, _, examples = text.partition("\nexamples:\n")
    assert f"bin/manage {name}" in examples or f"bin/{name}" in examples
    assert "--json" in text
    assert "--no-progress" in text
    assert all(len(line) <= 110 for line in examples.splitlines())


@pytest.mark.parametrize("name", OURS)
def test_an_unknown_option_is_a_usage_error(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    loaded = command(name)
    vars(loaded)["_called_from_command_line"] = True
    parser = loaded.create_parser("bin/manage", name)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--no-such-option"])
    assert ended.value.code == Exit.USAGE
    assert capsys.readouterr().out == ""


@pytest.fixture
def album(ada: User, tmp_path: Path, settings: Settings) -> Path:
    """A photo of Ada's with a face, and a folder to import."""
    settings.DATA_DIR = tmp_path / "data"
    (tmp_path / "data" / "run").mkdir(parents=True)
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "page.jpg").write_bytes(b"<html>")
    ruby = ada.people.create(name="Ruby")
    face(whole_photo(ada, tmp_path / "one.jpg", 1), person=ruby)
    return tmp_path


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Committed, because a backup uses another connection."""
    return User.objects.create_user("ada")


@pytest.mark.parametrize("name", sorted({*OURS} - {"restore", "start", "train_verifier", "upgrade_database"}))
def test_json_output_is_one_object_and_nothing_else(
    name: str, album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = io.StringIO()
    arguments = [word.format(folder=album) for word in CALLS[name]]
    call_command(name, *arguments, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found
    assert "error" not in found
    assert capsys.readouterr().out == ""


def test_a_failure_has_a_code_for_scripts(album: Path) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("erase_person", "Nobody", "--json")
    assert failed.value.returncode == Exit.USAGE
    assert getattr(failed.value, "code", "") == "not_there"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["start", "--port", "x", "--json"], Exit.USAGE, "wrong_arguments"),
        (["recluster", "--json"], Exit.UNAVAILABLE, "database"),
    ],
)
def test_json_output_of_an_error_is_an_object(
    tmp_path: Path, arguments: list[str], code: Exit, error: str
) -> None:
    database = "postgres://me@127.0.0.1:9/photos"
    done = command_run(*arguments, data_dir=tmp_path / "data", DATABASE_URL=database, **broker_environment())
    assert done.returncode == code, done.stderr
    output = json.loads(done.stdout)
    assert output["error"]["code"] == error
    assert output["error"]["message"]
