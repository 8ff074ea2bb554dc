"""The photos of a person, as a list that the photo page can go through: /photos/7/?person=3."""

from datetime import date

from django.contrib.auth.models import User
from django.db.models import F, Max, Min, OrderBy, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext

from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.views.photo_navigation import PhotoList
from faces.models import Face, Person

LIBRARY_END = 1000
"""Photos at either end of a library among which the first and the last of a person are looked for first."""


def photos_of(person: Person) -> ImageQuerySet:
    """Return the owner's photos with this person."""
    faces = Face.objects.present().filter(person=person)
    images = Image.objects.filter(owner_id=person.owner_id, binned_at=None)
    return images.ready().filter(pk__in=faces.values("image"))


def photos_span(person: Person) -> tuple[date | None, date | None]:
    """Return the days of the person's first and last photo; None without photos with a date.

    Most people are in the newest and in the oldest photos of a library, which an index has in order. Only for
    others are all photos of the person compared, in the same query.
    """
    dated = Image.objects.filter(owner_id=person.owner_id, captured_at__isnull=False)
    photos = photos_of(person).order_by()
    newest = F("captured_at").desc(nulls_last=True), F("added_at").desc(), F("id").desc()
    oldest = F("captured_at").asc(nulls_first=True), F("added_at").asc(), F("id").asc()

    def found(order: tuple[OrderBy, ...], every: Max | Min) -> Coalesce:
        # Grouped, for Postgres would look for the first of an order in the whole library, photo by photo.
        near = photos.filter(pk__in=dated.order_by(*order).values("pk")[:LIBRARY_END])
        parts = [rows.values("owner").annotate(found=every).values("found") for rows in (near, photos)]
        return Coalesce(Subquery(parts[0]), Subquery(parts[1]))

    first, last = (
        Person.objects.filter(pk=person.pk)
        .values_list(found(oldest, Min("captured_at")), found(newest, Max("captured_at")))
        .get()
    )
    return first and first.date(), last and last.date()


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
