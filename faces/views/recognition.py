"""Face recognition on or off, and what was erased."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from albums.http.current_user import current_user
from albums.http.toasts import toast
from albums.models import Image
from faces.models import ErasureReceipt, Face, Person
from faces.services.core.consent import recognition_enabled, recognition_set
from faces.services.erasing.erasure import LABELS, WORDS, person_erase, recognition_end
from faces.tasks import cluster_sweep, scan_owner

RECEIPTS_SHOWN = 20


def _receipt(row: ErasureReceipt) -> dict[str, Any]:
    """A receipt in words."""
    return {
        "pk": row.pk,
        "at": row.at,
        "what": WORDS.get(row.what, row.what),
        "rows": [(LABELS.get(kind, kind), count) for kind, count in row.counts.items()],
    }


@never_cache
@login_required
@require_safe
def recognition(request: HttpRequest) -> HttpResponse:
    """Whether faces are looked for, the way to change that, and the receipts."""
    user = current_user(request)
    receipts = ErasureReceipt.objects.filter(owner=user)[:RECEIPTS_SHOWN]
    context = {
        "wanted": recognition_enabled(user.pk),
        "face_count": Face.objects.visible_to(user).count(),
        "people_count": Person.objects.visible_to(user).named().count(),
        "receipts": [_receipt(row) for row in receipts],
    }
    return render(request, "settings/recognition.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recognition_off(request: HttpRequest) -> HttpResponse:
    """Say what would be erased; POST erases it."""
    user = current_user(request)
    if request.method != "POST":
        context = {
            "face_count": Face.objects.visible_to(user).count(),
            "people_count": Person.objects.visible_to(user).named().count(),
        }
        return render(request, "settings/recognition_off.html", context)
    recognition_end(owner=user)
    # Deleted rows stay in the files of the database until they are swept.
    transaction.on_commit(cluster_sweep.delay, robust=True)
    toast(request, _("Face recognition is off, and all face data was deleted. The receipt is below."))
    return redirect("faces:recognition")


@login_required
@require_POST
def recognition_on(request: HttpRequest) -> HttpResponse:
    """Look for faces in all photos."""
    user = current_user(request)
    recognition_set(owner=user, enabled=True)
    transaction.on_commit(lambda: scan_owner.delay(user.pk), robust=True)
    toast(request, _("Face recognition is on. Your photos are being scanned."))
    return redirect("faces:recognition")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what erasing one person means; POST does it."""
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    if request.method != "POST":
        faces = Face.objects.visible_to(user).filter(person=person)
        photos = Image.objects.filter(pk__in=faces.values("image_id"))
        context = {
            "person": person,
            "face_count": faces.count(),
            "photo_count": photos.count(),
            "shown": faces.exclude(crop="").best_first().first(),
        }
        return render(request, "faces/person_erase.html", context)
    person_erase(person=person, by=user)
    transaction.on_commit(cluster_sweep.delay, robust=True)
    toast(request, _("Face data deleted. The receipt is below."))
    return redirect("faces:recognition")
