"""Which commands bring the services up, and where the data folder comes from."""

import os

import pytest

from config import command_line


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
def test_services_run_for_what_works_on_the_database(arguments: list[str], needed: bool) -> None:
    assert command_line.needs_services(arguments) is needed


@pytest.mark.parametrize("arguments", [["start", "--data", "/srv/x"], ["start", "photos", "--data=/srv/x"]])
def test_the_data_option_is_read_before_the_settings(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROMBINE_DATA", "/elsewhere")
    command_line.take_data_option(arguments)
    assert os.environ["TROMBINE_DATA"] == "/srv/x"
