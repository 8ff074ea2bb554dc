"""Clusters of photos on the map: those in the same cell of a grid, which is finer the closer one looks."""

import math
from collections.abc import Sequence
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

    def with_photos_of(self, other: "Cluster") -> "Cluster":
        """Return this cluster with those of another one; it stays where it is."""
        return replace(
            self,
            photos=self.photos + other.photos,
            west=min(self.west, other.west),
            south=min(self.south, other.south),
            east=max(self.east, other.east),
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
        column, row = math.floor(x / distance), math.floor(y / distance)
        around = [(column + across, row + down) for across in (-1, 0, 1) for down in (-1, 0, 1)]
        for number in (number for cell in around for number in near.get(cell, ())):
            other_x, other_y = _mercator(joined[number])
            if math.hypot(x - other_x, y - other_y) < distance:
                joined[number] = joined[number].with_photos_of(cluster)
                break
        else:
            near.setdefault((column, row), []).append(len(joined))
            joined.append(cluster)
    return joined


def _mercator(cluster: Cluster) -> tuple[float, float]:
    """Return the middle in parts of the world's width."""
    up = math.log(math.tan(math.pi / 4 + math.radians(cluster.latitude) / 2)) / math.tau
    return cluster.longitude / 360, up


def area_of(images: ImageQuerySet) -> Area | None:
    """Return the smallest area with all of these photos; None if none has a position."""
    edges = (
        images.order_by()
        .filter(latitude__isnull=False)
        .aggregate(west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude"))
    )
    if edges["west"] is None:
        return None
    return Area(edges["west"], edges["south"], edges["east"], edges["north"])
