"""Readers of the environment."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env

NAME = "TROMBINE_TRIED"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    return lambda value: monkeypatch.setenv(NAME, value)


@pytest.mark.parametrize("value", ["1", "true", "YES", "On"])
def test_a_flag_is_true_in_several_words(given, value: str) -> None:
    given(value)
    assert env.flag(NAME) is True


def test_an_empty_variable_counts_as_unset(given) -> None:
    given("  ")
    assert env.flag(NAME, default=True) is True
    assert env.integer(NAME, 3, minimum=1, maximum=9) == 3
    assert env.text(NAME) is None
    assert env.folder(NAME, Path("/x")) == Path("/x")


@pytest.mark.parametrize(
    ("read", "value", "legal"),
    [
        (lambda: env.flag(NAME), "maybe", "yes, on or 0"),
        (lambda: env.integer(NAME, 1, minimum=1, maximum=8), "many", "a whole number from 1 to 8"),
        (lambda: env.integer(NAME, 1, minimum=1, maximum=8), "9", "a whole number from 1 to 8"),
        (lambda: env.decimal(NAME, 1.0, minimum=0.0, maximum=2.0), "nan", "a number from 0.0 to 2.0"),
        (lambda: env.choice(NAME, "a", legal=("a", "b")), "c", "a, b"),
        (lambda: env.folder(NAME), __file__, "a folder"),
    ],
    ids=["flag", "word for a number", "out of range", "not a number", "choice", "file for a folder"],
)
def test_a_wrong_value_is_named_with_the_variable_and_the_legal_values(given, read, value, legal) -> None:
    given(value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert NAME in str(caught.value)
    assert value in str(caught.value)
    assert legal in str(caught.value)


def test_a_wrong_address_is_refused_without_showing_its_password(given) -> None:
    given("mysql://me:secret@host/db")
    with pytest.raises(ImproperlyConfigured, match=r"TROMBINE_TRIED.*'mysql'.*postgres://") as caught:
        env.url(NAME, schemes=env.DATABASE_SCHEMES)
    assert "secret" not in str(caught.value)


def test_lists_are_split_at_commas(given) -> None:
    given(" a, b ,,c")
    assert env.listing(NAME) == ["a", "b", "c"]


def test_a_folder_is_made_absolute_and_home_is_expanded(given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    given("~/photos")
    assert env.folder(NAME) == Path("/home/ada/photos")


def test_debug_chooses_the_development_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TROMBINE_DEBUG", raising=False)
    assert env.settings_module() == "config.settings.production"
    monkeypatch.setenv("TROMBINE_DEBUG", "1")
    assert env.settings_module() == "config.settings.development"
