"""Accounts, models whose answers are known, and commands as they are called."""

from collections.abc import Callable, Iterator
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from faces import runtime
from tests.faces.coloured import ColourDetector, ColourEmbedder


@pytest.fixture
def ada(db: None) -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def grace(db: None) -> User:
    return User.objects.create_user("grace")


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> Iterator[ColourDetector]:
    made = ColourDetector()
    monkeypatch.setattr(runtime, "open_detector", lambda _wanted: made)
    monkeypatch.setattr(runtime, "open_embedder", lambda _wanted: ColourEmbedder())
    runtime.reset()
    yield made
    runtime.reset()


@pytest.fixture
def call() -> Callable[..., str]:
    """Call a command; what it says."""

    def run(name: str, *arguments: object) -> str:
        out = StringIO()
        call_command(name, *map(str, arguments), stdout=out)
        return out.getvalue()

    return run


@pytest.fixture
def refused(call: Callable[..., str]) -> Callable[..., tuple[int, str]]:
    """Call a command that must fail; its exit code and message."""

    def run(name: str, *arguments: object) -> tuple[int, str]:
        with pytest.raises(CommandError) as error:
            call(name, *arguments)
        return error.value.returncode, str(error.value)

    return run
