"""The list of keys is that of the scripts: none is missing, and none is gone."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from albums.keyboard import SHORTCUTS
from faces.services.reviewing.evidence import Question
from faces.services.reviewing.kinds import Kind
from faces.views import review

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"


def _listed(name: str) -> set[str]:
    group = next(one for one in SHORTCUTS if one.name == name)
    keys = [key for one in group.shortcuts for key in one.keys]
    return {key.split("+")[-1] if len(key) > 1 else key for key in keys}


def _table(script: str, name: str) -> set[str]:
    """Return the keys of an object in a script."""
    code = (SCRIPTS / script).read_text()
    found = re.search(rf"const {name} = {{\n(.*?)\n}};", code, re.DOTALL)
    assert found
    return {quoted or plain for quoted, plain in re.findall(r'^  (?:"(.)"|(\w+)): ', found[1], re.MULTILINE)}


@pytest.mark.parametrize(
    ("group", "script", "name", "others"),
    [
        # A dialog closes by itself, and app.js closes menus.
        ("everywhere", "keyboard.js", "ACTIONS", {"Escape"}),
        ("viewer", "viewer.js", "KEYS", set()),
        # A link of the page with data-key.
        ("slideshow", "slideshow.js", "keys", {"Escape"}),
    ],
)
def test_the_keys_in_a_table_of_a_script_are_listed(
    group: str, script: str, name: str, others: set[str]
) -> None:
    assert _listed(group) == _table(script, name) | others


@pytest.mark.parametrize(
    ("group", "scripts", "others"),
    [
        ("grid", ["selection-keys.js", "favourites.js", "zoom.js"], {"Enter"}),
        ("search", ["search.js"], set()),
    ],
)
def test_the_keys_that_scripts_compare_are_listed(group: str, scripts: list[str], others: set[str]) -> None:
    code = "".join((SCRIPTS / script).read_text() for script in scripts)
    used = set(re.findall(r'\.key(?:\.toLowerCase\(\))? [!=]== "([^"]+)"', code))
    used |= set(re.findall(r"\b(Arrow\w+): -?1", code))
    # Both only close the list of suggestions.
    assert _listed(group) == (used | others) - ({"Tab", "Escape"} if group == "search" else set())


def test_the_keys_of_all_questions_are_listed() -> None:
    code = (SCRIPTS / "review.js").read_text()
    used = set(re.findall(r'key === "(\w)"', code))
    for kind in Kind:
        question = cast("Question", SimpleNamespace(kind=kind, sides=(), settles=1, name=""))
        for choice in review.choices(question):
            used |= {choice.key, choice.arrow}
    # The numbers are those of the faces.
    assert used - {""} == _listed("review") - {"1", "2", "3"}


def test_the_list_is_a_page_and_a_dialog(client: Client, ada: User) -> None:
    client.force_login(ada)
    page = client.get("/keys/")
    assert page.templates[0].name == "keys.html"
    dialog = client.get("/keys/", headers={"X-Requested-With": "XMLHttpRequest"})
    assert dialog.templates[0].name == "_keys.html"
    assert "<kbd>Ctrl</kbd>+<kbd>A</kbd>" in dialog.content.decode()
