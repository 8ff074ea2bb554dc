"""`bin/manage check` says which model is missing or damaged, and the command that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage

from faces.conf import face_settings
from faces.vision.model_files import State, inspect
from faces.vision.model_table import model_named


def models_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """The models that the settings name are installed and whole.

    An error and not a warning: another model in their place would give other faces and vectors that cannot be
    compared, and no model at all would let every photo fail. So commands that run the system checks stop
    here; `fetch_models` itself, `migrate` and the tests do not run it. Where models are not wanted (a
    machine that only serves pages), put faces.E001 into SILENCED_SYSTEM_CHECKS.

    It costs two `stat` calls and two small JSON files, unless the time of a file has changed since: then its
    digest is compared. `fetch_models --verify` always compares it.
    """
    wanted = face_settings()
    messages: list[CheckMessage] = []
    for name in (wanted.detector, wanted.embedder):
        inspection = inspect(model_named(name), wanted.models_dir)
        hint = f"Run: bin/manage fetch_models {name}"
        match inspection.state:
            case State.MISSING:
                problem = f"The model {name} is not installed: {inspection.path} does not exist."
                messages.append(checks.Error(problem, hint=hint, id="faces.E001"))
            case State.DAMAGED:
                problem = f"The model {name} is damaged: {inspection.path}: {inspection.found}."
                messages.append(checks.Error(problem, hint=hint, id="faces.E002"))
            case State.INSTALLED:
                pass
    return messages


def register_checks() -> None:
    """Called from the app's `ready`. `bin/manage check --tag models` runs this one alone."""
    checks.register(models_check, "models")
