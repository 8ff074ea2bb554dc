"""The documentation agrees with the code: settings, commands, exit codes, models, metrics and links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import BaseCommand, get_commands, load_command_class
from django.test import RequestFactory
from PIL import Image
from prometheus_client.parser import text_string_to_metric_families

from config.commands.reporting import Exit
from config.observability.metrics import metrics
from config.version import version
from faces.vision.weights.table import MODELS

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("benchmarks/*.md")])
TREE = {"albums", "api", "benchmarks", "bin", "config", "docs", "faces", "templates", "tests"}
COMMON_OPTIONS = {"--owner", "--json", "--no-progress"}


def table_rows(page: str) -> dict[str, str]:
    """Return the rows of all tables of a page, by each code name in their first cell."""
    rows = {}
    for line in (DOCS / page).read_text().splitlines():
        if re.match(r"\| (`|\d+ \|)", line):
            first = re.split(r"(?<!\\)\|", line)[1]
            for name in re.findall(r"`([^`]+)`", first) or [first.strip()]:
                rows[name] = line
    return rows


def variables() -> Iterator[tuple[str, str]]:
    """Yield the variables that the settings read, each with its default if that is a literal number."""
    kinds = {"text", "flag", "number", "choice", "listing", "folder", "url"}
    kinds |= {"time_zone", "web_address", "origins", "tiles"}
    for file in [ROOT / "config" / "env.py", *(ROOT / "config" / "settings").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in kinds and isinstance(node.args[0], ast.Constant):
                default = node.args[1] if len(node.args) > 1 else None
                literal = isinstance(default, ast.Constant) and isinstance(default.value, int | float)
                yield str(node.args[0].value), f"{default.value:g}" if literal else ""  # type: ignore[union-attr]


def options_of(app: str, command: str) -> set[str]:
    """Return the options of a command that are not Django's."""
    parser = load_command_class(app, command).create_parser("bin/manage", command)
    django = set(BaseCommand().create_parser("bin/manage", command)._option_string_actions)
    return {option for option in parser._option_string_actions if option.startswith("--")} - django


def test_every_variable_of_the_settings_is_documented_with_its_default() -> None:
    documented = table_rows("settings.md")
    api = {f"TROMBINE_API_{kind}" for kind in ("READ", "WRITE", "UPLOAD", "FACES", "FRAMES", "VISITOR")}
    others = {"PYTHON", "PROMETHEUS_MULTIPROC_DIR"}
    read = dict(variables())
    assert set(documented) == set(read) | api | others
    for name, default in read.items():
        assert f"| {default}" in documented[name], name


def test_every_command_is_documented_with_its_options() -> None:
    rows = {name.split()[0]: row for name, row in table_rows("commands.md").items()}
    for name, app in get_commands().items():
        if app not in {"albums", "faces"} or name in {"makemessages", "start"}:
            continue
        for option in options_of(app, name) - COMMON_OPTIONS:
            assert option in rows[name], f"{name} {option}"


def test_the_options_of_start_are_documented() -> None:
    text = (DOCS / "commands.md").read_text().split("## bin/manage")[0]
    for option in options_of("albums", "start"):
        assert f"`{option}" in text, option
        assert option in (ROOT / "bin" / "start").read_text(), option


def test_every_exit_code_is_documented() -> None:
    documented = {int(code) for code in table_rows("commands.md") if code.isdecimal()}
    assert documented == {int(code) for code in Exit}


def test_every_detector_and_embedder_is_documented() -> None:
    rows = table_rows("models.md")
    models = {model.name: model for model in MODELS}
    assert set(rows) == set(models)
    for name, model in models.items():
        assert model.licence in rows[name]
        assert model.purpose.value in rows[name]
        assert ("| yes |" in rows[name]) == model.installed_by_default
        assert f"{model.source} |" in rows[name]
        if model.size:
            assert f"{model.size / 1e6:.1f} MB" in rows[name]


def test_every_queue_is_documented() -> None:
    assert set(settings.QUEUES) <= set(table_rows("scaling.md"))
    assert f" -Q {','.join(settings.QUEUES)} " in (DOCS / "scaling.md").read_text()


@pytest.mark.django_db
def test_every_metric_is_documented() -> None:
    text = metrics(RequestFactory().get("/metrics", REMOTE_ADDR="127.0.0.1")).content.decode()
    families = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(text)
    }
    own = {name for name in families if name.startswith("trombine_")}
    assert own == {name for name in table_rows("monitoring.md") if name.startswith("trombine_")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_pictures_are_small(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if target.startswith(("http://", "https://")):
            continue
        file = page.parent / target
        assert file.exists(), target
        if file.suffix in {".png", ".webp"}:
            assert file.stat().st_size < 300_000
            with Image.open(file) as picture:
                assert picture.width >= 600


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_in_the_text_exist(page: Path) -> None:
    for path in re.findall(r"`((?:[\w.]+/)+\w*(?:\.(?:py|md|toml))?)`", page.read_text()):
        if path.split("/")[0] in TREE and "NAME" not in path:
            assert (ROOT / path).exists(), path


def test_names_in_the_guide_for_contributors_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    names = set(re.findall(r"`(\w*(?:[a-z]_[a-z]|[a-z][A-Z]|[A-Z]_[A-Z])\w*)(?:\(\W*\w*\))?`", text))
    source = "\n".join(
        file.read_text()
        for folder in ("albums", "api", "config", "faces", "tests", "bin")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".sh", ""} and file.is_file()
    )
    words = set(re.findall(r"\w+", source))
    assert len(names) > 20
    assert sorted(name for name in names - words if name != "entity_action") == []


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    for page in DOCS.glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index


def test_the_changelog_has_the_version() -> None:
    released = re.findall(
        r"^## \[([\d.]+)\] - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert released[0] == version()
