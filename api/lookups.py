"""Rows by the ids of a request. Rows of other accounts are reported as missing: all raise Http404."""

from collections.abc import Callable, Collection
from typing import TypeVar

from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from albums.models import Album, Image
from albums.querysets import AlbumQuerySet
from faces.models import Face, Person

Row = TypeVar("Row", bound=Model)


def get_album(user: User, pk: int, visible: Callable[[User], AlbumQuerySet]) -> Album:
    """Return an album; visible: the queryset method for the required right."""
    return get_object_or_404(visible(user), pk=pk)


def get_visible_image(user: User, pk: int) -> Image:
    """Return a photo that the account owns, or that is shared with it."""
    return get_object_or_404(Image.objects.visible_to(user), pk=pk)


def get_images(user: User, ids: Collection[int]) -> list[Image]:
    """Return photos of the account."""
    return _get_all(Image.objects.owned_by(user), ids)


def get_person(user: User, pk: int) -> Person:
    """Return a person of the account."""
    return get_object_or_404(Person.objects.visible_to(user), pk=pk)


def get_people(user: User, ids: Collection[int]) -> list[Person]:
    """Return people of the account."""
    return _get_all(Person.objects.visible_to(user), ids)


def get_face(user: User, pk: int) -> Face:
    """Return a face in a photo of the account."""
    return get_faces(user, [pk])[0]


def get_faces(user: User, ids: Collection[int]) -> list[Face]:
    """Return faces in photos of the account."""
    return _get_all(Face.objects.visible_to(user).select_related("person"), ids)


def _get_all(rows: QuerySet[Row, Row], ids: Collection[int]) -> list[Row]:
    found = list(rows.filter(pk__in=ids))
    if len(found) < len(set(ids)):
        raise Http404
    return found
