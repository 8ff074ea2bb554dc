"""Settings of age and gender: on and off, and the progress of the estimates."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.toasts import toast
from albums.tasks import enqueue_sweep
from faces.attribute_tasks import enqueue_attributes
from faces.error_messages import model_error_message
from faces.services.attributes.consent import (
    attributes_available,
    attributes_by_fallback,
    attributes_enabled,
    attributes_end,
    attributes_start,
)
from faces.services.attributes.estimation import attributes_count
from faces.services.core.consent import RecognitionOff
from faces.vision.errors import VisionError


def attributes_state(user: User) -> dict[str, Any]:
    """Return the context of the panel: off, or on with the number of estimated faces and of all."""
    enabled = attributes_enabled(user.pk)
    done, total = attributes_count(user.pk) if enabled else (0, 0)
    return {
        "enabled": enabled,
        "available": attributes_available(),
        "fallback": attributes_by_fallback(),
        "done": done,
        "total": total,
    }


@page_view
def attributes(request: HtmxRequest) -> HttpResponse:
    """Show the panel alone, which polls while faces are being estimated."""
    if not request.htmx:
        return redirect("faces:recognition")
    state = attributes_state(current_user(request))
    return render(request, "settings/_attributes.html", {"attributes": state})


@action_view
def attributes_on(request: HtmxRequest) -> HttpResponse:
    """Switch the estimates on and begin with all faces."""
    user = current_user(request)
    try:
        attributes_start(owner=user)
    except RecognitionOff as error:
        messages.error(request, str(error))
    except VisionError as error:
        messages.error(request, model_error_message(error))
    else:
        transaction.on_commit(partial(enqueue_attributes, [user.pk]), robust=True)
        toast(request, _("Age and gender are being estimated."))
    return redirect("faces:recognition")


@action_view
def attributes_off(request: HtmxRequest) -> HttpResponse:
    """Switch the estimates off and erase them."""
    if attributes_end(owner=current_user(request)) is not None:
        enqueue_sweep()
        toast(request, _("Age and gender are off, and all estimates were deleted. The receipt is below."))
    return redirect("faces:recognition")
