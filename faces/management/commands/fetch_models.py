"""Command `fetch_models`: installation of the models."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from config.commands.reporting import ReportingCommand, Result, failed, usage_error
from faces.management.installing import models_fetch
from faces.services.model_store.install import models_inspect, models_selected
from faces.vision.errors import UnknownModel
from faces.vision.weights.files import Inspection, State, record_read
from faces.vision.weights.table import ModelFile


class Command(ReportingCommand):
    help = (
        "Install and verify the models of faces and of the studio: by default those of the settings and "
        "the standard ones. Models that are installed already are not changed."
    )
    examples = """
  bin/manage fetch_models                  the default models, and those of the settings
  bin/manage fetch_models yunet sface128   these models
  bin/manage fetch_models --list           list all models, and which are installed
  bin/manage fetch_models --verify         compare every byte, install nothing
"""
    interrupted = "Interrupted. Complete models are saved: run it again to continue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="a model, as listed by --list")
        parser.add_argument("--all", action="store_true", help="all models")
        parser.add_argument("--list", action="store_true", help="list the models and install nothing")
        parser.add_argument("--verify", action="store_true", help="compare every byte and install nothing")

    def run(self, **options: Any) -> Result:
        names: list[str] = options["names"]
        everything = options["all"] or ((options["list"] or options["verify"]) and not names)
        defaults = [*(model.name for model in models_selected()), settings.DETECTOR, settings.EMBEDDER]
        try:
            models = models_selected(names=dict.fromkeys(names or defaults), everything=everything)
        except UnknownModel as error:
            raise usage_error(str(error), code="unknown_model") from error
        if options["list"]:
            return _list(models_inspect(models, settings.MODELS_DIR))
        if options["verify"]:
            found = models_inspect(models, settings.MODELS_DIR, thoroughly=True)
            if not names:  # other models need not be installed
                found = [
                    one for one in found if one.state is not State.MISSING or one.model.installed_by_default
                ]
            return _verify(found)
        return self._install(models, silent=options["no_progress"])

    def _install(self, models: list[ModelFile], *, silent: bool) -> Result:
        installed, failures = models_fetch(models, silent=silent)
        lines = []
        for model in installed:
            record = record_read(settings.MODELS_DIR / model.file)
            lines.append(f"installed {model.name}: {model.label} ({record.origin if record else '?'})")
        data = {"installed": [model.name for model in installed], "models": [model.name for model in models]}
        if failures:
            return Result(data, lines, failed("\n".join(map(str, failures)), code="not_installed"))
        return Result(data, lines or [f"installed already: {', '.join(model.name for model in models)}"])


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


def _list(inspections: Sequence[Inspection]) -> Result:
    lines = []
    for found in inspections:
        model = found.model
        used = "  (default)" if model.installed_by_default else ""
        lines.append(f"{model.name:<22}{found.state:<11}{model.purpose:<11}{model.label}{used}")
        megabytes = f"{model.size / 1e6:.1f} MB, " if model.size else ""
        lines.append(f"{'':<22}{megabytes}{model.source}; licence: {model.licence}")
    return Result({"models": [_row(found) for found in inspections]}, lines)


def _verify(inspections: Sequence[Inspection]) -> Result:
    lines = [f"{one.model.name:<22}{one.state}{': ' if one.found else ''}{one.found}" for one in inspections]
    data = {"models": [_row(one) for one in inspections]}
    if not (bad := sum(one.state is not State.INSTALLED for one in inspections)):
        return Result(data, lines)
    message = f"{bad} of them must be installed again: bin/manage fetch_models NAME"
    return Result(data, lines, failed(message, code="damaged"))
