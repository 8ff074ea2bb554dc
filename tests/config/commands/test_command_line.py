"""Commands that start the services, and the option of the data folder."""

import os

import pytest

from config.commands import command_line


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["migrate"], True),
        (["import_folder", "x"], True),
        (["shell"], True),
        (["check"], True),
        (["start"], False),
        (["fetch_models"], False),
        (["migrate", "--help"], False),
        (["--version"], False),
        ([], False),
    ],
)
def test_services_run_for_commands_that_use_the_database(arguments: list[str], needed: bool) -> None:
    assert command_line.needs_services(arguments) is needed


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [(["recluster"], True), (["createsuperuser"], True), (["migrate"], False), (["check"], False)],
)
def test_commands_that_use_rows_need_current_tables(arguments: list[str], needed: bool) -> None:
    assert command_line.needs_migrations(arguments) is needed


@pytest.mark.parametrize(
    ("arguments", "level"),
    [(["recluster"], "WARNING"), (["reindex", "--plan"], "WARNING"), (["start"], None)],
)
def test_a_command_with_a_result_logs_warnings_only(
    arguments: list[str], level: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TROMBINE_LOG_LEVEL", raising=False)
    command_line.set_log_level(arguments)
    assert os.environ.pop("TROMBINE_LOG_LEVEL", None) == level
    monkeypatch.setenv("TROMBINE_LOG_LEVEL", "DEBUG")
    command_line.set_log_level(arguments)
    assert os.environ["TROMBINE_LOG_LEVEL"] == "DEBUG", "as the environment says"


@pytest.mark.parametrize("arguments", [["start", "--data", "/srv/x"], ["start", "photos", "--data=/srv/x"]])
def test_the_data_option_is_read_before_the_settings(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROMBINE_DATA", "/elsewhere")
    command_line.apply_data_option(arguments)
    assert os.environ["TROMBINE_DATA"] == "/srv/x"
