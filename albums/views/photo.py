"""One photo's page: full screen, with what is known of it, and what its owner can do with it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from albums.forms import DescriptionForm, SelectionForm
from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from albums.http.media import SHOWN_TYPES
from albums.models import Album, Image, Rendition
from albums.ordering import neighbours
from albums.services.arranging.albums import album_add_images, album_get_or_create
from albums.services.arranging.descriptions import image_set_description
from albums.services.arranging.smart_albums import filled_by_hand
from albums.views.photo_navigation import photo_list

# The header of a script that asks for a photo before somebody goes to it.
AHEAD = "X-Ahead"
# More albums than this are not offered in the list of a photo.
ALBUM_CHOICES = 500
# As the reading of files names them, in the order in which photographers say them.
EXPOSURE = ("focal_length", "aperture", "exposure", "iso")


@login_required
@require_safe
def photo(request: HtmxRequest, pk: int) -> HttpResponse:
    """One photo, among those that the address names (see `photo_list`); a script gets the middle alone."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.visible_to(user).select_related("owner"), pk=pk)
    template = "albums/_photo.html" if request.htmx else "albums/photo.html"
    # What is fetched before somebody looks must not take the messages that are for who looks.
    is_ahead = bool(request.headers.get(AHEAD))
    context = _context(request, user, image) | {"says": not is_ahead}
    response = render(request, template, context)
    # The same address has several answers; the browser must not show one for the other.
    patch_vary_headers(response, ["HX-Request", AHEAD])
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _context(request: HttpRequest, user: User, image: Image) -> dict[str, Any]:
    among = photo_list(request, user, image)
    before, after = neighbours(among.images, among.order, image.pk)
    is_mine = image.owner_id == user.pk
    albums = Album.objects.visible_to(user).filter(entries__image=image)
    return {
        "image": image,
        "mine": is_mine,
        "preview": image.renditions.filter(kind=Rendition.Kind.PREVIEW).first(),
        "zoomable": image.mime_type in SHOWN_TYPES,
        "exposure": [str(image.facts[name]) for name in EXPOSURE if image.facts.get(name)],
        "lens": str(image.facts.get("lens", "")),
        "position": _position(image),
        "image_albums": albums,
        "album_choices": filled_by_hand(Album.objects.editable_by(user)).exclude(entries__image=image)[
            :ALBUM_CHOICES
        ]
        if is_mine
        else (),
        "previous": before,
        "next": after,
        "query": among.query,
        "back_url": among.back_url,
        "back_label": among.label,
        "here": reverse("albums:photo", args=[image.pk]) + among.query,
        # Where to go when this photo is gone.
        "onward": reverse("albums:photo", args=[after or before]) + among.query
        if after or before
        else among.back_url,
    }


def _position(image: Image) -> str:
    """Latitude and longitude as maps take them, with a point in every language: 48.85840, 2.29450."""
    if image.latitude is None or image.longitude is None:
        return ""
    return f"{image.latitude:.5f}, {image.longitude:.5f}"


@login_required
@require_POST
def describe(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the owner's words for a photo. POST: description, next."""
    image = get_object_or_404(Image.objects.owned_by(current_user(request)), pk=pk)
    form = DescriptionForm(request.POST)
    if form.is_valid():
        image_set_description(image=image, description=form.cleaned_data["description"])
        messages.success(request, gettext("Description saved"))
    else:
        messages.error(request, " ".join(map(str, form.errors["description"])))
    return redirect(_page_before(request, pk))


@login_required
@require_POST
def put_in_album(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a photo into an album, old or new. POST: album or new_album, next."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user), pk=pk)
    given = request.POST.copy()
    given["image"] = str(pk)
    form = SelectionForm(given, user=user)
    if form.is_valid():
        album = form.cleaned_data["album"] or album_get_or_create(
            owner=user, name=form.cleaned_data["new_album"]
        )
        added = album_add_images(album=album, images=[image], by=user)
        said = gettext("Added to “%(album)s”") if added else gettext("Already in “%(album)s”")
        messages.success(request, said % {"album": album.name})
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(_page_before(request, pk))


def _page_before(request: HttpRequest, pk: int) -> str:
    """The address that the form names, when it is one of ours; or else the photo's."""
    address = request.POST.get("next", "")
    safe = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else reverse("albums:photo", args=[pk])
