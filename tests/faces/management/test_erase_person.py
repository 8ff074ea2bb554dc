"""bin/manage erase_person."""

import contextlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from config.commands.reporting import ReportingCommand
from faces.models import ErasureReceipt, Face, Person
from tests.faces.coloured import face
from tests.rows import image_rows

Refused = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def swept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sweeping is not possible within the transaction of a test."""
    done: list[str] = []

    def sweep(_command: ReportingCommand) -> tuple[dict[str, Any], list[str]]:
        done.append("swept")
        return {"swept": True, "backups": [], "left": []}, []

    monkeypatch.setattr("faces.management.commands.erase_person.sweep_now", sweep)
    return done


@pytest.fixture
def ruby(ada: User) -> Person:
    person = Person.objects.create(owner=ada, name="Ruby")
    for image in image_rows(ada, 2):
        face(image, person=person)
    return person


def test_a_person_is_erased_by_name_or_number_with_a_receipt(
    ruby: Person, ada: User, swept: list[str]
) -> None:
    emerald = Person.objects.create(owner=ada, name="Emerald")
    out = io.StringIO()
    call_command("erase_person", "ruby", "--yes", "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert (result["faces"], result["photos"], result["erased"]["faces"]) == (2, 2, 2)
    assert ErasureReceipt.objects.get().pk == result["receipt"]
    assert not Face.objects.exists()
    call_command("erase_person", str(emerald.pk), "--yes", stdout=out)
    assert not Person.objects.exists()
    assert swept == ["swept", "swept"]


def test_without_a_terminal_nothing_is_erased(ruby: Person, refused: Refused) -> None:
    code, message = refused("erase_person", "Ruby")
    assert (code, "--yes" in message) == (2, True)
    assert Person.objects.get() == ruby


@pytest.mark.parametrize(("answer", "left"), [("erase\n", 0), ("yes\n", 1), ("", 1)])
def test_at_a_terminal_it_asks_and_only_the_word_goes_on(
    ruby: Person, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    prompt = io.StringIO()
    stopped = pytest.raises(CommandError, match="Nothing was erased")
    goes_on = contextlib.nullcontext() if left == 0 else stopped
    with goes_on:
        call_command("erase_person", "Ruby", stdout=io.StringIO(), stderr=prompt)
    assert "2 faces in 2 photos" in prompt.getvalue()
    assert Person.objects.count() == left


def test_whom_it_cannot_tell_it_does_not_erase(
    ruby: Person, ada: User, grace: User, refused: Refused
) -> None:
    other = Person.objects.create(owner=ada, name="Ruby")
    theirs = Person.objects.create(owner=grace, name="Pearl")
    code, message = refused("erase_person", "Ruby", "--yes", "--owner", "ada")
    assert code == 2
    assert f"{ruby.pk}, {other.pk}" in message
    for wanted in ("Pearl", theirs.pk):
        assert refused("erase_person", wanted, "--yes", "--owner", "ada")[0] == 2
    assert Person.objects.count() == 3
