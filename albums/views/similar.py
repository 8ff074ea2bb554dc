"""Similar photos: stacks of near-duplicates and bursts, of which the owner chooses what to keep."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from albums.http.action_responses import done, refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, page_view
from albums.http.htmx import HtmxRequest
from albums.http.id_params import posted_ids
from albums.http.redirects import redirect_to_referrer
from albums.http.toasts import toast
from albums.models import Image
from albums.number_formats import with_numbers
from albums.services.arranging import stack_decisions
from albums.services.arranging.near_photos import StackedPhoto, stack_photos
from albums.services.arranging.stacks import bursts_of, stacks_on
from albums.services.core.people_names import names_in
from albums.services.erasing.bin import images_bin
from albums.services.searching.similar_photos import (
    different_photos_add,
    different_photos_remove,
    names_leaving,
    photos_unhashed,
    stacks_of,
)
from albums.stack_tasks import enqueue_stacking
from albums.views.progress import counted
from albums.views.selection import EPOCH
from albums.views.tiles import Tile

STACKS_PER_PAGE = 20
MOST_SHOWN = 60
"""Photos of a stack that are shown. What is not shown is not decided about."""


@page_view
def similar(request: HtmxRequest) -> HttpResponse:
    """List the stacks of similar photos; with ?taken=together those that lists show as one.

    An htmx request gets the number of photos that are still to be compared.
    """
    user = current_user(request)
    waiting, again_seconds = counted(partial(photos_unhashed, user))
    counting = {"waiting": waiting, "again_seconds": again_seconds}
    if request.htmx:
        return render(request, "albums/_similar_waiting.html", counting)
    together = request.GET.get("taken") == "together"
    stacks = bursts_of(user) if together else stacks_of(user)
    page = Paginator(stacks, STACKS_PER_PAGE).get_page(request.GET.get("page"))
    names = names_in([pk for stack in page for pk in stack], owner_id=user.pk)
    context: dict[str, Any] = {
        "page": page,
        "stacks": [
            {
                "count": len(photos),
                "photos": [_shown(photo, names.get(photo.image.pk, [])) for photo in photos[:MOST_SHOWN]],
                "unseen": max(len(photos) - MOST_SHOWN, 0),
            }
            for photos in stack_photos(user.pk, page)
        ],
        "total": len(stacks),
        "together": together,
        "stacks_on": stacks_on(user.pk),
        **counting,
    }
    return render(request, "albums/similar.html", context)


def _shown(photo: StackedPhoto, names: list[str]) -> dict[str, Any]:
    return {"image": photo.image, "tile": Tile(photo.image), "best": photo.best, "names": names}


@action_view
def keep(request: HttpRequest) -> HttpResponse:
    """Keep photos of a stack, and move its others to the bin. POST: image, all that are shown; keep."""
    user = current_user(request)
    stack, staying = set(posted_ids(request, "image")), set(posted_ids(request, "keep"))
    if not stack & staying:
        return refused(request, gettext("Select at least one photo to keep."))
    if not stack - staying:
        return refused(request, gettext("All photos are ticked. To keep all, choose “These are different”."))
    # Before they go: the bin hides the faces.
    names = names_leaving(user, leaving=stack - staying, staying=stack & staying)
    binned = images_bin(images=Image.objects.owned_by(user).filter(pk__in=stack - staying), by=user)
    count = len(binned.image_ids)
    if not count:
        return refused(request, gettext("No photos deleted: they belong to someone else or no longer exist."))
    words = ngettext("%(count)s photo moved to the bin", "%(count)s photos moved to the bin", count)
    message = with_numbers(words, count=count)
    if names:
        message += ". " + gettext("On none of the remaining photos: %(names)s") % {"names": ", ".join(names)}
    moment = (binned.at - EPOCH) // timedelta(microseconds=1)
    toast(request, message, undo=reverse("albums:bin_undo", args=[moment]))
    return redirect_to_referrer(request)


@action_view
def different(request: HttpRequest) -> HttpResponse:
    """Remember that photos are different, so that they are not shown as similar again. POST: image."""
    decision = different_photos_add(image_ids=posted_ids(request, "image"), by=current_user(request))
    if decision is None:
        return refused(request, gettext("These photos no longer exist."))
    toast(
        request,
        gettext("These photos are not shown as similar again"),
        undo=reverse("albums:similar_different_undo", args=[decision.pk]),
    )
    return redirect_to_referrer(request)


@dataclass(frozen=True, slots=True)
class StackDecision:
    """An owner's decision about a photo and its stack.

    decide: records it; False if there is nothing to decide, which `refusal` says. done: what it did.
    undo: the name of the view that undoes it; empty for a decision that undoes another one.
    """

    decide: Callable[..., bool]
    done: Promise
    refusal: Promise
    undo: str = ""


STACK_DECISIONS = {
    "stack_top": StackDecision(
        stack_decisions.stack_top_choose,
        done=gettext_lazy("This photo is on top of its stack"),
        refusal=gettext_lazy("This photo is not in a stack."),
        undo="albums:stack_top_undo",
    ),
    "stack_top_undo": StackDecision(
        stack_decisions.stack_top_forget,
        done=gettext_lazy("The earlier photo is on top again"),
        refusal=gettext_lazy("This can no longer be undone."),
    ),
    "stack_leave": StackDecision(
        stack_decisions.stack_leave,
        done=gettext_lazy("The photo is shown by itself"),
        refusal=gettext_lazy("This photo is not in a stack."),
        undo="albums:stack_return",
    ),
    "stack_return": StackDecision(
        stack_decisions.stack_return,
        done=gettext_lazy("The photo is shown with similar ones that were taken in a row"),
        refusal=gettext_lazy("This photo was not taken out of a stack."),
    ),
}
"""By the name of their addresses."""


@action_view
def stack_decide(request: HttpRequest, pk: int, decision: str) -> HttpResponse:
    """Decide about a photo and its stack: one of `STACK_DECISIONS`. POST: next."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user), pk=pk)
    stack_decision = STACK_DECISIONS[decision]
    if not stack_decision.decide(image=image, by=user):
        return refused(request, str(stack_decision.refusal))
    if not stack_decision.undo:
        return done(request, str(stack_decision.done), to=redirect_to_referrer(request))
    toast(request, str(stack_decision.done), undo=reverse(stack_decision.undo, args=[pk]))
    return redirect_to_referrer(request)


@action_view
def stacks(request: HttpRequest, state: str) -> HttpResponse:
    """Show similar photos taken in a row as one in lists, or each of them. The address says on or off."""
    if state not in {"on", "off"}:
        raise Http404("no such state")
    on = state == "on"
    stack_decisions.stacks_switch(owner=current_user(request), on=on)
    if on:
        enqueue_stacking()
    message = gettext("Stacks are formed again") if on else gettext("Every photo is shown by itself")
    toast(request, message, undo=reverse("albums:stacks_switch", args=["off" if on else "on"]))
    return redirect_to_referrer(request)


@action_view
def different_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo `different`."""
    if not different_photos_remove(decision_id=pk, by=current_user(request)):
        return refused(request, gettext("This can no longer be undone."))
    return done(request, gettext("These photos are shown as similar again"), to=redirect_to_referrer(request))
