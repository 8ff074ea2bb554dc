"""The photos of a person, as a list that the photo page can go through: /photos/7/?person=3."""

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext

from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.views.photo_navigation import PhotoList
from faces.models import Face, Person


def photos_of(person: Person) -> ImageQuerySet:
    """Return the owner's photos with this person."""
    faces = Face.objects.present().filter(person=person)
    images = Image.objects.filter(owner_id=person.owner_id, binned_at=None)
    return images.ready().filter(pk__in=faces.values("image"))


def person_photos(user: User, value: str) -> PhotoList | None:
    """Return the photos with the person of an id, newest first; None if the user has no such person."""
    person = Person.objects.visible_to(user).filter(pk=row_id(value) or 0).first()
    if person is None:
        return None
    return PhotoList(
        images=photos_of(person),
        label=person.name or gettext("Unnamed person"),
        back_url=reverse("faces:person", args=[person.pk]),
        query=f"?person={person.pk}",
    )
