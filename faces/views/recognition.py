"""Settings of face recognition: on and off, erasing a person, and receipts of erasures."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import action_view, form_view, page_view
from albums.http.toasts import toast
from albums.models import Image
from albums.services.erasing.sweeps import SweepState, sweep_states
from albums.tasks import enqueue_sweep
from faces.models import ErasureReceipt, Face, Person
from faces.services.core.consent import recognition_enabled, recognition_set
from faces.services.erasing.erasure import LABELS, WORDS, person_erase, recognition_end
from faces.tasks import enqueue_owner_scans
from faces.views.attributes import attributes_state

RECEIPTS_SHOWN = 20


def _receipt(row: ErasureReceipt, sweep: SweepState | None) -> dict[str, Any]:
    """Return a receipt for the template, with labels in place of codes."""
    return {
        "pk": row.pk,
        "at": row.at,
        "what": WORDS.get(row.what, row.what),
        "sweep": sweep,
        "rows": [(LABELS.get(kind, kind), count) for kind, count in row.counts.items()],
    }


def _counts(user: User) -> dict[str, int]:
    return {
        "face_count": Face.objects.visible_to(user).count(),
        "people_count": Person.objects.visible_to(user).named().count(),
    }


@page_view
def recognition(request: HttpRequest) -> HttpResponse:
    """Show whether face recognition is on, and the newest receipts."""
    user = current_user(request)
    receipts = ErasureReceipt.objects.filter(owner=user).select_related("sweep")[:RECEIPTS_SHOWN]
    states = sweep_states(row.sweep for row in receipts if row.sweep)
    context = {
        "wanted": recognition_enabled(user.pk),
        "receipts": [_receipt(row, states.get(row.sweep_id or 0)) for row in receipts],
        "attributes": attributes_state(user),
        **_counts(user),
    }
    return render(request, "settings/recognition.html", context)


@form_view
def recognition_off(request: HttpRequest) -> HttpResponse:
    """Show what switching off would erase; POST does it."""
    user = current_user(request)
    if request.method != "POST":
        return render(request, "settings/recognition_off.html", _counts(user))
    recognition_end(owner=user)
    enqueue_sweep()
    toast(request, _("Face recognition is off, and all face data was deleted. The receipt is below."))
    return redirect("faces:recognition")


@action_view
def recognition_on(request: HttpRequest) -> HttpResponse:
    """Switch face recognition on and scan all photos."""
    user = current_user(request)
    recognition_set(owner=user, enabled=True)
    enqueue_owner_scans(user.pk)
    toast(request, _("Face recognition is on. Your photos are being scanned."))
    return redirect("faces:recognition")


@form_view
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what erasing a person would delete; POST does it."""
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    if request.method != "POST":
        faces = Face.objects.visible_to(user).filter(person=person)
        photos = Image.objects.filter(pk__in=faces.values("image_id"))
        context = {
            "person": person,
            "face_count": faces.count(),
            "photo_count": photos.count(),
            "shown": faces.with_crop().best_first().first(),
        }
        return render(request, "faces/person_erase.html", context)
    person_erase(person=person, by=user)
    enqueue_sweep()
    toast(request, _("Face data deleted. The receipt is below."))
    return redirect("faces:recognition")
