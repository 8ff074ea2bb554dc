"""What is done with the ticked photos of a grid: put into an album, thrown away.

Each answers with a page, or, where a script asks, with JSON: `message`, and `url` or `undo` and `ids`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from albums.forms import IdsField, SelectionForm
from albums.http.current_user import current_user
from albums.http.id_params import posted_image_ids
from albums.http.toasts import toast
from albums.models import Album, Image
from albums.querysets import ImageQuerySet
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.erasing.bin import images_bin
from albums.views.photo_navigation import named_lists

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@login_required
@require_POST
def selection(request: HttpRequest) -> HttpResponse:
    """Add the ticked photos to an album: one that is there, by its id or its name, or a new one."""
    user = current_user(request)
    form = SelectionForm(request.POST, user=user)
    if not form.is_valid():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return refused(request, " ".join(problems))
    images = Image.objects.owned_by(user).filter(pk__in=form.cleaned_data["image"])
    target = form.cleaned_data["album"] or _album_called(user, form.cleaned_data["new_album"])
    added = album_add_images(album=target, images=images.only("pk", "owner_id"), by=user)
    message = ngettext(
        "%(count)d photo added to “%(album)s”", "%(count)d photos added to “%(album)s”", added
    ) % {"album": target.name, "count": added}
    url = reverse("albums:album", args=[target.pk])
    message = " ".join(filter(None, [message, _of_others(user, form.cleaned_data["image"])]))
    if wants_json(request):
        return JsonResponse({"message": message, "url": url})
    messages.success(request, message)
    return redirect(url)


@login_required
@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """Put the ticked photos into the bin, those that are the account's own."""
    user = current_user(request)
    images = ticked(request, Image.objects.owned_by(user))
    if images is None:
        return refused(request, gettext("Select at least one photo first."))
    thrown = images_bin(images=images, by=user)
    count = len(thrown.image_ids)
    if not count:
        return refused(request, gettext("No photos deleted: they belong to someone else or no longer exist."))
    message = (
        ngettext("%(count)d photo moved to the bin", "%(count)d photos moved to the bin", count)
        % {"count": count}
    )  # fmt: skip
    message = " ".join(filter(None, [message, _of_others(user, posted_image_ids(request))]))
    undo = reverse("albums:bin_undo", args=[moment_number(thrown.at)])
    if wants_json(request):
        return JsonResponse({"message": message, "undo": undo, "ids": thrown.image_ids})
    toast(request, message, undo=undo)
    return redirect(page_before(request))


@login_required
@require_safe
def list_ids(request: HttpRequest) -> HttpResponse:
    """The ids of all photos of a list, as JSON. The list is named as in the addresses of its photos."""
    found = next(named_lists(request, current_user(request)), None)
    if found is None:
        raise Http404("no such list")
    answer = JsonResponse({"ids": list(found.images.values_list("pk", flat=True))})
    patch_cache_control(answer, private=True, no_cache=True)
    return answer


def _of_others(user: User, ids: Iterable[int]) -> str:
    """Words for those of the photos that one sees but cannot do anything with; empty when there is none."""
    count = Image.objects.visible_to(user).exclude(owner=user).filter(pk__in=ids).count()
    if not count:
        return ""
    words = ngettext(
        "%(count)d photo skipped: it belongs to someone else",
        "%(count)d photos skipped: they belong to someone else",
        count,
    )
    return words % {"count": count}


def ticked(request: HttpRequest, among: ImageQuerySet) -> ImageQuerySet | None:
    """Those of `among` that were ticked; None when none was."""
    try:
        ids = IdsField().clean(request.POST.getlist("image"))
    except ValidationError:
        return None
    return among.filter(pk__in=ids)


def refused(request: HttpRequest, problem: str) -> HttpResponse:
    """Say what is wrong, on the page before or to the script."""
    if wants_json(request):
        return JsonResponse({"message": problem}, status=400)
    messages.error(request, problem)
    return redirect(page_before(request))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks that shows the answer itself."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def page_before(request: HttpRequest) -> str:
    """Where to go back to: ?next of the form, the page before, or all photos; never another site."""
    for address in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if address and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return address
    return reverse("albums:photos")


def moment_number(at: datetime) -> int:
    """A moment as a whole number for an address: microseconds, which is what the database keeps."""
    since = at - EPOCH
    return (since.days * 86400 + since.seconds) * 10**6 + since.microseconds


def _album_called(user: User, name: str) -> Album:
    """The album of that name: one's own, or one that somebody lets one fill; else a new one."""
    own = Album.objects.owned_by(user).filter(name=name.strip()).first()
    fillable = filled_by_hand(Album.objects.editable_by(user))
    theirs = fillable.filter(name=name.strip()).order_by("pk").first()
    return own or theirs or album_get_or_create(owner=user, name=name)
