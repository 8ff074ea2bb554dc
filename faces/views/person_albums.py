"""Albums that fill themselves with the photos of people: made, changed, and made ordinary again."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from albums.http.current_user import current_user
from albums.http.id_params import row_ids
from faces.forms import PersonAlbumForm
from faces.models import Person, PersonAlbum
from faces.services.people.person_albums import person_album_change, person_album_convert, person_album_create

# More named people than this are not offered: the page stays light.
MOST_OFFERED = 1500


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_album_new(request: HttpRequest) -> HttpResponse:
    """Make an album that fills itself. With ?person= those are chosen already."""
    user = current_user(request)
    form = PersonAlbumForm(
        request.POST or None,
        user=user,
        initial={"people": row_ids(request.GET.getlist("person")), "rule": PersonAlbum.Rule.ALL},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = person_album_create(owner=user, **form.values())
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            return redirect("albums:album", made.pk)
    return _page(request, user, form, {})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_album_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change whom an album follows. POST: do=settle makes it an ordinary album with the photos it has."""
    user = current_user(request)
    kind = get_object_or_404(PersonAlbum.objects.select_related("album"), album__owner=user, album_id=pk)
    if request.method == "POST" and request.POST.get("do") == "settle":
        person_album_convert(kind=kind)
        messages.success(request, _("This is now a regular album. It contains the same photos."))
        return redirect("albums:album", pk)
    chosen = list(kind.people.values_list("pk", flat=True))
    initial = {"people": chosen, "rule": kind.rule}
    form = PersonAlbumForm(request.POST or None, user=user, kind=kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        person_album_change(kind=kind, people=values["people"], rule=values["rule"])
        messages.success(request, _("Saved"))
        return redirect("albums:album", pk)
    return _page(request, user, form, {"album": kind.album})


def _page(request: HttpRequest, user: User, form: PersonAlbumForm, context: dict[str, Any]) -> HttpResponse:
    chosen = set(row_ids(map(str, form["people"].value() or ())))
    return render(
        request,
        "faces/person_album.html",
        {**context, "form": form, "people": _offered(user, chosen), "chosen": chosen},
        status=400 if form.errors else 200,
    )


def _offered(user: User, chosen: set[int]) -> list[Any]:
    """Named people to choose from, those chosen first; only so many that the page stays light."""
    mine: QuerySet[Any] = Person.objects.visible_to(user).with_shown_face()
    named = mine.exclude(name="")
    first = list(mine.filter(pk__in=chosen).order_by(Lower("name"), "pk"))
    others = named.filter(hidden=False).exclude(pk__in=chosen).order_by(Lower("name"), "pk")
    return [*first, *others[: MOST_OFFERED - len(first)]]
