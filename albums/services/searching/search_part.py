"""A kind of thing that photos can be searched by: dates, albums, places, cameras, people."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.utils.functional import Promise

from albums.querysets import ImageQuerySet
from albums.services.core.row_ids import row_id
from albums.text_normalization import normalized

MAX_SUGGESTIONS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to search by: `value` is used in URLs, `label` is shown.

    `picture_id`: see `SearchPart.picture_view`. `gone`: it does not exist, or not for this user.
    """

    value: str
    label: str
    picture_id: int | None = None
    gone: bool = False


Viewer = User | AnonymousUser
Suggester = Callable[[Sequence[str]], list[Choice]]
"""Takes normalized words; returns up to `MAX_SUGGESTIONS` choices that they may begin, the best first."""
ImageIds = QuerySet[Any, Any]
"""A query for the ids of images, in one column."""


class SearchPart(ABC):
    """A criterion to search photos by. Every method is limited to photos that `user` may see."""

    name: ClassVar[str]
    """The query parameter: `?person=3`."""
    heading: ClassVar[str | Promise]
    icon: ClassVar[str]
    """The name of a symbol in static/img/icons.svg, shown where a choice has no picture."""
    icons: ClassVar[Mapping[str, str]] = {}
    """Symbols of single values, in place of `icon`."""
    picture_view: ClassVar[str] = ""
    """The name of the view that shows the picture of a choice; it takes `Choice.picture_id`."""
    picture_kind: ClassVar[str] = ""
    """A further argument of the view."""

    @abstractmethod
    def suggester(self, user: Viewer) -> Suggester:
        """Return a function that suggests choices and reads them from the database only once."""

    def names(self, _user: Viewer) -> dict[str, str]:
        """Return the values that whole names stand for, by normalized name; no name of several values."""
        return {}

    def choices_of(self, _user: Viewer, values: Sequence[str]) -> list[Choice]:
        """Return a choice for each value, in the same order; by default a value is its own label."""
        return [Choice(value, value) for value in values]

    @abstractmethod
    def filtered(self, images: ImageQuerySet, values: Sequence[str]) -> ImageQuerySet:
        """Return those of `images` that match the values, which all exist."""

    def meanings(self, _user: Viewer, _words: Sequence[str]) -> Iterable[tuple[int, ImageIds]]:
        """Return what the first of these normalized words may mean: how many words, and the photos."""
        return []


def row_choices(values: Sequence[str], labels: dict[int, str], missing: str) -> list[Choice]:
    """Return a choice for each id; one without a label is gone and has the label `missing`."""
    return [
        Choice(value, missing, gone=True)
        if (key := row_id(value)) is None or key not in labels
        else Choice(value, labels[key])
        for value in values
    ]


def has_word(label: str, beginning: str) -> bool:
    """Return True when a word of `label` begins with this normalized text."""
    return f" {beginning}" in f" {normalized(label)}"


def best_matches(choices: Iterable[Choice], words: Sequence[str]) -> list[Choice]:
    """Return choices with words that begin with each of `words`, those whose label begins so first."""
    phrase = " ".join(words)
    first, others = [], []
    for choice in choices:
        if normalized(choice.label).startswith(phrase):
            first.append(choice)
        elif all(has_word(choice.label, word) for word in words):
            others.append(choice)
    return [*first, *others][:MAX_SUGGESTIONS]
