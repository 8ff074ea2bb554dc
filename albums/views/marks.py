"""Favourites and archived photos: set and remove the marks of selected photos."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from albums.http.action_responses import done, refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view
from albums.http.htmx import wants_json
from albums.http.id_params import posted_ids
from albums.http.redirects import redirect_to_referrer
from albums.http.toasts import toast, undo_address
from albums.models import Image
from albums.number_formats import with_numbers
from albums.querysets import among
from albums.services.arranging.marks import Mark, images_mark, mark_proof, mark_undo
from albums.services.editing.instructions import marks_set
from albums.views.change_jobs import changed_by_job

CHANGES = {
    "favourite": (Mark.FAVOURITE, True),
    "not-favourite": (Mark.FAVOURITE, False),
    "archive": (Mark.ARCHIVED, True),
    "unarchive": (Mark.ARCHIVED, False),
}


@action_view
def mark(request: HttpRequest, change: str) -> HttpResponse:
    """Change a mark of the selected photos. POST: image.

    A script gets JSON: `message`, the `ids` that changed, and `undo` with the `proof` to send there.
    """
    if change not in CHANGES:
        raise Http404("no such change")
    user, ids = current_user(request), posted_ids(request, "image")
    if not ids:
        return refused(request, gettext("Select at least one photo first."))
    kind, on = CHANGES[change]
    if by_job := changed_by_job(request, ids, marks_set(mark=kind, on=on)):
        return by_job
    changed = images_mark(images=Image.objects.filter(among("pk", ids)), mark=kind, on=on, by=user)
    message = _message(change, len(changed))
    undo, proof = reverse("albums:selection_mark_undo"), mark_proof(image_ids=changed, mark=kind, on=on)
    if wants_json(request):
        again = {"undo": undo, "proof": proof} if changed else {}
        return JsonResponse({"message": message, "ids": changed, **_hearts(kind, on=on), **again})
    toast(request, message, undo=undo_address(undo, proof) if changed else "")
    return redirect_to_referrer(request)


@action_view
def undo(request: HttpRequest) -> HttpResponse:
    """Undo a change of a mark. POST: proof, which may also be in the address."""
    try:
        kind, on, ids = mark_undo(
            proof=request.POST.get("proof") or request.GET.get("proof", ""), by=current_user(request)
        )
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    message = gettext("Favourites restored") if kind is Mark.FAVOURITE else gettext("Archive restored")
    return done(request, message, to=redirect_to_referrer(request), ids=ids, **_hearts(kind, on=on))


def _hearts(kind: Mark, *, on: bool) -> dict[str, bool]:
    """Return the state of the hearts of the changed photos, for scripts."""
    return {"favourite": on} if kind is Mark.FAVOURITE else {}


def _message(change: str, count: int) -> str:
    messages = {
        "favourite": ngettext(
            "%(count)s photo added to favourites", "%(count)s photos added to favourites", count
        ),
        "not-favourite": ngettext(
            "%(count)s photo removed from favourites", "%(count)s photos removed from favourites", count
        ),
        "archive": ngettext("%(count)s photo archived", "%(count)s photos archived", count),
        "unarchive": ngettext(
            "%(count)s photo moved back to the timeline", "%(count)s photos moved back to the timeline", count
        ),
    }
    return with_numbers(messages[change], count=count)
