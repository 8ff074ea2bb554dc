"""Clusters of photos on the map: those in the same cell of a grid, which is finer the closer one looks."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Avg, Count, F, Max, Min
from django.db.models.functions import Floor, Ln, Radians, Tan

from albums.querysets import ImageQuerySet
from albums.services.searching.area import Area

# Of the Web Mercator projection, in which the world is a square of 256 pixels at zoom 0.
MAX_LATITUDE = 85.05
WORLD_PIXELS = 256
# The side of a cell in pixels, at every zoom: somewhat more than the picture of a cluster.
CELL_PIXELS = 80
# Closer ones would cover each other.
CLOSEST_CELLS = 0.7
MIN_ZOOM, MAX_ZOOM = 0, 18
# More than fit on any screen: the densest are shown.
MAX_CLUSTERS = 1000


@dataclass(frozen=True, slots=True)
class Cluster:
    """Photos close to each other: their number, middle and edges, and the newest of them."""

    photos: int
    longitude: float
    latitude: float
    west: float
    south: float
    east: float
    north: float
    image_id: int

    def with_photos_of(self, other: "Cluster", turns: int) -> "Cluster":
        """Return this cluster with those of another one; it stays where it is.

        turns: around the world from the other one's longitudes to those beside this cluster.
        """
        shift = 360 * turns
        # The edges of this cluster may be over the 180th meridian already.
        east = self.east + 360 if self.east < self.west else self.east
        return replace(
            self,
            photos=self.photos + other.photos,
            west=_longitude(min(self.west, other.west + shift)),
            south=min(self.south, other.south),
            east=_longitude(max(east, other.east + shift)),
            north=max(self.north, other.north),
        )

    @property
    def area(self) -> Area:
        """The smallest area with all of them."""
        return Area(self.west, self.south, self.east, self.north)


def clusters_in(images: ImageQuerySet, area: Area, *, zoom: int) -> list[Cluster]:
    """Return the clusters of the photos in an area, the densest first. One query."""
    side = CELL_PIXELS / (WORLD_PIXELS * 2**zoom)
    # In parts of the world's width: 0 to 1 from west to east, and -0.5 to 0.5 from south to north.
    across = (F("longitude") + 180.0) / 360.0
    angle = Radians(F("latitude") / 2.0 + 45.0)
    up = Ln(Tan(angle)) / 6.283185307179586
    inside = images.filter(area.condition, latitude__gte=-MAX_LATITUDE, latitude__lte=MAX_LATITUDE)
    cells = inside.order_by().annotate(column=Floor(across / side), row=Floor(up / side))
    rows: Sequence[Any] = list(
        cells.values("column", "row")
        .annotate(
            photos=Count("pk"),
            middle_longitude=Avg("longitude"),
            middle_latitude=Avg("latitude"),
            west=Min("longitude"),
            south=Min("latitude"),
            east=Max("longitude"),
            north=Max("latitude"),
            image_id=Max("pk"),
        )
        .order_by("-photos", "-image_id")[:MAX_CLUSTERS]
    )
    found = [
        Cluster(
            photos=row["photos"],
            longitude=row["middle_longitude"],
            latitude=row["middle_latitude"],
            west=row["west"],
            south=row["south"],
            east=row["east"],
            north=row["north"],
            image_id=row["image_id"],
        )
        for row in rows
    ]
    return _joined(found, side * CLOSEST_CELLS)


def _joined(clusters: Sequence[Cluster], distance: float) -> list[Cluster]:
    """Join those beside an edge of the grid whose pictures would cover each other."""
    joined: list[Cluster] = []
    near: dict[tuple[int, int], list[int]] = {}
    for cluster in clusters:
        x, y = _mercator(cluster)
        # Beside the 180th meridian also those on its other side.
        turns = [0, *([1] if x < distance else []), *([-1] if x > 1 - distance else [])]
        found = next(
            (
                (number, turn)
                for turn in turns
                for number in _around(near, (x + turn) / distance, y / distance)
                if _apart(joined[number], x + turn, y) < distance
            ),
            None,
        )
        if found:
            number, turn = found
            joined[number] = joined[number].with_photos_of(cluster, turn)
        else:
            near.setdefault((math.floor(x / distance), math.floor(y / distance)), []).append(len(joined))
            joined.append(cluster)
    return joined


def _around(near: Mapping[tuple[int, int], Sequence[int]], column: float, row: float) -> Iterator[int]:
    """Return the numbers in a cell and in those beside it."""
    for across, down in itertools.product((-1, 0, 1), repeat=2):
        yield from near.get((math.floor(column) + across, math.floor(row) + down), ())


def _apart(cluster: Cluster, x: float, y: float) -> float:
    other_x, other_y = _mercator(cluster)
    return math.hypot(x - other_x, y - other_y)


def _mercator(cluster: Cluster) -> tuple[float, float]:
    """Return the middle in parts of the world's width, from 0 in the west."""
    up = math.log(math.tan(math.pi / 4 + math.radians(cluster.latitude) / 2)) / math.tau
    return (cluster.longitude + 180) / 360, up


def _longitude(degrees: float) -> float:
    """Return the same longitude between -180 and 180."""
    return degrees if -180 <= degrees <= 180 else round((degrees + 180) % 360 - 180, 9)


def area_of(images: ImageQuerySet) -> Area | None:
    """Return the smallest area with all of these photos; None if none has a position. One query."""
    slices: Sequence[Any] = list(
        images.order_by()
        .filter(latitude__isnull=False)
        .values(slice=Floor("longitude"))
        .annotate(west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude"))
        .order_by("slice")
    )
    if not slices:
        return None
    # The area ends at the widest part of the world without photos.
    gaps = [after["west"] - before["east"] for before, after in itertools.pairwise(slices)]
    gaps.append(slices[0]["west"] + 360 - slices[-1]["east"])
    before = max(range(len(gaps)), key=gaps.__getitem__)
    return Area(
        west=slices[(before + 1) % len(slices)]["west"],
        south=min(one["south"] for one in slices),
        east=slices[before]["east"],
        north=max(one["north"] for one in slices),
    )
