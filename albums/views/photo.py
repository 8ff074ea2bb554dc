"""The page of a photo: full screen, with its metadata, and actions for its owner."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from albums.forms import AlbumChoiceForm
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_page_view
from albums.http.htmx import HtmxRequest
from albums.http.media import SHOWN_TYPES
from albums.http.redirects import redirect_back
from albums.http.toasts import toast, undo_address
from albums.models import Album, Image, Rendition
from albums.ordering import position
from albums.services.arranging.albums import album_add_images, album_get_or_create, album_undo_proof
from albums.services.arranging.capture_times import file_capture
from albums.services.arranging.descriptions import file_description
from albums.services.arranging.positions import Position, file_position, position_of
from albums.services.arranging.smart_albums import filled_by_hand
from albums.services.arranging.stacks import steps_around
from albums.services.reading.metadata import TURNED_OTHERWISE
from albums.views.photo_navigation import PhotoList, photo_list

# The header of a script that prefetches a photo.
AHEAD = "X-Ahead"
# At which a town fills the map.
MAP_ZOOM = 13
# Albums in the list of a photo.
ALBUM_CHOICES = 500
# Keys of `Image.facts`, in the usual order.
EXPOSURE = ("focal_length", "aperture", "exposure", "iso")


@cacheable_page_view
def photo(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show a photo within a list (see `photo_list`). An htmx request gets the main part of the page."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.visible_to(user).select_related("owner", "fingerprint"), pk=pk)
    template = "albums/_photo.html" if request.htmx else "albums/photo.html"
    # A prefetched page must not use up the messages.
    context = _context(request, user, image) | {"says": not request.headers.get(AHEAD)}
    response = render(request, template, context)
    # The same address has several responses.
    patch_vary_headers(response, ["HX-Request", AHEAD])
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _context(request: HttpRequest, user: User, image: Image) -> dict[str, Any]:
    photos = photo_list(request, user, image)
    before, after, stack = steps_around(photos.images, photos.order, image)
    is_mine = image.owner_id == user.pk
    choices = filled_by_hand(Album.objects.editable_by(user)).exclude(entries__image=image)
    return {
        "image": image,
        "mine": is_mine,
        "preview": image.renditions.filter(kind=Rendition.Kind.PREVIEW).first(),
        # The original replaces the preview, so it must lie the same way.
        "zoomable": image.mime_type in SHOWN_TYPES and not image.facts.get(TURNED_OTHERWISE),
        "exposure": [str(image.facts[name]) for name in EXPOSURE if image.facts.get(name)],
        "lens": str(image.facts.get("lens", "")),
        "rating": int(image.facts.get("rating", 0)),
        "position": _position(position_of(image.latitude, image.longitude)),
        "of_file": {
            "captured": file_capture(image),
            "position": _position(file_position(image)),
            "description": file_description(image),
        },
        "map_url": _map_url(image) if is_mine else "",
        "image_albums": Album.objects.visible_to(user).filter(entries__image=image),
        "made_from": _made_from(user, image),
        "album_choices": choices.values("pk", "name")[:ALBUM_CHOICES] if is_mine else (),
        "stack": _stack(stack),
        "previous": before,
        "next": after,
        "query": photos.query,
        "back_url": photos.back_url,
        "back_label": photos.label,
        "here": _url(image.pk, photos),
        # The page to go to when this photo is deleted.
        "onward": _url(after or before, photos) if after or before else photos.back_url,
        "onward_is_photo": bool(after or before),
        **_album_actions(user, image, photos),
    }


def _album_actions(user: User, image: Image, photos: PhotoList) -> dict[str, str]:
    """Return the addresses of what can be done with a photo that is shown within an album."""
    album = photos.album
    if album is None:
        return {}
    at = position(photos.images, photos.order, image.pk)
    return {
        "slideshow_url": f"{reverse('albums:album_slideshow', args=[album.pk])}?at={at}",
        "cover_url": reverse("albums:album_cover", args=[album.pk]) if album.owner_id == user.pk else "",
    }


def _stack(ids: Sequence[int]) -> list[Image]:
    """Return what the strip of a stack needs of its photos, the top first."""
    rows = Image.objects.only("pk", "source_path", "turns").in_bulk(ids) if ids else {}
    return [rows[pk] for pk in ids if pk in rows]


def _made_from(user: User, image: Image) -> Image | None:
    """Return the photo that a picture of the studio was made of, if the user sees it."""
    return (
        Image.objects.visible_to(user).filter(pk=image.made_from_id).first() if image.made_from_id else None
    )


def _url(pk: int | None, photos: PhotoList) -> str:
    return reverse("albums:photo", args=[pk]) + photos.query


def _position(position: Position | None) -> str:
    """Return latitude and longitude for maps, in the same format in every language: 48.85840, 2.29450."""
    return f"{position[0]:.5f}, {position[1]:.5f}" if position else ""


def _map_url(image: Image) -> str:
    """Return the address of the map around a photo; empty without a position."""
    if image.latitude is None or image.longitude is None:
        return ""
    return f"{reverse('albums:map')}#{MAP_ZOOM}/{image.latitude:.5f}/{image.longitude:.5f}"


@action_view
def put_in_album(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a photo to an album or a new one. POST: album or new_album, next."""
    user = current_user(request)
    image = get_object_or_404(Image.objects.owned_by(user), pk=pk)
    form = AlbumChoiceForm(request.POST, user=user)
    if form.is_valid():
        album = form.cleaned_data["album"] or album_get_or_create(
            owner=user, name=form.cleaned_data["new_album"]
        )
        added = album_add_images(album=album, images=[image], by=user)
        message = gettext("Added to “%(album)s”") if added else gettext("Already in “%(album)s”")
        undo = album_undo_proof(album=album, image_ids=added, by=user, added=True)
        address = undo_address(reverse("albums:album_undo", args=[album.pk]), undo) if added else ""
        toast(request, message % {"album": album.name}, undo=address)
    else:
        messages.error(request, form.problems)
    return redirect_back(request, otherwise=reverse("albums:photo", args=[pk]))
