"""Search by date, album, place, camera, tag and mark."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from django.db.models import Count, Max, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from albums.countries import countries_called, country_name, place_label
from albums.models import Album, AlbumImage, Image
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.marks import Mark
from albums.services.arranging.tags import tag_counts
from albums.services.core.row_ids import row_id
from albums.services.searching.dates import dates_of_value, dates_of_words
from albums.services.searching.search_part import (
    Choice,
    ImageIds,
    SearchPart,
    Suggester,
    Viewer,
    best_matches,
    has_word,
    row_choices,
)

# Shorter words begin the names of many countries and rarely mean one.
MIN_COUNTRY_LENGTH = 3


class DatePart(SearchPart):
    """The date of a photo. Any of several values matches."""

    name = "date"
    heading = _("Dates")
    icon = "calendar"

    def suggester(self, _user: Viewer) -> Suggester:
        """Suggest the date that the words are."""

        def suggest(words: Sequence[str]) -> list[Choice]:
            found = dates_of_words(words)
            return [Choice(found[1].value, found[1].label)] if found and found[0] == len(words) else []

        return suggest

    def choices_of(self, _user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the dates; a value that is no date is gone."""
        return [
            Choice(value, dates.label)
            if (dates := dates_of_value(value))
            else Choice(value, value, gone=True)
            for value in values
        ]

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos of any of these dates."""
        condition = Q()
        for dates in filter(None, map(dates_of_value, values)):
            condition |= dates.condition
        return images.filter(condition)

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the date with which the words begin."""
        found = dates_of_words(words)
        if found is None:
            return []
        return [(found[0], Image.objects.owned_by(user).order_by().filter(found[1].condition).values("pk"))]


class AlbumPart(SearchPart):
    """The albums of a photo. All of several values must match."""

    name = "album"
    heading = _("Albums")
    icon = "albums"

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest albums by name."""
        return partial(best_matches, self._all(user))

    def choices_of(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the albums, by id."""
        ids = {key for value in values if (key := row_id(value)) is not None}
        names = dict(Album.objects.owned_by(user).filter(pk__in=ids).values_list("pk", "name"))
        return row_choices(values, names, gettext("Unknown album"))

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos that are in each of the albums."""
        for value in values:
            entries = AlbumImage.objects.filter(album_id=int(value))
            images = images.filter(among("id", entries.values("image_id")))
        return images

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the photos in albums whose name has the first word."""
        albums = [int(choice.value) for choice in self._all(user) if has_word(choice.label, words[0])]
        entries = AlbumImage.objects.filter(album_id__in=albums)
        return [(1, entries.values("image_id"))] if albums else []

    def _all(self, user: Viewer) -> list[Choice]:
        return [
            Choice(str(key), name) for key, name in Album.objects.owned_by(user).values_list("pk", "name")
        ]


class PlacePart(SearchPart):
    """The place of a photo: a town with its country, or a country. Any of several values matches."""

    name = "place"
    heading = _("Places")
    icon = "pin"

    picture_view = "albums:rendition"
    picture_kind = "thumbnail"

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest countries and towns, those with most photos first, each with its newest photo."""
        towns = _towns(Image.objects.owned_by(user))
        countries: dict[str, int | None] = {}
        for _place, country, photo in towns:
            if country and photo:
                countries[country] = max(photo, countries.get(country) or 0)
            elif country:
                countries.setdefault(country, None)
        choices = [Choice(country, country_name(country), photo) for country, photo in countries.items()]
        choices += [
            Choice(f"{place}, {country}" if country else place, place_label(place, country), photo)
            for place, country, photo in towns
        ]
        return partial(best_matches, choices)

    def choices_of(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the places."""
        towns = _towns(self.filtered(Image.objects.owned_by(user), values))
        choices = []
        for value in values:
            town, country = _town_of(value)
            photos = [
                photo
                for place, code, photo in towns
                if photo and code == country and (place == town or not town)
            ]
            label = place_label(town, country).removeprefix(", ")
            choices.append(Choice(value, label, max(photos, default=None)))
        return choices

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos of any of the towns or countries."""
        condition = Q()
        for value in values:
            town, country = _town_of(value)
            condition |= Q(place=town, country=country) if town else Q(country=country)
        return images.exclude(place="").filter(condition)

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the photos in countries of this name; towns are among a photo's own words."""
        codes = countries_called(words[0]) if len(words[0]) >= MIN_COUNTRY_LENGTH else []
        found = Image.objects.owned_by(user).order_by().exclude(place="").filter(country__in=codes)
        return [(1, found.values("pk"))] if codes else []


class CameraPart(SearchPart):
    """The camera of a photo, which is also in the photo's own words. Any of several values matches."""

    name = "camera"
    heading = _("Cameras")
    icon = "camera"

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest cameras, those with most photos first."""
        counts = Image.objects.owned_by(user).exclude(camera="").order_by().values("camera")
        counts = counts.annotate(photos=Count("*")).order_by("-photos", "camera")
        return partial(
            best_matches, [Choice(camera, camera) for camera in counts.values_list("camera", flat=True)]
        )

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos of any of the cameras."""
        return images.filter(camera__in=values)


class TagPart(SearchPart):
    """The owner's tags. All of several values must match."""

    name = "tag"
    heading = _("Tags")
    icon = "tag"

    def __init__(self) -> None:
        self._known: tuple[Viewer, list[str]] | None = None

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest tags, those with most photos first."""
        return partial(best_matches, [Choice(tag, tag) for tag in self._tags(user)])

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos with all of the tags."""
        return images.filter(tags__contains=list(values))

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the photos with a tag that has the first word."""
        tags = [tag for tag in self._tags(user) if has_word(tag, words[0])]
        found = Image.objects.owned_by(user).order_by().filter(tags__overlap=tags)
        return [(1, found.values("pk"))] if tags else []

    def _tags(self, user: Viewer) -> list[str]:
        """Return the user's tags, which are read once for all words of a search."""
        if self._known is None or self._known[0] != user:
            self._known = (user, list(tag_counts(user)))
        return self._known[1]


class MarkPart(SearchPart):
    """The owner's marks: favourites, archived photos. All of several values must match."""

    name = "is"
    heading = _("Marks")
    icon = "heart"
    icons: ClassVar = {Mark.ARCHIVED: "archive"}
    labels: ClassVar = {Mark.FAVOURITE: _("Favourites"), Mark.ARCHIVED: _("Archive")}

    def suggester(self, _user: Viewer) -> Suggester:
        """Suggest the marks by their labels."""
        return partial(best_matches, [Choice(mark, str(label)) for mark, label in self.labels.items()])

    def choices_of(self, _user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the marks; another value is gone."""
        labels = {str(mark): str(label) for mark, label in self.labels.items()}
        return [Choice(value, labels.get(value, value), gone=value not in labels) for value in values]

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos with all of the marks."""
        return images.filter(**{Mark(value): True for value in values})


def _towns(images: ImageQuerySet) -> list[tuple[str, str, int | None]]:
    """Return place, country and newest photo of each town, those with most photos first."""
    counts = images.exclude(place="").order_by().values("place", "country")
    newest = Max("pk", filter=Q(state=Image.State.READY))
    return list(
        counts.annotate(photos=Count("*"), newest=newest)
        .order_by("-photos", "place")
        .values_list("place", "country", "newest")
    )


def _town_of(value: str) -> tuple[str, str]:
    """Return town and country of "Lyon, FR", "FR" (no town) or "Lyon, France" (a town)."""
    town, comma, country = value.rpartition(", ")
    if not (len(country) == 2 and country.isascii() and country.isupper()):
        return value, ""
    return (town, country) if comma else ("", country)
