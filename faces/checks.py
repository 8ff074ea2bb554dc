"""System checks of the models: `bin/manage check` names missing or damaged ones and the remedy."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage
from django.db import ProgrammingError, connection, transaction

from faces.conf import face_settings
from faces.models import FaceRecognition, OwnerModels
from faces.services.attributes.consent import attributes_available
from faces.vision.errors import UnknownModel
from faces.vision.weights.age_gender_check import NAME as AGE_GENDER
from faces.vision.weights.files import State, inspect
from faces.vision.weights.table import MODELS, ModelFile, Purpose, files_of, model_named


def models_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Check that the models of the settings are installed and complete.

    An error, not a warning: another model would give vectors that cannot be compared, and without a model
        every scan would fail. `fetch_models` and the tests skip this check. On a machine that only serves
        pages, put faces.E001 into SILENCED_SYSTEM_CHECKS.

    It costs two `stat` calls and two small JSON files; a file's digest is compared only if its time has
    changed. `fetch_models --verify` always compares it.
    """
    wanted = face_settings()
    return _problems((wanted.detector, wanted.embedder))


def optional_models_check(**_kwargs: Any) -> Sequence[CheckMessage]:
    """Check the models that are installed by default but that only some pages need.

    A warning, not an error: without one of them its pages say what is missing, and all else works.
    """
    return _optional(
        model.name
        for model in MODELS
        if model.installed_by_default and model.purpose not in (Purpose.DETECTOR, Purpose.EMBEDDER)
    )


def estimates_check(*, databases: Collection[str] | None = None, **_kwargs: Any) -> Sequence[CheckMessage]:
    """Check the model of age and gender when an owner has switched them on: a warning, as above.

    It reads the database, as `owner_models_check` does.
    """
    table = FaceRecognition._meta.db_table  # noqa: SLF001 - Django's documented way to a table's name
    if not databases or table not in connection.introspection.table_names():
        return []
    try:
        # Within a savepoint: of an older version, the table has no such column.
        with transaction.atomic():
            wanted = FaceRecognition.objects.filter(attributes=True).exists()
    except ProgrammingError:
        return []
    # The fallback is enough.
    return _optional([AGE_GENDER] if wanted and not attributes_available() else [])


def _optional(names: Iterable[str]) -> list[CheckMessage]:
    configured = face_settings()
    return [
        checks.Warning(
            f"The optional model {name} is {found.state}.",
            hint=f"Run: bin/manage fetch_models {name}",
            obj=name,
            id="faces.W001",
        )
        for name in names
        if (found := inspect(model_named(name), configured.models_dir)).state is not State.INSTALLED
    ]


def owner_models_check(*, databases: Collection[str] | None = None, **_kwargs: Any) -> Sequence[CheckMessage]:
    """Check the models that owners' faces were detected and embedded with, whatever the settings are now.

    It reads the database, so it runs with `check --database default` and `bin/start`. The message's object is
    the model's name.
    """
    table = OwnerModels._meta.db_table  # noqa: SLF001 - Django's documented way to a table's name
    if not databases or table not in connection.introspection.table_names():
        return []  # not migrated yet
    configured = face_settings()
    used = {name for pair in OwnerModels.objects.values_list("detector", "embedder") for name in pair}
    return _problems(sorted(used - {configured.detector, configured.embedder}))


def _problems(names: Iterable[str]) -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    needed: dict[ModelFile, None] = {}
    for name in names:
        try:
            needed |= dict.fromkeys(files_of(name))
        except UnknownModel as error:
            messages.append(checks.Error(str(error), hint="Update Trombine.", obj=name, id="faces.E003"))
    for model in needed:
        inspection = inspect(model, face_settings().models_dir)
        hint = f"Run: bin/manage fetch_models {model.name}"
        match inspection.state:
            case State.MISSING:
                problem = f"The model {model.name} is not installed: {inspection.path} does not exist."
                messages.append(checks.Error(problem, hint=hint, obj=model.name, id="faces.E001"))
            case State.DAMAGED:
                problem = f"The model {model.name} is damaged: {inspection.path}: {inspection.found}."
                messages.append(checks.Error(problem, hint=hint, obj=model.name, id="faces.E002"))
            case State.INSTALLED:
                pass
    return messages


def register_checks() -> None:
    """Register the checks, in the app's `ready`. `bin/manage check --tag models` runs the first two alone."""
    checks.register(models_check, "models")
    checks.register(optional_models_check, "models")
    checks.register(owner_models_check, "models", checks.Tags.database)
    checks.register(estimates_check, "models", checks.Tags.database)
