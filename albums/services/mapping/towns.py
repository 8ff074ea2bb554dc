"""The largest towns in a part of the map, for its labels."""

from dataclasses import dataclass

from albums.services.reading.town_index import town_index
from albums.services.searching.area import Area

MAX_TOWNS = 60


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its position."""

    name: str
    longitude: float
    latitude: float
    inhabitants: int


def towns_in(area: Area, *, most: int = MAX_TOWNS) -> list[Town]:
    """Return the largest towns in an area, the largest first; none without the package."""
    index = town_index()
    if index is None:
        return []
    rows = index.largest(area.west, area.south, area.east, area.north, most=most)
    return [Town(row.town, round(row.longitude, 4), round(row.latitude, 4), row.inhabitants) for row in rows]
