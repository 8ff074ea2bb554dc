"""Models in the administration: their state, licence and use."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from albums.admin.base import operator
from albums.admin_site import page, page_response
from faces.conf import face_settings
from faces.models import OwnerModels
from faces.services.model_store.install import models_inspect
from faces.vision.weights.files import State, record_read
from faces.vision.weights.table import MODELS, parts_of

COLOURS = {State.INSTALLED: "success", State.MISSING: "", State.DAMAGED: "danger"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the table. mend: the command that installs it, empty where it is whole."""

    name: str
    label: str
    purpose: str
    state: str
    colour: str
    found: str
    sha256: str
    size: int
    licence: str
    accounts: int
    configured: bool
    mend: str


@page("models/", name="models")
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """List the known models. ?digest=1 verifies the digest of each file."""
    operator(request)
    thoroughly = request.GET.get("digest") == "1"
    context = {"models": shown_models(thoroughly=thoroughly), "thoroughly": thoroughly}
    return page_response(
        admin.site, request, "admin/pages/models.html", title="Models", is_fullwidth="1", **context
    )


def shown_models(*, thoroughly: bool) -> list[Shown]:
    """The table of models with the state of each file."""
    used: Counter[str] = Counter()
    for column in ("detector", "embedder"):
        for one in OwnerModels.objects.values(column).annotate(count=Count("pk")):
            used.update(dict.fromkeys(parts_of(one[column]), one["count"]))
    present = face_settings()
    wanted = {*parts_of(present.detector), *parts_of(present.embedder)}
    # Accounts without photos have no models of their own yet: they will have those of the settings.
    undecided = User.objects.filter(is_active=True, face_models=None).count()
    rows = []
    for inspection in models_inspect(MODELS, settings.MODELS_DIR, thoroughly=thoroughly):
        model, whole = inspection.model, inspection.state is State.INSTALLED
        configured = model.name in wanted
        record = record_read(inspection.path) if whole else None
        rows.append(
            Shown(
                name=model.name,
                label=model.label,
                purpose=str(model.purpose),
                state=str(inspection.state),
                colour=COLOURS[inspection.state],
                found=inspection.found,
                sha256=record.sha256 if record else "",
                size=record.size if record else model.size,
                licence=model.licence,
                accounts=used[model.name] + (undecided if configured else 0),
                configured=configured,
                mend="" if whole else f"bin/manage fetch_models {model.name}",
            )
        )
    return rows
