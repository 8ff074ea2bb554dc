"""Find the town of a position without a network: see `town_index`."""

import math
from functools import lru_cache
from typing import NamedTuple

from albums.services.reading.town_index import EARTH_RADIUS_KM, MAX_RADIUS_KM, TownIndex, TownRow, town_index

# A position farther from every town has no name.
FARTHEST_KM = 100.0
# Outside all towns but within this distance, the nearest one in proportion to its size is named.
AROUND_KM = 10.0
RECENT = 1000
"""Positions whose towns are remembered: many photos of a change have the same one."""


class Place(NamedTuple):
    """A town by its local name, and the ISO code of its country; both may be empty."""

    town: str
    country: str


NOWHERE = Place("", "")


def place_of(latitude: float | None, longitude: float | None) -> Place:
    """Return the place of a position in degrees; `NOWHERE` without one, at sea, or without the data."""
    if latitude is None or longitude is None:
        return NOWHERE
    index = town_index()
    return _nearest(index, latitude, longitude) if index else NOWHERE


@lru_cache(RECENT)
def _nearest(index: TownIndex, latitude: float, longitude: float) -> Place:
    """Return the town of a position, or one nearby; `NOWHERE` if all are too far."""
    here = _unit_vector(latitude, longitude)
    for kilometres in (MAX_RADIUS_KM, FARTHEST_KM):
        towns = [(_apart(here, town), town) for town in index.around(latitude, longitude, kilometres)]
        fit = [
            (distance / town.radius, town)
            for distance, town in towns
            if distance <= MAX_RADIUS_KM and (distance <= town.radius or distance <= AROUND_KM)
        ]
        nearest = min(
            fit or [one for one in towns if one[0] <= kilometres], key=lambda one: one[0], default=None
        )
        if nearest:
            return Place(nearest[1].town, nearest[1].country)
    return NOWHERE


def _apart(here: tuple[float, float, float], town: TownRow) -> float:
    """Return the distance in kilometres. At such distances chords are as long as arcs."""
    return EARTH_RADIUS_KM * math.dist(here, _unit_vector(town.latitude, town.longitude))


def _unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    up, around = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(around), math.cos(up) * math.sin(around), math.sin(up)
