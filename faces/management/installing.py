"""Installation of models by commands, with progress."""

import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from tqdm import tqdm

from config.commands.reporting import unavailable
from faces.services.model_store.install import models_inspect, models_install
from faces.vision.weights.files import State
from faces.vision.weights.table import ModelFile, files_of


class InstallProgress:
    """Progress as a bar on a terminal, elsewhere as one line per step."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._bar: tqdm[Any] | None = None

    def phase(self, text: str) -> None:
        """Begin a step."""
        self.close()
        if self._silent:
            return
        if sys.stderr.isatty():
            self._bar = tqdm(desc=text, unit="B", unit_scale=True, leave=False)
        else:
            sys.stderr.write(f"{text}\n")

    def advance(self, done: int, total: int) -> None:
        """Show how many bytes of the step are done."""
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def models_fetch(models: list[ModelFile], *, silent: bool) -> tuple[list[ModelFile], list[Exception]]:
    """Install models, and return those that were not there, and the failures. Raises CommandFailure."""
    failures: list[Exception] = []
    progress = InstallProgress(silent=silent)
    try:
        installed = models_install(
            models=models,
            models_dir=settings.MODELS_DIR,
            local_folder=settings.MODELS_SOURCE,
            progress=progress,
            on_failure=lambda _model, error: failures.append(error),
        )
    except OSError as error:
        message = f"The models cannot be stored in {settings.MODELS_DIR}: {error.strerror or error}"
        raise unavailable(message, code="models_folder") from error
    finally:
        progress.close()
    return list(installed), failures


def missing_models_fetch(names: Iterable[str], *, silent: bool) -> None:
    """Install those models that are missing or damaged. Raises CommandFailure if one stays missing."""
    models = list(dict.fromkeys(model for name in names for model in files_of(name)))
    found = models_inspect(models, settings.MODELS_DIR)
    missing = [one.model for one in found if one.state is not State.INSTALLED]
    if not missing:
        return
    _installed, failures = models_fetch(missing, silent=silent)
    if failures:
        raise unavailable("\n".join(map(str, failures)), code="models")
