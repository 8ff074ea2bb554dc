"""Shared albums, for visitors with a share link and no account.

Unknown and deleted links have the same answer. No page is indexed, and no address sent to another site.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from albums.album_forms import LinkPasswordForm
from albums.error_messages import wait_message
from albums.exceptions import (
    LinkExpired,
    LinkNotFound,
    LinkPasswordNeeded,
    LinkWithoutDownloads,
    LinkWithoutLookalike,
    TooManyAttempts,
)
from albums.http.client_address import client_address
from albums.http.htmx import HtmxRequest
from albums.http.media import rendition_response, shared_original_response, versioned
from albums.http.retry_after import retry_later
from albums.models import Image, Rendition, ShareLink
from albums.ordering import ALBUM_ORDERS, neighbours, position
from albums.querysets import ImageQuerySet
from albums.services.arranging.share_links import (
    downloads_check,
    password_ticket,
    share_link_note_opened,
    share_link_open,
    ticket_key,
)
from albums.services.arranging.smart_albums import albums_fill
from albums.services.core.people_names import names_in
from albums.views.archives import archive_response
from albums.views.photo_navigation import turns_of
from albums.views.slideshow import Names, Slideshow, picture_label
from albums.views.tiles import Tile, TilePage, tile_page

MEDIA_SECONDS = 3600

SharedView = Callable[..., HttpResponseBase]


def _public(view: SharedView) -> SharedView:
    """Answer for a link that cannot be opened, and set the headers of all answers here, errors included."""

    @wraps(view)
    def answered(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, token=token, **kwargs)
        except (LinkNotFound, LinkWithoutDownloads, LinkWithoutLookalike) as error:
            raise Http404 from error
        except LinkExpired:
            response = render(request, "shared/expired.html", status=410)
        except LinkPasswordNeeded:
            response = redirect("albums:shared", token)
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answered


def through_link(view: SharedView) -> SharedView:
    """Call the view with the opened link, or lead to the page that asks for the password."""

    @wraps(view)
    def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        return view(request, link=share_link_open(token, tickets=request.session), **kwargs)

    return _public(opened)


def _photos(link: ShareLink) -> ImageQuerySet:
    return Image.objects.in_album(link.album)


@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HtmxRequest, token: str) -> HttpResponseBase:
    """Show the photos of the album, or the form for the password. htmx gets further tiles only."""
    return _unlock(request, token=token) if request.method == "POST" else _album(request, token=token)


@_public
def _unlock(request: HttpRequest, token: str) -> HttpResponseBase:
    form = LinkPasswordForm(request.POST)
    password = form.cleaned_data["password"] if form.is_valid() else ""
    try:
        link = share_link_open(token, password=password, address=client_address(request))
    except TooManyAttempts as error:
        form.add_error("password", wait_message(error.seconds))
        return retry_later(_password_page(request, form), error.seconds)
    except LinkPasswordNeeded:
        if not password:
            return _password_page(request, form)
        form.add_error("password", _("Wrong password. Passwords are case-sensitive."))
        return _password_page(request, form, status=403)
    request.session[ticket_key(link)] = password_ticket(link)
    return redirect("albums:shared", token)


def _password_page(request: HttpRequest, form: LinkPasswordForm, *, status: int = 200) -> HttpResponse:
    response = render(request, "shared/password.html", {"form": form}, status=status)
    # Without a referrer, the form would have no origin and fail the CSRF check.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@_public
def _album(request: HtmxRequest, token: str) -> HttpResponseBase:
    try:
        link = share_link_open(token, tickets=request.session)
    except LinkPasswordNeeded:
        return _password_page(request, LinkPasswordForm())
    if not request.htmx:
        albums_fill([link.album_id])
        share_link_note_opened(link=link)
    album = link.album
    images = _photos(link)
    order, cursor = ALBUM_ORDERS[album.sort], request.GET.get("after", "")
    page = tile_page(images, order, cursor=cursor, selectable=False)
    context = {"link": link, "album": album, "page": page, "tiles": _labelled(link, page)}
    if request.htmx:
        return render(request, "shared/_tiles.html", context)
    return render(request, "shared/album.html", {**context, "photo_count": images.count()})


def _labelled(link: ShareLink, page: TilePage) -> list[tuple[Tile, str]]:
    """Return each tile with a description: the people in the photo, if the link shows names, and the date."""
    images = [tile.image for tile in page.tiles]
    names = _names(link)([image.pk for image in images])
    labels = [", ".join([*names.get(image.pk, ()), picture_label(image)]) for image in images]
    return list(zip(page.tiles, labels, strict=True))


@require_safe
@through_link
def photo(request: HttpRequest, link: ShareLink, pk: int) -> HttpResponse:
    """Show one photo in full size, with links to the previous and the next one."""
    photos, order = _photos(link), ALBUM_ORDERS[link.album.sort]
    image = get_object_or_404(photos.prefetch_renditions(Rendition.Kind.PREVIEW), pk=pk)
    before, after = neighbours(photos, order, pk)
    turns = turns_of(before, after)
    context = {
        "link": link,
        "album": link.album,
        "image": image,
        "preview": next(iter(image.renditions.all()), None),
        "words": picture_label(image),
        "number": position(photos, order, pk) + 1,
        "total": photos.count(),
        "before": before,
        "after": after,
        "before_turns": turns.get(before),
        "after_turns": turns.get(after),
        "names": _names(link)([pk]).get(pk, []),
    }
    return render(request, "shared/photo.html", context)


@require_safe
@through_link
def rendition(request: HttpRequest, link: ShareLink, pk: int, kind: str) -> HttpResponseBase:
    """Send a smaller copy of a photo, without the name of its file."""
    image = get_object_or_404(_photos(link), pk=pk)
    response = rendition_response(request, image, kind, anonymous=True)
    # Shorter than for an account: a link can be deleted.
    response.headers["Cache-Control"] = f"private, max-age={MEDIA_SECONDS}"
    return response


@require_safe
@through_link
def original(request: HttpRequest, link: ShareLink, pk: int) -> HttpResponseBase:
    """Send the original file, if the link allows downloads."""
    downloads_check(link)
    return shared_original_response(request, get_object_or_404(_photos(link), pk=pk), link)


@require_safe
@through_link
def archive(request: HttpRequest, link: ShareLink) -> HttpResponseBase:
    """Send all originals as a zip, if the link allows downloads."""
    downloads_check(link)
    albums_fill([link.album_id])
    return archive_response(request, _photos(link), name=link.album.name, cleaned=not link.keeps_location)


@require_safe
@through_link
def slideshow(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Show a slideshow of the photos."""
    return _slideshow(link).page(request)


@require_safe
@through_link
def pictures(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """Return the pictures of the slideshow as JSON, beginning at ?from=."""
    return _slideshow(link).pictures(request)


def _slideshow(link: ShareLink) -> Slideshow:
    return Slideshow(
        _photos(link),
        title=link.album.name,
        names=_names(link),
        picture_url=lambda image: versioned(
            reverse("albums:shared_rendition", args=[link.token, image.pk, Rendition.Kind.PREVIEW]),
            image.turns,
        ),
        pictures_url=reverse("albums:shared_pictures", args=[link.token]),
        back_url=reverse("albums:shared", args=[link.token]),
    )


def _names(link: ShareLink) -> Names:
    """Return the source of the names of people, which is empty if the link hides them."""
    return partial(names_in, owner_id=link.album.owner_id) if link.shows_names else lambda _ids: {}
