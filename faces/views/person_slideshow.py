"""The slideshow of a person's photos."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from albums.http.current_user import current_user
from albums.http.decorators import cacheable_page_view
from albums.http.media import versioned
from albums.models import Rendition
from albums.services.core.people_names import names_in
from albums.views.slideshow import Slideshow
from faces.models import Person
from faces.views.person_photos import photos_of


def _slideshow(request: HttpRequest, pk: int) -> Slideshow:
    user = current_user(request)
    person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    return Slideshow(
        photos_of(person),
        title=person.name or _("Unnamed person"),
        names=partial(names_in, owner_id=user.pk),
        picture_url=lambda image: versioned(
            reverse("albums:rendition", args=[image.pk, Rendition.Kind.PREVIEW]), image.turns
        ),
        pictures_url=reverse("faces:person_pictures", args=[pk]),
        back_url=reverse("faces:person", args=[pk]),
    )


@cacheable_page_view
def person_slideshow(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a slideshow of the photos of a person."""
    return _slideshow(request, pk).page(request)


@cacheable_page_view
def person_pictures(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the pictures of a person's slideshow as JSON."""
    return _slideshow(request, pk).pictures(request)
