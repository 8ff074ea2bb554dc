"""Ids of a request as rows of the person who asks: what is not theirs does not exist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import User
from rest_framework.request import Request

from albums.http.current_user import current_user
from albums.models import Album, Image
from albums.querysets import AlbumQuerySet
from faces.exceptions import NotThere
from faces.models import Face, Person


def asking(request: Request) -> User:
    """Who asks."""
    return current_user(request._request)  # noqa: SLF001  (the plain request, as every view has it)


def person_of(user: User, pk: int) -> Person:
    """Their person with this id. Raises NotThere."""
    found: Person | None = Person.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotThere("person")
    return found


def people_of(user: User, ids: Collection[int]) -> list[Person]:
    """Their people with these ids, all of them. Raises NotThere."""
    return _all(list(Person.objects.visible_to(user).filter(pk__in=ids)), ids, "person")


def faces_of(user: User, ids: Collection[int]) -> list[Face]:
    """Their faces with these ids, all of them. Raises NotThere."""
    return _all(list(Face.objects.visible_to(user).filter(pk__in=ids).select_related("person")), ids, "face")


def image_of(user: User, pk: int) -> Image:
    """Their photo with this id. Raises NotThere."""
    found: Image | None = Image.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotThere("photo")
    return found


def images_of(user: User, ids: Collection[int]) -> list[Image]:
    """Their own photos with these ids, all of them. Raises NotThere."""
    return _all(list(Image.objects.owned_by(user).filter(pk__in=ids)), ids, "photo")


def album_of(user: User, pk: int, among: Callable[[User], AlbumQuerySet]) -> Album:
    """The album with this id among those that the user may: see, edit, own. Raises NotThere."""
    found = among(user).filter(pk=pk).first()
    if found is None:
        raise NotThere("album")
    return found


def _all(rows: list[Any], ids: Collection[int], what: str) -> list[Any]:
    if len(rows) < len(set(ids)):
        raise NotThere(what)
    return rows
