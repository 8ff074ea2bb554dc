"""Search by a part of the map: "west,south,east,north" in degrees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.querysets import ImageQuerySet
from albums.services.searching.search_part import Choice, SearchPart, Suggester, Viewer

DIGITS = 5


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the map in degrees, its edges included. Over the 180th meridian west is more than east."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def of(cls, value: str) -> Self | None:
        """Return the area of a value for addresses; None if it is none."""
        try:
            west, south, east, north = map(float, value.split(","))
        except ValueError:
            return None
        if not (abs(west) <= 180 and abs(east) <= 180 and -90 <= south <= north <= 90):
            return None
        return cls(west, south, east, north)

    @property
    def value(self) -> str:
        """The value that `of` reads."""
        return ",".join(f"{edge:.{DIGITS}f}" for edge in (self.west, self.south, self.east, self.north))

    @property
    def over_180(self) -> bool:
        """True if the area crosses the 180th meridian."""
        return self.west > self.east

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle."""
        longitude = (self.west + self.east) / 2
        if self.over_180:
            longitude += -180 if longitude > 0 else 180
        return (self.south + self.north) / 2, longitude

    def grown(self) -> "Area":
        """Return the area with room for the rounding of its value."""
        room = 10**-DIGITS
        return Area(
            max(self.west - room, -180),
            max(self.south - room, -90),
            min(self.east + room, 180),
            min(self.north + room, 90),
        )

    @property
    def condition(self) -> Q:
        """The condition for photos within."""
        west, east = Q(longitude__gte=self.west), Q(longitude__lte=self.east)
        across = west | east if self.over_180 else west & east
        return across & Q(latitude__gte=self.south, latitude__lte=self.north)


class AreaPart(SearchPart):
    """A part of the map. Any of several values matches."""

    name = "area"
    heading = _("Map")
    icon = "pin"

    def suggester(self, _user: Viewer) -> Suggester:
        """Suggest nothing: the map offers areas."""
        return lambda _words: []

    def choices_of(self, _user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the areas with their middles; a value that is none is gone."""
        return [self._choice(value, Area.of(value)) for value in values]

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos in any of the areas."""
        condition = Q()
        for area in filter(None, map(Area.of, values)):
            condition |= area.condition
        return images.filter(condition)

    @staticmethod
    def _choice(value: str, area: Area | None) -> Choice:
        if area is None:
            return Choice(value, value, gone=True)
        middle = "{:.2f}, {:.2f}".format(*area.middle)
        return Choice(value, gettext("Map around %(position)s") % {"position": middle})
