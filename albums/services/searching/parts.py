"""What photos can be searched by without knowing who is in them: dates, albums, places, cameras."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.countries import countries_called, country_name, place_label
from albums.models import Album, AlbumImage, Image
from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.services.searching.dates import dates_of_value, dates_of_words
from albums.services.searching.search import Choice, Ids, SearchPart, Suggester, Viewer, best_matches
from albums.text_normalization import folded

# Shorter words begin the names of many countries, and are mostly none.
SHORTEST_OF_A_COUNTRY = 3


class DatePart:
    """When a photo was taken. A photo has one date: of several, any will do."""

    name = "date"
    heading: str | Promise = _("Dates")
    icon = "calendar"

    def suggester(self, user: Viewer) -> Suggester:  # noqa: ARG002 - as `Part` has it
        """The date that the words are."""

        def suggest(words: Sequence[str]) -> list[Choice]:
            found = dates_of_words(words)
            return [Choice(found[1].value, found[1].label)] if found and found[0] == len(words) else []

        return suggest

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:  # noqa: ARG002 - as `Part` has it
        """The dates; what is none is gone."""
        found = {value: dates_of_value(value) for value in values}
        return [
            Choice(value, dates.label) if (dates := found[value]) else Choice(value, value, gone=True)
            for value in values
        ]

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:  # noqa: ARG002 - as `Part` has it
        """Photos of any of these dates."""
        wanted = Q()
        for dates in filter(None, map(dates_of_value, values)):
            wanted |= dates.condition
        return images.filter(wanted)

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:
        """The date with which the words begin."""
        found = dates_of_words(words)
        if found is None:
            return []
        own = Image.objects.owned_by(user).order_by().filter(found[1].condition)
        return [(found[0], own.values("pk"))]


class AlbumPart:
    """Which albums a photo is in. Of several it must be in all."""

    name = "album"
    heading: str | Promise = _("Albums")
    icon = "albums"

    def suggester(self, user: Viewer) -> Suggester:
        """Albums whose names have the words."""
        return partial(best_matches, self._all(user))

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """The albums, by id."""
        ids = {key for value in values if (key := row_id(value)) is not None}
        names = dict(Album.objects.owned_by(user).filter(pk__in=ids).values_list("pk", "name"))
        return [_row_choice(value, names, gettext("An album that is not there")) for value in values]

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:  # noqa: ARG002 - as `Part` has it
        """Photos that are in each of the albums."""
        for value in values:
            images = images.filter(pk__in=AlbumImage.objects.filter(album_id=int(value)).values("image_id"))
        return images

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:
        """Photos in the albums whose names have the first word."""
        albums = [int(choice.value) for choice in self._all(user) if _has(choice.label, words[0])]
        entries = AlbumImage.objects.filter(album_id__in=albums)
        return [(1, entries.values("image_id"))] if albums else []

    def _all(self, user: Viewer) -> list[Choice]:
        return [
            Choice(str(key), name) for key, name in Album.objects.owned_by(user).values_list("pk", "name")
        ]


class PlacePart:
    """Where a photo was taken: a town with its country, or a country. Of several, any will do."""

    name = "place"
    heading: str | Promise = _("Places")
    icon = "pin"

    def suggester(self, user: Viewer) -> Suggester:
        """Towns and countries in which photos were taken, those with most photos first."""
        counts = (
            Image.objects.owned_by(user)
            .exclude(place="")
            .order_by()
            .values("place", "country")
            .annotate(photos=Count("*"))
        )
        towns = list(counts.order_by("-photos", "place").values_list("place", "country"))
        countries = dict.fromkeys(country for _place, country in towns if country)
        choices = [Choice(country, country_name(country)) for country in countries]
        choices += [
            Choice(f"{place}, {country}" if country else place, place_label(place, country))
            for place, country in towns
        ]
        return partial(best_matches, choices)

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:  # noqa: ARG002 - as `Part` has it
        """The places, which name themselves: whether there are photos of them shows by itself."""
        return [Choice(value, place_label(*_town_of(value)).removeprefix(", ")) for value in values]

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:  # noqa: ARG002 - as `Part` has it
        """Photos of any of the towns or countries."""
        wanted = Q()
        for value in values:
            town, country = _town_of(value)
            wanted |= Q(place=town, country=country) if town else Q(country=country)
        return images.exclude(place="").filter(wanted)

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:
        """Photos in the countries with the first word in their name; a town is among a photo's own words."""
        codes = countries_called(words[0]) if len(words[0]) >= SHORTEST_OF_A_COUNTRY else []
        there = Image.objects.owned_by(user).order_by().exclude(place="").filter(country__in=codes)
        return [(1, there.values("pk"))] if codes else []


class CameraPart:
    """What a photo was taken with. Of several, any will do."""

    name = "camera"
    heading: str | Promise = _("Cameras")
    icon = "camera"

    def suggester(self, user: Viewer) -> Suggester:
        """Cameras that photos were taken with, the one with most photos first."""
        counts = (
            Image.objects.owned_by(user)
            .exclude(camera="")
            .order_by()
            .values("camera")
            .annotate(photos=Count("*"))
        )
        cameras = counts.order_by("-photos", "camera").values_list("camera", flat=True)
        return partial(best_matches, [Choice(camera, camera) for camera in cameras])

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:  # noqa: ARG002 - as `Part` has it
        """The cameras, which are their own names."""
        return [Choice(value, value) for value in values]

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:  # noqa: ARG002 - as `Part` has it
        """Photos of any of the cameras."""
        return images.filter(camera__in=values)

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:  # noqa: ARG002 - as `Part` has it
        """Nothing more: a camera is among a photo's own words."""
        return []


def _town_of(value: str) -> tuple[str, str]:
    """The town, which may be empty, and the country of a chip: "Lyon, FR", "FR"; "Lyon, France" is a town."""
    town, comma, country = value.rpartition(", ")
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        return value, ""
    return (town, country) if comma else ("", country)


def _row_choice(value: str, names: dict[int, str], missing: str) -> Choice:
    key = row_id(value)
    if key is None or key not in names:
        return Choice(value, missing, gone=True)
    return Choice(value, names[key])


def _has(label: str, word: str) -> bool:
    return f" {word}" in f" {folded(label)}"


if TYPE_CHECKING:
    _checked: tuple[SearchPart, ...] = (DatePart(), AlbumPart(), PlacePart(), CameraPart())
