"""Search photos by the age of the people in them, known or estimated."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from albums.querysets import ImageQuerySet
from albums.services.searching.search_part import (
    MAX_SUGGESTIONS,
    Choice,
    ImageIds,
    SearchPart,
    Suggester,
    Viewer,
    best_matches,
)
from albums.text_normalization import normalized
from faces.models import Face, Person
from faces.services.attributes.ages import OLDEST, faces_aged
from faces.services.attributes.consent import attributes_enabled

_JOINING = (["to"], ["a"])
"""Words between two ages: English; French and Spanish."""

_SPAN = re.compile(r"(\d{1,3})(?:(-)(\d{1,3})?)?")


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages from `low` to `high` years, both within. value: as in addresses."""

    low: int
    high: int
    value: str

    @property
    def label(self) -> str:
        """The ages in the reader's language."""
        if self.value in GROUPS:
            return _group_label(self.value)
        if self.low == self.high:
            return ngettext("%(count)d year old", "%(count)d years old", self.low) % {"count": self.low}
        if self.high == OLDEST:
            return gettext("%(low)d and older") % {"low": self.low}
        return gettext("%(low)d to %(high)d years old") % {"low": self.low, "high": self.high}


GROUPS = {
    "children": Ages(0, 12, "children"),
    "teenagers": Ages(13, 17, "teenagers"),
    "adults": Ages(18, OLDEST, "adults"),
}


def ages_of_value(value: str) -> Ages | None:
    """Return the ages of "adults", "34", "30-40" or "60-"; None for anything else."""
    if value in GROUPS:
        return GROUPS[value]
    found = _SPAN.fullmatch(value)
    if found is None:
        return None
    low = int(found[1])
    high = low if found[2] is None else OLDEST if found[3] is None else int(found[3])
    return Ages(low, high, value) if low <= high <= OLDEST else None


class AgePart(SearchPart):
    """The age of a person in a photo. Any of several values matches."""

    name = "age"
    heading = _("Ages")
    icon = "face"

    def suggester(self, user: Viewer) -> Suggester:
        """Suggest groups of ages, and the numbers that were typed."""
        if not _known_for(user):
            return lambda _words: []
        groups = [Choice(value, _group_label(value)) for value in GROUPS]

        def suggest(words: Sequence[str]) -> list[Choice]:
            typed = [Choice(ages.value, ages.label) for ages in _typed(words)]
            return [*typed, *best_matches(groups, words)][:MAX_SUGGESTIONS]

        return suggest

    def choices_of(self, _user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return the ages; what is none is gone."""
        return [
            Choice(value, ages.label) if (ages := ages_of_value(value)) else Choice(value, value, gone=True)
            for value in values
        ]

    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return the photos with somebody of any of these ages."""
        spans = [(ages.low, ages.high) for value in values if (ages := ages_of_value(value))]
        return images.filter(pk__in=faces_aged(Face.objects.present(), spans).values("image_id"))

    def meanings(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return the photos with somebody of the ages that the words begin with: "adults", "30 to 40"."""
        if not _known_for(user):
            return []
        named = [value for value in GROUPS if normalized(_group_label(value)) == words[0]]
        if named:
            length, ages = 1, GROUPS[named[0]]
        elif spans := [(count, ages) for count in (3, 2) for ages in _typed(words[:count]) if _is_span(ages)]:
            length, ages = min(spans[0][0], len(words)), spans[0][1]
        else:
            return []
        faces = faces_aged(Face.objects.visible_to(user).present(), [(ages.low, ages.high)])
        return [(length, faces.values("image_id"))]


def _known_for(user: Viewer) -> bool:
    """Return whether anything tells the age of a face to this user: estimates, or a birth date."""
    if not user.is_authenticated:
        return False
    born = Person.objects.visible_to(user).filter(birth_date__isnull=False)
    return attributes_enabled(user.pk) or born.exists()


def _group_label(value: str) -> str:
    labels = {
        "children": pgettext("people in photos, by age", "Children"),
        "teenagers": pgettext("people in photos, by age", "Teenagers"),
        "adults": pgettext("people in photos, by age", "Adults"),
    }
    return labels[value]


def _is_span(ages: Ages) -> bool:
    return ages.low != ages.high


def _typed(words: Sequence[str]) -> list[Ages]:
    """Return the ages of "34" (of "30" also ten years), "30 to 40", or "30 40", as "30-40" is normalized."""
    numbers = [word for word in words if word.isascii() and word.isdigit() and len(word) <= 3]
    others = [word for word in words if word not in numbers]
    if len(numbers) == 1 and not others:
        low = int(numbers[0])
        wanted = [str(low), f"{low}-{low + 9}"] if low % 10 == 0 else [str(low)]
    elif len(numbers) == 2 and others in ([], *_JOINING) and words[0] == numbers[0]:
        wanted = [f"{int(numbers[0])}-{int(numbers[1])}"]
    else:
        return []
    return [ages for value in wanted if (ages := ages_of_value(value)) is not None]
