"""Albums: the list, one album, and what people do with them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from albums.forms import AlbumNameForm, IdsField
from albums.models import Album, Image
from albums.services.albums import (
    album_create,
    album_delete,
    album_remove_images,
    album_rename,
)
from albums.views.photos import ALBUM_CHOICES
from albums.views.tiles import page_number, tile_page
from albums.views.viewer import viewer

ALBUMS_PER_PAGE = 60


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def albums(request: HttpRequest) -> HttpResponse:
    """All albums; POST makes a new one."""
    user = viewer(request)
    form = AlbumNameForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        made = album_create(owner=user, name=form.cleaned_data["name"])
        return redirect("albums:album", made.pk)
    newest = Image.objects.ready().filter(albums=OuterRef("pk")).values("pk")[:1]
    rows = Album.objects.visible_to(user).with_counts().annotate(cover_image_id=Subquery(newest))
    rows = rows.order_by(Lower("name"), "pk")
    page = Paginator(rows, ALBUMS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "albums/albums.html",
        {"page": page, "form": form},
        status=400 if form.errors else 200,
    )


@login_required
@require_safe
def album(request: HttpRequest, pk: int) -> HttpResponse:
    """One album's photos."""
    return _album_page(request, get_object_or_404(Album.objects.visible_to(viewer(request)), pk=pk))


def _album_page(request: HttpRequest, shown: Album, *, form: AlbumNameForm | None = None) -> HttpResponse:
    user = viewer(request)
    images = Image.objects.visible_to(user).ready().filter(albums=shown)
    page = tile_page(images, number=page_number(request.GET.get("page")), context_query=f"?album={shown.pk}")
    if request.headers.get("HX-Request"):
        return render(request, "albums/_tiles.html", {"page": page})
    return render(
        request,
        "albums/album.html",
        {
            "album": shown,
            "page": page,
            "photo_count": images.count(),
            "form": form or AlbumNameForm(user=user, album=shown, initial={"name": shown.name}),
            "album_choices": Album.objects.visible_to(user).exclude(pk=shown.pk)[:ALBUM_CHOICES],
        },
        status=400 if form is not None else 200,
    )


@login_required
@require_POST
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an album another name."""
    user = viewer(request)
    renamed = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    form = AlbumNameForm(request.POST, user=user, album=renamed)
    if not form.is_valid():
        return _album_page(request, renamed, form=form)
    album_rename(album=renamed, name=form.cleaned_data["name"])
    return redirect("albums:album", pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete an album. Its photos stay."""
    user = viewer(request)
    doomed = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    if request.method == "POST":
        name = doomed.name
        album_delete(album=doomed)
        messages.success(request, f"The album “{name}” is deleted. Its photos are still here.")
        return redirect("albums:albums")
    count = Image.objects.visible_to(user).ready().filter(albums=doomed).count()
    return render(request, "albums/album_delete.html", {"album": doomed, "photo_count": count})


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked photos out of an album."""
    user = viewer(request)
    kept = get_object_or_404(Album.objects.visible_to(user), pk=pk)
    try:
        ids = IdsField().clean(request.POST.getlist("image"))
    except ValidationError:
        messages.error(request, "Tick at least one photo first.")
        return redirect("albums:album", pk)
    images = Image.objects.visible_to(user).filter(pk__in=ids)
    count = album_remove_images(album=kept, images=images)
    messages.success(request, f"Taken out of “{kept.name}”: {count} photo{'' if count == 1 else 's'}.")
    return redirect("albums:album", pk)
