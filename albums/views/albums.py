"""Pages of albums: the list, one album, and its changes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from albums.album_forms import AlbumForm, AlbumNameForm, name_taken
from albums.exceptions import AlbumFillsItself, AlbumNameTaken
from albums.http.action_responses import done, refused
from albums.http.current_user import current_user
from albums.http.decorators import action_view, cacheable_form_view, cacheable_page_view
from albums.http.htmx import HtmxRequest, wants_json
from albums.http.id_params import posted_ids
from albums.http.redirects import redirect_to_referrer
from albums.models import Album, AlbumMember, Image, ShareLink
from albums.number_formats import with_numbers
from albums.ordering import ALBUM_ORDERS
from albums.querysets import AlbumQuerySet, among
from albums.services.arranging.albums import (
    album_change,
    album_choose_cover,
    album_create,
    album_delete,
    album_remove_images,
    album_undo,
    album_undo_proof,
    may_edit,
)
from albums.services.arranging.smart_albums import albums_fill, filled_by_hand
from albums.services.editing.instructions import photos_remove_from_album
from albums.views.change_jobs import changed_by_job
from albums.views.selection_bar import album_bar
from albums.views.tiles import COLUMNS, PAGE_SIZE, Tile, tile_page

ALBUMS_PER_PAGE = 60
TAKEN_OUT_KEY = "taken-out"
NOT_BY_HAND = gettext_lazy("Photos in a smart album are managed by its rule.")


@cacheable_form_view
def albums(request: HttpRequest) -> HttpResponse:
    """List the visible albums, in a fixed number of queries. POST creates one."""
    user = current_user(request)
    form = AlbumNameForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("albums:album", album_create(owner=user, name=form.cleaned_data["name"]).pk)
        except AlbumNameTaken:  # by another request, since the form was checked
            form.add_error("name", name_taken())
    which = request.GET.get("which", "")
    rows = _which(user, which).order_by(Lower("name"), "pk")
    page = Paginator(rows, ALBUMS_PER_PAGE).get_page(request.GET.get("page"))
    ids = [row.pk for row in page.object_list]
    smart_albums = albums_fill(ids)
    # Read again: the smart albums may have changed.
    shown = Album.objects.visible_to(user).filter(pk__in=ids).select_related("owner")
    cards: list[Any] = list(
        shown.with_counts()
        .with_covers()
        .order_by(Lower("name"), "pk")
        .annotate(
            has_members=Exists(AlbumMember.objects.filter(album=OuterRef("pk"))),
            has_links=Exists(ShareLink.objects.filter(album=OuterRef("pk"))),
        )
    )
    # Not in the same query, which would find each cover twice.
    covers = Image.objects.filter(pk__in=[card.cover_image_id for card in cards]).order_by()
    turns = dict(covers.values_list("pk", "turns"))
    for card in cards:
        card.cover_turns = turns.get(card.cover_image_id, 0)
    context = {
        "page": page,
        "cards": cards,
        "fill_themselves": smart_albums,
        "which": which,
        "others_share": AlbumMember.objects.filter(user=user).exists(),
        "form": form,
    }
    return render(request, "albums/albums.html", context, status=400 if form.errors else 200)


def _which(user: User, which: str) -> AlbumQuerySet:
    """Return the albums of one of the filters above the list."""
    own = Album.objects.owned_by(user)
    match which:
        case "mine":
            return own
        case "shared":
            return Album.objects.visible_to(user).exclude(owner=user)
        case "self":
            return own.exclude(pk__in=filled_by_hand(own).values("pk"))
        case _:
            return Album.objects.visible_to(user)


@cacheable_page_view
def album(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show the photos of an album. An htmx request gets the tiles of a further page."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.visible_to(user).select_related("owner"), pk=pk)
    is_smart = not request.htmx and bool(albums_fill([pk]))
    owned, editable = album.owner_id == user.pk, may_edit(album, user.pk)
    images = Image.objects.in_album(album)
    order, cursor = ALBUM_ORDERS[album.sort], request.GET.get("after", "")
    page = tile_page(images, order, cursor=cursor, context_query=f"?album={pk}")
    if request.htmx:
        return render(request, "albums/_tiles.html", {"page": page})
    # Counted after the smart album was filled.
    counted: Any = Album.objects.with_counts().only("pk").get(pk=pk)
    context = {
        "album": album,
        "page": page,
        "photo_count": counted.photo_count,
        "owned": owned,
        "membership": None if owned else album.members.filter(user=user).first(),
        "editable": editable and not is_smart,
        "fills_itself": is_smart,
        "taken_out": _removal(request, pk),
        "bar": album_bar(user, album, editable=editable, by_hand=not is_smart),
    }
    return render(request, "albums/album.html", context)


def _removal(request: HttpRequest, pk: int) -> dict[str, object] | None:
    """Return once what was just removed from this album."""
    removal = request.session.get(TAKEN_OUT_KEY)
    if not isinstance(removal, dict) or removal.get("album") != pk:
        return None
    del request.session[TAKEN_OUT_KEY]
    return removal


@cacheable_form_view
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name, description and order of an own album."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.owned_by(user), pk=pk)
    form = AlbumForm(request.POST or None, user=user, album=album)
    if request.method == "POST" and form.is_valid():
        try:
            album_change(album=album, **form.cleaned_data)
        except AlbumNameTaken:
            form.add_error("name", name_taken())
        else:
            messages.success(request, _("Saved"))
            return redirect("albums:album", pk)
    # The heading shows the current name, not an invalid one.
    album.refresh_from_db()
    context = {"album": album, "form": form}
    return render(request, "albums/album_edit.html", context, status=400 if form.errors else 200)


@cacheable_form_view
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the cover of an own album. POST: image, or nothing for the newest photo."""
    album = get_object_or_404(Album.objects.owned_by(current_user(request)), pk=pk)
    albums_fill([pk])
    images = Image.objects.in_album(album)
    if request.method == "POST":
        ids = posted_ids(request, "image")
        if len(ids) > 1:
            messages.error(request, _("Select a single photo for the cover."))
            return redirect("albums:album", pk)
        image = get_object_or_404(images, pk__in=ids) if request.POST.get("image") else None
        album_choose_cover(album=album, image=image)
        messages.success(request, _("Cover updated"))
        return redirect("albums:album", pk)
    page = Paginator(images.only(*COLUMNS), PAGE_SIZE).get_page(request.GET.get("page"))
    tiles = [Tile(image) for image in page.object_list]
    return render(request, "albums/album_cover.html", {"album": album, "page": page, "tiles": tiles})


@cacheable_form_view
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm and delete an own album, but not its photos."""
    album = get_object_or_404(Album.objects.owned_by(current_user(request)), pk=pk)
    if request.method == "POST":
        message = _("Album “%(name)s” deleted. Its photos stay in your library.") % {"name": album.name}
        album_delete(album=album)
        messages.success(request, message)
        return redirect("albums:albums")
    context = {
        "album": album,
        "photo_count": Image.objects.in_album(album).count(),
        "member_count": album.members.count(),
        "link_count": album.share_links.count(),
    }
    return render(request, "albums/album_delete.html", context)


@action_view
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the selected photos from an album, as its owner or an editor. POST: image, repeated.

    A script gets JSON: `message`, the `ids` that were removed, and `undo` with the `proof` to send there.
    """
    user = current_user(request)
    album = get_object_or_404(Album.objects.editable_by(user), pk=pk)
    ids = posted_ids(request, "image")
    if not ids:
        return refused(request, _("Select at least one photo first."))
    if by_job := changed_by_job(request, ids, photos_remove_from_album(album=album)):
        return by_job
    images = list(Image.objects.filter(among("pk", ids), entries__album=album))
    try:
        count = album_remove_images(album=album, images=images)
    except AlbumFillsItself:
        return refused(request, str(NOT_BY_HAND))
    image_ids = [image.pk for image in images]
    proof = album_undo_proof(album=album, image_ids=image_ids, by=user, added=False)
    if wants_json(request):
        words = ngettext(
            "%(count)s photo removed from “%(name)s”", "%(count)s photos removed from “%(name)s”", count
        )
        message = with_numbers(words, name=album.name, count=count)
        undo = reverse("albums:album_undo", args=[pk])
        return JsonResponse({"message": message, "ids": image_ids, "undo": undo, "proof": proof})
    if count:
        request.session[TAKEN_OUT_KEY] = {"album": pk, "count": count, "proof": proof}
    return redirect("albums:album", pk)


@action_view
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo that photos were added to an album or removed. POST: proof, which may also be in the address."""
    user = current_user(request)
    album = get_object_or_404(Album.objects.editable_by(user), pk=pk)
    try:
        undone = album_undo(
            album=album, proof=request.POST.get("proof") or request.GET.get("proof", ""), by=user
        )
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    except AlbumFillsItself:
        return refused(request, str(NOT_BY_HAND))
    if not undone.added:
        words = ngettext("%(count)s photo restored", "%(count)s photos restored", undone.photos)
        message = with_numbers(words, count=undone.photos)
        return done(request, message, to=redirect("albums:album", pk))
    words = ngettext(
        "%(count)s photo removed from “%(name)s”", "%(count)s photos removed from “%(name)s”", undone.photos
    )
    message = with_numbers(words, name=album.name, count=undone.photos)
    to = redirect("albums:albums") if undone.album_deleted else redirect_to_referrer(request)
    return done(request, message, to=to)
