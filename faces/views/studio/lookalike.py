"""The page "Who do I look like?": the most similar people of a look-alike gallery, for accounts."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from albums.http.body_limits import pictures, takes_bodies
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.models import Album
from albums.services.core.row_ids import row_id
from faces.error_messages import picture_error_message
from faces.exceptions import ComparisonError, NotThere
from faces.forms import GalleryLookalikeForm
from faces.http import crop_response
from faces.models import Face
from faces.services.searching.galleries import galleries_visible, gallery_face, gallery_get
from faces.services.searching.lookalike import LookalikeResult, lookalikes, lookalikes_of_face
from faces.views.face_picker import face_picker
from faces.views.picture_search import picture_search
from faces.views.studio.gallery_matches import PEOPLE, gallery_matches, matches_context
from faces.views.temporary_pictures import TemporaryPicture, camera_page, temporary_portrait

MOST_OFFERED = 200
"""Galleries in the list of the page."""


@takes_bodies(pictures)
@form_view
def lookalike(request: HttpRequest) -> HttpResponse:
    """Search a gallery with a picture, or with a stored face of the user: `?gallery=ID&face=ID`.

    POST `pick` opens the face picker, which returns `choose`, "face:ID".
    """
    user = current_user(request)
    data = request.POST.copy() if request.method == "POST" else request.GET.copy()
    gallery = _gallery(user, data.get("gallery", ""))
    _side, _colon, picked = data.get("choose", "").partition(":")
    if picked:
        data["face"], data["picture_copy"] = picked, ""
    elif "pick" in data and "back" not in data:
        held = {"gallery": str(gallery.pk)} if gallery else {}
        return face_picker(
            request,
            action=reverse("faces:studio_lookalike"),
            back=_("Back to the gallery"),
            side="face",
            label=_("Who do I look like?"),
            held=held,
        )
    new_picture = "picture" in request.FILES
    face = None if new_picture or not data.get("face") else _own_face(user, data["face"])
    form = GalleryLookalikeForm()
    if face is not None:
        return _stored(request, gallery, face)
    if request.method != "POST" or "back" in data or picked:
        return _page(request, gallery, form)
    form = GalleryLookalikeForm(data, request.FILES)
    if gallery is None:
        form.add_error(None, _("Choose a gallery first."))
        return _page(request, gallery, form, status=400)
    found = picture_search(
        form,
        lambda picture, index: lookalikes(
            user=user, picture=picture, face_index=index, people=PEOPLE, faces=0, gallery=gallery
        ),
    )
    return _page(request, gallery, form, copy=found.copy, result=found.result, status=found.status)


def _gallery(user: User, text: str) -> Album | None:
    """Return the selected gallery, or the only one. Raises Http404 for one that is not visible."""
    if text:
        try:
            return gallery_get(user, row_id(text) or 0)
        except NotThere as error:
            raise Http404(str(error)) from error
    only = list(galleries_visible(user).values_list("pk", flat=True)[:2])
    return gallery_get(user, only[0]) if len(only) == 1 else None


def _own_face(user: User, text: object) -> Face:
    faces = Face.objects.visible_to(user).present().select_related("image", "person")
    return get_object_or_404(faces, pk=row_id(str(text)))


def _stored(request: HttpRequest, gallery: Album | None, face: Face) -> HttpResponse:
    form = GalleryLookalikeForm(initial={"face": face.pk})
    if gallery is None:
        return _page(request, gallery, form, face=face)
    try:
        result = lookalikes_of_face(
            user=current_user(request), face=face, people=PEOPLE, faces=0, gallery=gallery
        )
    except ComparisonError as error:
        return _page(request, gallery, form, face=face, problem=picture_error_message(error), status=409)
    return _page(request, gallery, form, face=face, result=result)


def _page(
    request: HttpRequest,
    gallery: Album | None,
    form: GalleryLookalikeForm,
    *,
    copy: TemporaryPicture | None = None,
    face: Face | None = None,
    result: LookalikeResult | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    user = current_user(request)
    offered = galleries_visible(user).select_related("owner").order_by(Lower("name"), "pk")
    context: dict[str, Any] = {
        "galleries": offered[:MOST_OFFERED],
        "gallery": gallery,
        "form": form,
        "copy": copy,
        "face": face,
        "result": result,
        "problem": problem,
        "copy_errors": [*form["picture_copy"].errors, *form["face_index"].errors],
    }
    if result is not None and gallery is not None:
        matches = gallery_matches(
            result,
            urls=lambda pk, image_id: _urls(gallery, pk, image_id),
            morph=lambda pk: _morph_url(pk, of=face) if gallery.owner_id == user.pk else "",
        )
        context |= matches_context(gallery, matches)
        if copy is not None:
            context["portrait"] = temporary_portrait(copy, result.faces_found[result.selected])
    return camera_page(request, "studio/lookalike.html", context, status=status)


def _urls(gallery: Album, face_id: int, image_id: int) -> tuple[str, str]:
    photo = f"{reverse('albums:photo', args=[image_id])}?album={gallery.pk}"
    return reverse("faces:gallery_crop", args=[gallery.pk, face_id]), photo


def _morph_url(face_id: int, *, of: Face | None) -> str:
    """Return the address of the morph to a face of the user, from a stored face or from an upload there."""
    query = {"first": of.pk, "second": face_id} if of else {"second": face_id}
    return f"{reverse('faces:morph')}?{urlencode(query)}"


@login_required
@require_safe
def crop(request: HttpRequest, gallery: int, pk: int) -> HttpResponseBase:
    """Return the square picture of a face in a gallery that the user may see."""
    try:
        face = gallery_face(gallery_get(current_user(request), gallery), pk)
    except NotThere as error:
        raise Http404(str(error)) from error
    return crop_response(request, face, stored=False)
