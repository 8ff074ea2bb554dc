"""Install the models: the default ones, or those that are named."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from tqdm import tqdm

from config.commands.reporting import Outcome, ReportingCommand, cannot, problem, wrong
from faces.services.model_store.install import models_chosen, models_inspect, models_install
from faces.vision.errors import UnknownModel
from faces.vision.weights.files import Inspection, State, record_read
from faces.vision.weights.table import ModelFile


class Command(ReportingCommand):
    """The installer on the command line: what it does is in `faces.services.model_store.install`."""

    help = (
        "Install the models that find and recognise faces, and check that they are whole. Without names: the "
        "ones that are used by default and by the settings. What is installed already is left alone."
    )
    examples = """
  bin/manage fetch_models                  the default models, and those that the settings name
  bin/manage fetch_models yunet sface128   these
  bin/manage fetch_models --list           all there are, and which are installed
  bin/manage fetch_models --verify         compare every byte, install nothing
"""
    interrupted = "Stopped. What was complete is kept: run it again to go on."
    # The check for models would say that they are missing, which is why one runs this.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="a model's name, as --list shows it")
        parser.add_argument("--all", action="store_true", help="every model in the table")
        parser.add_argument("--list", action="store_true", help="show the table and install nothing")
        parser.add_argument("--verify", action="store_true", help="compare every byte and install nothing")

    def work(self, **options: Any) -> Outcome:
        """List, verify or install."""
        names: list[str] = options["names"]
        try:
            if options["list"] or (options["verify"] and not names):
                models = models_chosen(names=names, everything=not names)
            else:
                # A person who has chosen another detector wants it installed, too.
                chosen = names or [model.name for model in models_chosen()] + [
                    settings.DETECTOR,
                    settings.EMBEDDER,
                ]
                models = models_chosen(names=dict.fromkeys(chosen), everything=options["all"])
        except UnknownModel as error:
            raise wrong(str(error), code="unknown_model") from error
        if options["list"]:
            return _listed(models_inspect(models, settings.MODELS_DIR))
        if options["verify"]:
            found = models_inspect(models, settings.MODELS_DIR, thoroughly=True)
            return _verified(
                [one for one in found if one.state is not State.MISSING or _wanted(one, named=bool(names))]
            )
        return self._install(models, silent=options["no_progress"])

    def _install(self, models: list[ModelFile], *, silent: bool) -> Outcome:
        failures: list[Exception] = []
        progress = _Bars(terminal=sys.stderr.isatty(), silent=silent)
        try:
            installed = models_install(
                models=models,
                models_dir=settings.MODELS_DIR,
                local_folder=settings.MODELS_SOURCE,
                progress=progress,
                on_failure=lambda _model, error: failures.append(error),
            )
        except OSError as error:
            folder = settings.MODELS_DIR
            reason = f"The models cannot be kept in {folder}: {error.strerror or error}"
            raise cannot(reason, code="models_folder") from error
        finally:
            progress.close()
        lines = []
        for model in installed:
            record = record_read(settings.MODELS_DIR / model.file)
            lines.append(f"installed {model.name}: {model.label} ({record.origin if record else '?'})")
        data = {"installed": [model.name for model in installed], "models": [model.name for model in models]}
        if failures:
            said = "\n".join(str(error) for error in failures)
            return Outcome(data, lines, problem(said, code="not_installed"))
        return Outcome(data, lines or [f"all there: {', '.join(model.name for model in models)}"])


def _wanted(found: Inspection, *, named: bool) -> bool:
    return named or found.model.installed_by_default


def _row(found: Inspection) -> dict[str, Any]:
    model = found.model
    return {
        "name": model.name,
        "state": str(found.state),
        "found": found.found,
        "purpose": str(model.purpose),
        "default": model.installed_by_default,
        "bytes": model.size,
        "licence": model.licence,
    }


def _listed(inspections: Sequence[Inspection]) -> Outcome:
    lines = []
    for found in inspections:
        model = found.model
        used = "  (default)" if model.installed_by_default else ""
        lines.append(f"{model.name:<22}{found.state:<11}{model.purpose:<11}{model.label}{used}")
        source = model.wheel.requirement if model.wheel else f"downloaded by {model.publisher}"
        megabytes = f"{model.size / 1e6:.1f} MB, " if model.size else ""
        lines.append(f"{'':<22}{megabytes}{source}; licence: {model.licence}")
    return Outcome({"models": [_row(found) for found in inspections]}, lines)


def _verified(inspections: Sequence[Inspection]) -> Outcome:
    lines = [
        f"{found.model.name:<22}{found.state}{': ' if found.found else ''}{found.found}"
        for found in inspections
    ]
    data = {"models": [_row(found) for found in inspections]}
    bad = sum(found.state is not State.INSTALLED for found in inspections)
    if not bad:
        return Outcome(data, lines)
    said = f"{bad} of them must be installed again: bin/manage fetch_models NAME"
    return Outcome(data, lines, problem(said, code="damaged"))


class _Bars:
    """Progress on a terminal as a bar, anywhere else as one line a step."""

    def __init__(self, *, terminal: bool, silent: bool) -> None:
        self._terminal, self._silent = terminal, silent
        self._text = ""
        self._bar: tqdm[Any] | None = None

    def phase(self, text: str) -> None:
        self.close()
        self._text = text
        if self._silent:
            return
        if self._terminal:
            # Not every step can tell how far it is: until one does, its name is all that is shown.
            self._bar = tqdm(desc=text, bar_format="{desc} …", leave=False)
        else:
            sys.stderr.write(f"{text}\n")

    def advance(self, done: int, total: int) -> None:
        if self._bar is None:
            return
        if self._bar.total != total:
            self._bar.close()
            self._bar = tqdm(desc=self._text, total=total, unit="B", unit_scale=True, leave=False)
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
