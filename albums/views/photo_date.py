"""The date of a photo, set by its owner."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from albums.forms import CaptureForm
from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.redirects import redirect_back
from albums.http.toasts import toast
from albums.imaging import CaptureSource
from albums.models import Image
from albums.services.arranging.capture_times import (
    ImplausibleDate,
    capture_of_owner,
    image_reset_capture,
    image_set_capture,
)


@action_view
def set_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the date of a photo. POST: next, date, time; or `how`: unknown, or file for the file's own date."""
    image = get_object_or_404(Image.objects.owned_by(current_user(request)), pk=pk)
    before, how = _state(image), request.POST.get("how", "")
    if how == "file":
        image_reset_capture(image=image)
    elif how == "unknown":
        image_set_capture(image=image, captured=None)
    else:
        form = CaptureForm(request.POST)
        if not form.is_valid():
            problems = [str(problem) for errors in form.errors.values() for problem in errors]
            messages.error(request, " ".join(dict.fromkeys(problems)))
            return _back(request, pk)
        image_set_capture(image=image, captured=form.cleaned_data["captured"])
    undo = f"{reverse('albums:photo_date_undo', args=[pk])}?{urlencode({'at': before})}"
    toast(request, gettext("Date changed"), undo=undo)
    return _back(request, pk)


@action_view
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a photo's date to what it was, as `?at=` says: file, unknown, or ISO 8601. POST: next."""
    image = get_object_or_404(Image.objects.owned_by(current_user(request)), pk=pk)
    before = request.GET.get("at", "")
    try:
        if before == "file":
            image_reset_capture(image=image)
        else:
            captured = None if before == "unknown" else capture_of_owner(before)
            image_set_capture(image=image, captured=captured)
    except ImplausibleDate:
        messages.error(request, gettext("This can no longer be undone."))
    else:
        messages.success(request, gettext("Date restored"))
    return _back(request, pk)


def _state(image: Image) -> str:
    if image.captured_source != CaptureSource.OWNER:
        return "file"
    return image.captured.text if image.captured else "unknown"


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))
