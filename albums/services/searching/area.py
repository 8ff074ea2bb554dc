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
    """A part of the map in degrees, its edges included. It does not cross the 180th meridian."""

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
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            return None
        return cls(west, south, east, north)

    @property
    def value(self) -> str:
        """The value that `of` reads."""
        return ",".join(f"{edge:.{DIGITS}f}" for edge in (self.west, self.south, self.east, self.north))

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
        return Q(
            longitude__gte=self.west,
            longitude__lte=self.east,
            latitude__gte=self.south,
            latitude__lte=self.north,
        )


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
        middle = f"{(area.south + area.north) / 2:.2f}, {(area.west + area.east) / 2:.2f}"
        return Choice(value, gettext("Map around %(position)s") % {"position": middle})
