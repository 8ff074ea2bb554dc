"""Albums: the list, one album, and what people do with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from albums.album_forms import AlbumForm
from albums.exceptions import AlbumFillsItself
from albums.forms import AlbumNameForm
from albums.http.current_user import current_user
from albums.http.htmx import HtmxRequest
from albums.http.id_params import posted_image_ids
from albums.models import Album, AlbumMember, Image, ShareLink
from albums.ordering import ALBUM_ORDERS
from albums.querysets import AlbumQuerySet
from albums.services.arranging.albums import (
    album_change,
    album_choose_cover,
    album_create,
    album_delete,
    album_put_back,
    album_remove_images,
    may_edit,
    taken_out_proof,
)
from albums.services.arranging.smart_albums import albums_fill, filled_by_hand
from albums.views.selection import refused, wants_json
from albums.views.selection_bar import album_bar
from albums.views.tiles import COLUMNS, PAGE_SIZE, tile_of, tile_page

ALBUMS_PER_PAGE = 60
TAKEN_OUT_KEY = "taken-out"
NOT_BY_HAND = gettext_lazy("Photos in a smart album are managed by its rule.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def albums(request: HttpRequest) -> HttpResponse:
    """The albums that one may see, in a fixed number of queries; POST makes a new one."""
    user = current_user(request)
    form = AlbumNameForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        made = album_create(owner=user, name=form.cleaned_data["name"])
        return redirect("albums:album", made.pk)
    which = request.GET.get("which", "")
    rows = _which(user, which).order_by(Lower("name"), "pk")
    page = Paginator(rows, ALBUMS_PER_PAGE).get_page(request.GET.get("page"))
    ids = [row.pk for row in page.object_list]
    fill_themselves = albums_fill(ids)
    # Read again: what fills itself may have other photos now.
    shown = Album.objects.visible_to(user).filter(pk__in=ids).select_related("owner")
    shown = shown.with_counts().with_covers().order_by(Lower("name"), "pk")
    cards = shown.annotate(
        has_members=Exists(AlbumMember.objects.filter(album=OuterRef("pk"))),
        has_links=Exists(ShareLink.objects.filter(album=OuterRef("pk"))),
    )
    return render(
        request,
        "albums/albums.html",
        {
            "page": page,
            "cards": cards,
            "fill_themselves": fill_themselves,
            "which": which,
            "others_share": AlbumMember.objects.filter(user=user).exists(),
            "form": form,
        },
        status=400 if form.errors else 200,
    )


def _which(user: User, which: str) -> AlbumQuerySet:
    """The albums behind each of the links above the list."""
    mine = Album.objects.owned_by(user)
    match which:
        case "mine":
            return mine
        case "shared":
            return Album.objects.visible_to(user).exclude(owner=user)
        case "self":
            return mine.exclude(pk__in=filled_by_hand(mine).values("pk"))
        case _:
            return Album.objects.visible_to(user)


@login_required
@require_safe
def album(request: HtmxRequest, pk: int) -> HttpResponse:
    """One album's photos. htmx asks for further pages, and gets the tiles alone."""
    user = current_user(request)
    shown = get_object_or_404(Album.objects.visible_to(user).select_related("owner"), pk=pk)
    fills_itself = not request.htmx and bool(albums_fill([pk]))
    owned, editable = shown.owner_id == user.pk, may_edit(shown, user.pk)
    images = Image.objects.in_album(shown)
    order, cursor = ALBUM_ORDERS[shown.sort], request.GET.get("after", "")
    page = tile_page(images, order, cursor=cursor, context_query=f"?album={pk}")
    if request.htmx:
        return render(request, "albums/_tiles.html", {"page": page})
    return render(
        request,
        "albums/album.html",
        {
            "album": shown,
            "page": page,
            "photo_count": images.count(),
            "owned": owned,
            "membership": None if owned else shown.members.filter(user=user).first(),
            "editable": editable and not fills_itself,
            "fills_itself": fills_itself,
            "taken_out": _taken_out_here(request, pk),
            "bar": album_bar(user, shown, editable=editable, by_hand=not fills_itself),
        },
    )


def _taken_out_here(request: HttpRequest, pk: int) -> dict[str, object] | None:
    """What was just taken out of this album, told once."""
    said = request.session.get(TAKEN_OUT_KEY)
    if not isinstance(said, dict) or said.get("album") != pk:
        return None
    del request.session[TAKEN_OUT_KEY]
    return said


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, description and order of an album. Only its owner's to change."""
    user = current_user(request)
    changed = get_object_or_404(Album.objects.owned_by(user), pk=pk)
    form = AlbumForm(request.POST or None, user=user, album=changed)
    if request.method == "POST" and form.is_valid():
        album_change(album=changed, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("albums:album", pk)
    # The name in the heading is the one in force, whatever was typed.
    changed.refresh_from_db()
    context = {"album": changed, "form": form}
    return render(request, "albums/album_edit.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the photo that stands for an album. POST: image, or nothing for the newest."""
    user = current_user(request)
    covered = get_object_or_404(Album.objects.owned_by(user), pk=pk)
    albums_fill([pk])
    inside = Image.objects.in_album(covered)
    if request.method == "POST":
        given, ids = request.POST.get("image", ""), posted_image_ids(request)
        if len(ids) > 1:
            messages.error(request, _("Select a single photo for the cover."))
            return redirect("albums:album", pk)
        chosen = get_object_or_404(inside, pk=next(iter(ids), 0)) if given else None
        album_choose_cover(album=covered, image=chosen)
        messages.success(request, _("Cover updated"))
        return redirect("albums:album", pk)
    page = Paginator(inside.only(*COLUMNS), PAGE_SIZE).get_page(request.GET.get("page"))
    tiles = [tile_of(image) for image in page.object_list]
    return render(request, "albums/album_cover.html", {"album": covered, "page": page, "tiles": tiles})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete an album. Its photos stay."""
    user = current_user(request)
    doomed = get_object_or_404(Album.objects.owned_by(user), pk=pk)
    if request.method == "POST":
        name = doomed.name
        album_delete(album=doomed)
        messages.success(
            request, _("Album “%(name)s” deleted. Its photos stay in your library.") % {"name": name}
        )
        return redirect("albums:albums")
    context = {
        "album": doomed,
        "photo_count": Image.objects.in_album(doomed).count(),
        "member_count": doomed.members.count(),
        "link_count": doomed.share_links.count(),
    }
    return render(request, "albums/album_delete.html", context)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked photos out of an album; editors may, too. POST: image, once for each.

    A script gets JSON: `message`, `ids` of what is out, and `undo` with the `proof` to send there.
    """
    user = current_user(request)
    kept = get_object_or_404(Album.objects.editable_by(user), pk=pk)
    ids = posted_image_ids(request)
    if not ids:
        return refused(request, _("Select at least one photo first."))
    images = list(Image.objects.filter(entries__album=kept, pk__in=ids))
    try:
        count = album_remove_images(album=kept, images=images)
    except AlbumFillsItself:
        return refused(request, str(NOT_BY_HAND))
    image_ids = [image.pk for image in images]
    proof = taken_out_proof(album=kept, image_ids=image_ids, by=user)
    if wants_json(request):
        words = ngettext(
            "%(count)s photo removed from “%(name)s”", "%(count)s photos removed from “%(name)s”", count
        )
        return JsonResponse(
            {
                "message": words % {"name": kept.name, "count": count},
                "ids": image_ids,
                "undo": reverse("albums:album_put_back", args=[pk]),
                "proof": proof,
            }
        )
    if count:
        request.session[TAKEN_OUT_KEY] = {"album": pk, "count": count, "proof": proof}
    return redirect("albums:album", pk)


@login_required
@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo `remove`. POST: proof, as the page after it had it."""
    user = current_user(request)
    filled = get_object_or_404(Album.objects.editable_by(user), pk=pk)
    try:
        count = album_put_back(album=filled, proof=request.POST.get("proof", ""), by=user)
    except ValidationError as error:
        return refused(request, " ".join(error.messages))
    except AlbumFillsItself:
        return refused(request, str(NOT_BY_HAND))
    message = ngettext("%(count)s photo restored", "%(count)s photos restored", count) % {"count": count}
    if wants_json(request):
        return JsonResponse({"message": message})
    messages.success(request, message)
    return redirect("albums:album", pk)
