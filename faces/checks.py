"""`bin/manage check` says which model is missing or damaged, and the command that mends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.db import connection

from faces.conf import face_settings
from faces.models import OwnerModels
from faces.vision.errors import UnknownModel
from faces.vision.weights.files import State, inspect
from faces.vision.weights.table import model_named


def models_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """The models that the settings name are installed and whole.

    An error and not a warning: another model in their place would give other faces and vectors that cannot be
    compared, and no model at all would let every photo fail. So commands that run the system checks stop
    here; `fetch_models` itself and the tests do not run it. Where models are not wanted (a machine that only
    serves pages), put faces.E001 into SILENCED_SYSTEM_CHECKS.

    It costs two `stat` calls and two small JSON files, unless the time of a file has changed since: then its
    digest is compared. `fetch_models --verify` always compares it.
    """
    wanted = face_settings()
    return _problems((wanted.detector, wanted.embedder))


def owner_models_check(*, databases: Collection[str] | None = None, **_kwargs: Any) -> Sequence[CheckMessage]:
    """So are the models with which some owner's faces were found and compared, whatever the settings say now.

    They stand in the database, so this runs where the database is asked for: `check --database default`, and
    `bin/start`. The message's object is the model's name.
    """
    table = OwnerModels._meta.db_table  # noqa: SLF001 - Django's documented way to a table's name
    if not databases or table not in connection.introspection.table_names():
        return []  # the tables are yet to be made
    configured = face_settings()
    used = {name for pair in OwnerModels.objects.values_list("detector", "embedder") for name in pair}
    return _problems(sorted(used - {configured.detector, configured.embedder}))


def _problems(names: Iterable[str]) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    for name in names:
        try:
            model = model_named(name)
        except UnknownModel as error:
            messages.append(checks.Error(str(error), hint="Update Trombine.", obj=name, id="faces.E003"))
            continue
        inspection = inspect(model, face_settings().models_dir)
        hint = f"Run: bin/manage fetch_models {name}"
        match inspection.state:
            case State.MISSING:
                problem = f"The model {name} is not installed: {inspection.path} does not exist."
                messages.append(checks.Error(problem, hint=hint, obj=name, id="faces.E001"))
            case State.DAMAGED:
                problem = f"The model {name} is damaged: {inspection.path}: {inspection.found}."
                messages.append(checks.Error(problem, hint=hint, obj=name, id="faces.E002"))
            case State.INSTALLED:
                pass
    return messages


def register_checks() -> None:
    """Called from the app's `ready`. `bin/manage check --tag models` runs the first one alone."""
    checks.register(models_check, "models")
    checks.register(owner_models_check, "models", checks.Tags.database)
