"""The photos of a person, as a list that the photo page can go through: /photos/7/?person=3."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext

from albums.models import Image
from albums.services.core.row_ids import row_id
from albums.views.photo_navigation import PhotoList
from faces.models import Face, Person


def person_photos(user: User, value: str) -> PhotoList | None:
    """The user's photos with this person in them, newest first; None when there is no such person."""
    person = Person.objects.visible_to(user).filter(pk=row_id(value) or 0).first()
    if person is None:
        return None
    with_them = Face.objects.present().filter(person=person)
    return PhotoList(
        images=Image.objects.owned_by(user).ready().filter(pk__in=with_them.values("image")),
        label=person.name or gettext("Unnamed person"),
        back_url=reverse("faces:person", args=[person.pk]),
        query=f"?person={person.pk}",
    )
