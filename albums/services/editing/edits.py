"""Values of photos by their owner, and marks: how each is read from a row and put in force in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from albums.models import Image, PhotoChange
from albums.services.arranging import capture_times, descriptions, positions, tags
from albums.services.reading.places import place_of

Value = Any
"""A value by the owner, as JSON; None: there is none, so that the file's own value is in force."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A kind of change. fields: the columns that it reads and writes.

    value: returns the one of the owner. set_value: puts it in force in a row, which is not saved.
    """

    fields: tuple[str, ...]
    value: Callable[[Image], Value]
    set_value: Callable[[Image, Value], None]


def _set_favourite(image: Image, value: Value) -> None:
    image.favourite = value


def _set_archived(image: Image, value: Value) -> None:
    image.archived = value


def _set_position(image: Image, value: Value) -> None:
    positions.image_set_owner_position(image, value)
    image.place, image.country = place_of(image.latitude, image.longitude)


_FAVOURITE = Edit(("favourite",), lambda image: image.favourite, _set_favourite)
_ARCHIVED = Edit(("archived",), lambda image: image.archived, _set_archived)

EDITS: Mapping[str, Edit] = {
    PhotoChange.Kind.DATE: Edit(
        capture_times.FIELDS, capture_times.owner_capture, capture_times.image_set_owner_capture
    ),
    PhotoChange.Kind.PLACE: Edit(positions.FIELDS, positions.owner_position, _set_position),
    PhotoChange.Kind.DESCRIPTION: Edit(
        descriptions.FIELDS, descriptions.owner_description, descriptions.image_set_owner_description
    ),
    PhotoChange.Kind.TAGS: Edit(tags.FIELDS, tags.image_tags, tags.image_set_tags),
    PhotoChange.Kind.FAVOURITE: _FAVOURITE,
    PhotoChange.Kind.NOT_FAVOURITE: _FAVOURITE,
    PhotoChange.Kind.ARCHIVE: _ARCHIVED,
    PhotoChange.Kind.UNARCHIVE: _ARCHIVED,
}
