"""Towns by their names, to say where a photo was taken: "Lyon, France", or a position as "45.76, 4.84"."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from albums.countries import country_name
from albums.services.arranging.positions import Position
from albums.services.reading.town_index import TownRow, town_index
from albums.text_normalization import normalized

MOST_TOWNS = 8
# Shorter beginnings are those of thousands of towns.
SHORTEST_NAME = 2
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
    index, (name, *others) = town_index(), map(normalized, text.split(","))
    if index is None or len(name) < SHORTEST_NAME:
        return []
    others = [part for part in others if part]
    found = (
        Town(_label(row), (round(row.latitude, 5), round(row.longitude, 5))) for row in index.beginning(name)
    )
    return list(itertools.islice((town for town in found if _is_in(town, others)), most))


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


def _is_in(town: Town, others: Sequence[str]) -> bool:
    """Return True if each of the others begins the state or the country."""
    parts = [normalized(part) for part in town.label.split(",")[1:]]
    return all(any(part.startswith(other) for part in parts) for other in others)


def _label(row: TownRow) -> str:
    several = row.namesakes > 1 and row.state != row.town
    return ", ".join(filter(None, (row.town, row.state if several else "", country_name(row.country))))
