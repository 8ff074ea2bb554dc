"""Face recognition on the activity page: failed scans, groupings, and another embedder."""

from typing import Any

from django import template
from django.contrib.auth.models import User

from faces.conf import face_settings
from faces.models import Change, ClusteringRun, FaceEmbedding
from faces.services.core.consent import recognition_enabled
from faces.services.core.owner_pipeline import owner_models
from faces.services.detecting.retries import failed_scans as scans_that_failed
from faces.services.history.history import change_undoable
from faces.vision.weights.table import parts_of

register = template.Library()

FAILED_SHOWN = 25
RUNS_SHOWN = 5


@register.inclusion_tag("faces/_failed_scans.html", takes_context=True)
def failed_scans(context: Any) -> dict[str, Any]:
    """List the newest photos whose scan failed, each with its reason."""
    user: User = context["user"]
    failed = scans_that_failed(user)
    return {
        "scans": list(failed[:FAILED_SHOWN]),
        "failed_count": failed.count(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("faces/_groupings.html", takes_context=True)
def last_groupings(context: Any) -> dict[str, Any]:
    """List the last runs, with an undo button if the last change is a run."""
    user: User = context["user"]
    newest = change_undoable(user)
    undoable = newest if newest is not None and newest.kind == Change.Kind.RUN else None
    return {
        "runs": list(ClusteringRun.objects.filter(owner=user)[:RUNS_SHOWN]),
        "undoable": undoable,
        "csrf_token": context.get("csrf_token"),
        "request": context.get("request"),
    }


@register.inclusion_tag("faces/_other_embedder.html", takes_context=True)
def other_embedder(context: Any) -> dict[str, Any]:
    """Offer the embedder of new accounts to an account that has another, with how much there is to do."""
    user: User = context["user"]
    present, wanted = owner_models(user.pk).embedder, face_settings().embedder
    # Fewer networks than the account has would be worse.
    if set(parts_of(wanted)) <= set(parts_of(present)) or not recognition_enabled(user.pk):
        return {}
    vectors = FaceEmbedding.objects.filter(owner=user)
    # About as many as the plan says, which reads every face and photo of the account.
    lacking = vectors.filter(model=present).count() - vectors.filter(model=wanted).count()
    return {"present": present, "wanted": wanted, "faces": max(0, lacking), "user": user}
