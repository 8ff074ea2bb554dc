"""Accounts, models whose answers are known, and commands as they are called."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


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
