"""Readers of environment variables."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

NAME = "TROMBINE_TEST"


@pytest.fixture
def variable(monkeypatch: pytest.MonkeyPatch):
    return lambda value: monkeypatch.setenv(NAME, value)


@pytest.mark.parametrize("value", ["1", "true", "YES", "On"])
def test_a_flag_has_several_true_values(variable, value: str) -> None:
    variable(value)
    assert env.flag(NAME) is True


def test_an_empty_variable_counts_as_unset(variable) -> None:
    variable("  ")
    assert env.flag(NAME) is False
    assert env.number(NAME, 3, minimum=1, maximum=9) == 3
    assert env.text(NAME) == ""
    assert env.folder(NAME, Path("/x")) == Path("/x")


@pytest.mark.parametrize(
    ("read", "value", "legal"),
    [
        (lambda: env.flag(NAME), "maybe", "yes, on or 0"),
        (lambda: env.number(NAME, 1, minimum=1, maximum=8), "many", "a whole number from 1 to 8"),
        (lambda: env.number(NAME, 1, minimum=1, maximum=8), "9", "a whole number from 1 to 8"),
        (lambda: env.number(NAME, 1.0, minimum=0.0, maximum=2.0), "nan", "a number from 0.0 to 2.0"),
        (lambda: env.choice(NAME, "a", legal=("a", "b")), "c", "a, b"),
        (lambda: env.folder(NAME), __file__, "a folder"),
    ],
    ids=["flag", "word for a number", "out of range", "not a number", "choice", "file for a folder"],
)
def test_an_error_names_the_variable_its_value_and_the_legal_values(variable, read, value, legal) -> None:
    variable(value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert NAME in str(caught.value)
    assert value in str(caught.value)
    assert legal in str(caught.value)


def test_an_invalid_url_is_rejected_without_its_password(variable) -> None:
    variable("mysql://me:secret@host/db")
    with pytest.raises(ImproperlyConfigured, match=r"TROMBINE_TEST.*'mysql'.*postgres://") as caught:
        env.url(NAME, schemes=env.DATABASE_SCHEMES)
    assert "secret" not in str(caught.value)


def test_lists_are_split_at_commas(variable) -> None:
    variable(" a, b ,,c")
    assert env.listing(NAME) == ["a", "b", "c"]


def test_a_folder_is_made_absolute_and_home_is_expanded(variable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    variable("~/photos")
    assert env.folder(NAME) == Path("/home/ada/photos")


def test_debug_selects_the_development_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TROMBINE_DEBUG", raising=False)
    assert env.settings_module() == "config.settings.production"
    monkeypatch.setenv("TROMBINE_DEBUG", "1")
    assert env.settings_module() == "config.settings.development"


@pytest.mark.parametrize(
    "value", ["https://photos.example.org", "http://[::1]:8000", "https://example.org/a/b"]
)
def test_a_web_address_has_no_slash_at_its_end(variable, value: str) -> None:
    for written in (value, f"{value}/"):
        variable(written)
        assert env.web_address(NAME) == value


@pytest.mark.parametrize(
    "value",
    ["photos.example.org", "ftp://example.org", "https://", "https://a/?b", "https://a:b@c", "https://["],
)
def test_what_is_no_web_address_is_rejected(variable, value: str) -> None:
    variable(value)
    for read in (env.web_address, env.origins):
        with pytest.raises(ImproperlyConfigured, match=r"TROMBINE_TEST.*https://photos\.example\.org"):
            read(NAME)


def test_origins_have_no_path(variable) -> None:
    variable("https://a.example, http://b.example:8443/")
    assert env.origins(NAME) == ["https://a.example", "http://b.example:8443"]
    variable("https://a.example/photos")
    with pytest.raises(ImproperlyConfigured, match="separated by commas"):
        env.origins(NAME)
