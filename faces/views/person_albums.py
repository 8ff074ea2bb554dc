"""Smart albums with the photos of people: create, edit, and turn into an ordinary album."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from albums.album_forms import name_taken
from albums.exceptions import AlbumNameTaken
from albums.http.current_user import current_user
from albums.http.decorators import form_view
from albums.http.id_params import row_ids
from faces.forms import PersonAlbumForm
from faces.models import Person, PersonAlbum
from faces.services.people.person_albums import person_album_change, person_album_convert, person_album_create

# More people would make the page too large.
MOST_PEOPLE = 1500


@form_view
def person_album_new(request: HttpRequest) -> HttpResponse:
    """Create a smart album; ?person= preselects people. POST then=share continues with sharing it."""
    user = current_user(request)
    initial = {"people": row_ids(request.GET.getlist("person")), "rule": PersonAlbum.Rule.ALL}
    form = PersonAlbumForm(request.POST or None, user=user, initial=initial)
    if form.is_valid():
        try:
            album = person_album_create(owner=user, **form.values())
        except AlbumNameTaken:
            form.add_error("name", name_taken())
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            then = "albums:sharing" if request.POST.get("then") == "share" else "albums:album"
            return redirect(then, album.pk)
    return _page(request, user, form)


@form_view
def person_album_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the people of a smart album. POST do=settle turns it into an ordinary album with its photos."""
    user = current_user(request)
    kind = get_object_or_404(PersonAlbum.objects.select_related("album"), album__owner=user, album_id=pk)
    if request.POST.get("do") == "settle":
        person_album_convert(kind=kind)
        messages.success(request, _("This is now a regular album. It contains the same photos."))
        return redirect("albums:album", pk)
    initial = {"people": list(kind.people.values_list("pk", flat=True)), "rule": kind.rule}
    form = PersonAlbumForm(request.POST or None, user=user, kind=kind, initial=initial)
    if form.is_valid():
        person_album_change(kind=kind, **form.values())
        messages.success(request, _("Saved"))
        return redirect("albums:album", pk)
    return _page(request, user, form, album=kind.album)


def _page(request: HttpRequest, user: User, form: PersonAlbumForm, **context: Any) -> HttpResponse:
    selected = set(row_ids(map(str, form["people"].value() or ())))
    context |= {"form": form, "people": _people(user, selected), "selected": selected}
    return render(request, "faces/person_album.html", context, status=400 if form.errors else 200)


def _people(user: User, selected: set[int]) -> list[Any]:
    """Return the selected people, then other named people up to a limit."""
    people = Person.objects.visible_to(user).order_by(Lower("name"), "pk")
    first = list(people.filter(pk__in=selected).with_shown_face())
    others = people.named().filter(hidden=False).exclude(pk__in=selected).with_shown_face()
    return [*first, *others[: MOST_PEOPLE - len(first)]]
