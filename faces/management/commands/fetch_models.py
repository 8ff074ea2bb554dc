"""Install the models: the default ones, or those that are named."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from faces.services.models import models_chosen, models_inspect, models_install
from faces.vision.errors import UnknownModel
from faces.vision.model_files import Inspection, State, record_read
from faces.vision.model_table import ModelFile


class Command(BaseCommand):
    """The installer on the command line: what it does is in `faces.services.models`."""

    help = (
        "Install the models that find and recognise faces, and check that they are whole. Without names: the "
        "ones that are used by default and by the settings. What is installed already is left alone."
    )
    # The check for models would say that they are missing, which is why one runs this.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="a model's name, as --list shows it")
        parser.add_argument("--all", action="store_true", help="every model in the table")
        parser.add_argument("--list", action="store_true", help="show the table and install nothing")
        parser.add_argument("--verify", action="store_true", help="compare every byte and install nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
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
            raise CommandError(str(error)) from error
        if options["list"]:
            self._list(models_inspect(models, settings.MODELS_DIR))
        elif options["verify"]:
            self._verify(models_inspect(models, settings.MODELS_DIR, thoroughly=True), named=bool(names))
        else:
            self._install(models)

    def _install(self, models: list[ModelFile]) -> None:
        failures: list[Exception] = []
        progress = _Bars(sys.stderr.isatty())
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
            raise CommandError(f"The models cannot be kept in {folder}: {error.strerror or error}") from error
        except KeyboardInterrupt as stop:
            message = "Stopped. What was complete is kept: run it again to go on."
            raise CommandError(message, returncode=130) from stop
        finally:
            progress.close()
        for model in installed:
            record = record_read(settings.MODELS_DIR / model.file)
            self.stdout.write(f"installed {model.name}: {model.label} ({record.origin if record else '?'})")
        if failures:
            raise CommandError("\n".join(str(error) for error in failures))
        if not installed:
            self.stdout.write(f"all there: {', '.join(model.name for model in models)}")

    def _list(self, inspections: Iterable[Inspection]) -> None:
        for found in inspections:
            model = found.model
            used = "  (default)" if model.installed_by_default else ""
            self.stdout.write(f"{model.name:<22}{found.state:<11}{model.purpose:<11}{model.label}{used}")
            source = model.wheel.requirement if model.wheel else f"downloaded by {model.publisher}"
            megabytes = f"{model.size / 1e6:.1f} MB, " if model.size else ""
            self.stdout.write(f"{'':<22}{megabytes}{source}; licence: {model.licence}")

    def _verify(self, inspections: Iterable[Inspection], *, named: bool) -> None:
        bad = 0
        for found in inspections:
            if found.state is State.MISSING and not (named or found.model.installed_by_default):
                continue
            bad += found.state is not State.INSTALLED
            self.stdout.write(
                f"{found.model.name:<22}{found.state}{': ' if found.found else ''}{found.found}"
            )
        if bad:
            raise CommandError(f"{bad} of them must be installed again: bin/manage fetch_models NAME")


class _Bars:
    """Progress on a terminal as a bar, anywhere else as one line a step."""

    def __init__(self, terminal: bool) -> None:  # noqa: FBT001  (private, and named at its only call)
        self._terminal = terminal
        self._text = ""
        self._bar: tqdm[Any] | None = None

    def phase(self, text: str) -> None:
        self.close()
        self._text = text
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
