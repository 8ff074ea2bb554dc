"""The positions of photos: those of their files, or by their owner, which win."""

from collections.abc import Sequence

from albums.models import Image

FIELDS = ("latitude", "longitude", "place", "country", "place_by_owner", "facts")
# The key of `Image.facts` with the position of the file while the owner's is in force.
FILE_FACT = "position"

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


def position_of(latitude: float | None, longitude: float | None) -> Position | None:
    """Return a position, None unless both are known."""
    return None if latitude is None or longitude is None else (latitude, longitude)


def owner_position(image: Image) -> list[float] | None:
    """Return the owner's position, an empty list for an unknown one, None while the file's is in force."""
    if not image.place_by_owner:
        return None
    return list(position_of(image.latitude, image.longitude) or ())


def image_set_owner_position(image: Image, value: Sequence[float] | None) -> None:
    """Put what `owner_position` returns in force; `image` is not saved, and its town is not found."""
    if value is None:
        if image.place_by_owner:
            _put(image, file_position(image))
            image.facts = {name: value for name, value in image.facts.items() if name != FILE_FACT}
        image.place_by_owner = False
        return
    if not image.place_by_owner:
        image.facts = {**image.facts, FILE_FACT: position_of(image.latitude, image.longitude)}
    _put(image, (value[0], value[1]) if value else None)
    image.place_by_owner = True


def image_set_file_position(*, image: Image, position: Position | None) -> None:
    """Store the position of a photo's file in `image`, which is not saved. The owner's stays in force."""
    if image.place_by_owner:
        image.facts = {**image.facts, FILE_FACT: position}
    else:
        _put(image, position)


def file_position(image: Image) -> Position | None:
    """Return the position of a photo's file, whether or not the owner's is in force."""
    if not image.place_by_owner:
        return position_of(image.latitude, image.longitude)
    stored = image.facts.get(FILE_FACT)
    return (stored[0], stored[1]) if stored else None


def _put(image: Image, position: Position | None) -> None:
    image.latitude, image.longitude = position or (None, None)
