"""Towns by their names, to say where a photo was taken: "Lyon, France", or a position as "45.76, 4.84"."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from albums.countries import country_name
from albums.services.arranging.positions import Position
from albums.services.reading.places import Gazetteer, Place, gazetteer
from albums.text_normalization import normalized

MOST_TOWNS = 8
# Shorter beginnings are those of thousands of towns.
SHORTEST_NAME = 2
# After every letter.
LAST = "\U0010ffff"
_POSITION = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*[,; ]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*")


@dataclass(frozen=True, slots=True)
class Town:
    """A town by its label, such as "Springfield, Illinois, United States", and its position."""

    label: str
    position: Position


def towns_called(text: str, *, most: int = MOST_TOWNS) -> list[Town]:
    """Return the towns whose name begins with the text before its first comma, the largest first.

    What follows commas begins the state and the country, in the current language.
    """
    known, names, (name, *others) = gazetteer(), _names(), map(normalized, text.split(","))
    if known is None or len(name) < SHORTEST_NAME:
        return []
    others = [part for part in others if part]
    found: list[Town] = []
    for index in _beginning(known, names, name):
        town = Town(_label(known, index), known.position(index))
        parts = [normalized(part) for part in town.label.split(",")[1:]]
        if all(any(part.startswith(other) for part in parts) for other in others):
            found.append(town)
        if len(found) == most:
            break
    return found


def position_called(text: str) -> Position:
    """Return the position that a text says: degrees, or the name of a town. Raises ValidationError."""
    typed = _POSITION.fullmatch(text)
    if typed:
        latitude, longitude = float(typed[1]), float(typed[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            return latitude, longitude
        raise ValidationError(
            _("Latitude is from -90 to 90 and longitude from -180 to 180 degrees."), code="position"
        )
    wanted = normalized(text)
    towns = towns_called(text, most=100)
    # "York" is York, although New York is larger and "Yorkton" begins with it.
    exact = [town for town in towns if normalized(town.label) == wanted]
    name = normalized(text.split(",", maxsplit=1)[0])
    named = [town for town in towns if normalized(town.label.split(",")[0]) == name]
    # New York is New York City.
    longer = [town for town in towns if normalized(town.label).startswith(f"{name} ")]
    for town in [*exact, *named, *longer]:
        return town.position
    raise ValidationError(
        _("No town is called “%(name)s”. Choose one of the list, or enter a position such as 45.76, 4.84.")
        % {"name": text.strip()},
        code="unknown_town",
    )


def _beginning(known: Gazetteer, names: list[tuple[str, int]], name: str) -> list[int]:
    """Return the towns whose normalized name begins so, the largest first."""
    begin, end = bisect_left(names, (name,)), bisect_left(names, (name + LAST,))
    return sorted((index for _name, index in names[begin:end]), key=lambda index: -known.radii[index])


@cache
def _names() -> list[tuple[str, int]]:
    known = gazetteer()
    places = known.places if known else ()
    return sorted((_plain(place.town), index) for index, place in enumerate(places))


@cache
def _numbers() -> Counter[Place]:
    known = gazetteer()
    return Counter(known.places if known else ())


def _plain(town: str) -> str:
    # Most names need no normalization, which takes a second for all of them.
    return town.lower() if town.isascii() and town.isalpha() else normalized(town)


def _label(known: Gazetteer, index: int) -> str:
    place, state = known.places[index], known.states[index]
    several = _numbers()[place] > 1 and state != place.town
    return ", ".join(filter(None, (place.town, state if several else "", country_name(place.country))))
