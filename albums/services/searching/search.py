"""One search over everything that is known of photos. Each app adds its own parts.

A part is a kind of thing that photos are searched by. A search is chips and words. A chip was chosen: this
person, that place. Words were typed, and each may be a word of the photo itself or of anything that a part
knows: "anna 2019 lyon" finds Anna in 2019 in Lyon. Every chip and every word must hold.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet
from django.utils.functional import Promise

from albums.models import Image
from albums.querysets import ImageQuerySet
from albums.text_normalization import folded, words_of

Viewer = User | AnonymousUser
Suggester = Callable[[Sequence[str]], "list[Choice]"]
"""What folded words may be the beginning of, the likeliest first, at most `SUGGESTED`."""
Ids = QuerySet[Any, Any]
"""A query for the ids of images, in one column."""

# More is not typed by a person, and each costs a look into the indexes.
MOST_WORDS = 12
MOST_CHIPS = 20
LONGEST_TEXT = 200
# A name of a person, an album or a town has rarely more words than this.
LONGEST_NAME = 4
SUGGESTED = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen: `value` stands in the address, `label` is for people to read.

    `picture`: the address of a picture of it, or empty. `gone`: it is not there, or not for this person.
    """

    value: str
    label: str
    picture: str = ""
    gone: bool = False


class SearchPart(Protocol):
    """A kind of thing to search photos by. Every method shows `user` only what is theirs."""

    @property
    def name(self) -> str:
        """In addresses: `?person=3`."""

    @property
    def heading(self) -> str | Promise:
        """Over the suggestions."""

    @property
    def icon(self) -> str:
        """The name of its symbol in static/img/icons.svg."""

    def suggester(self, user: Viewer) -> Suggester:
        """Load once what can be suggested, for `Suggester` to be asked several times."""

    def chosen(self, user: Viewer, values: Sequence[str]) -> list[Choice]:
        """A choice for each value, in the same order; `gone` for those that are not there."""

    def narrowed(self, images: ImageQuerySet, user: Viewer, values: Sequence[str]) -> ImageQuerySet:
        """`images` that fit these values, of which none is gone."""

    def meant(self, user: Viewer, words: Sequence[str]) -> Iterable[tuple[int, Ids]]:
        """What typed words, from the first on, may mean: of how many words it is, and images that fit."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice of a part within a search."""

    part: SearchPart
    choice: Choice


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked: typed words, and chips by the name of their part."""

    text: str = ""
    chips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.words and not self.chips

    @property
    def words(self) -> list[str]:
        """The typed words, folded."""
        return words_of(self.text)[:MOST_WORDS]

    @property
    def query(self) -> str:
        """As it stands in an address, behind the question mark."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name, values in self.chips.items() for value in values]
        return urlencode(pairs)

    def with_chip(self, name: str, value: str, *, text: str) -> "Search":
        """The same with one chip more and other words left."""
        values = self.chips.get(name, ())
        chips = {**self.chips, name: values if value in values else (*values, value)}
        return Search(text, chips)

    def without_chip(self, name: str, value: str) -> "Search":
        """The same with one chip less."""
        chips = {
            key: tuple(one for one in values if (key, one) != (name, value))
            for key, values in self.chips.items()
        }
        return Search(self.text, {key: values for key, values in chips.items() if values})


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a part offers to complete the last words with; `rest` are the words that are left of the text."""

    part: SearchPart
    choices: Sequence[Choice]
    rest: str


_parts: list[SearchPart] = []


def register(part: SearchPart, *, first: bool = False) -> None:
    """Add a part after those already there, or before them. Called from `AppConfig.ready`; twice is once."""
    if part.name not in {one.name for one in _parts}:
        _parts.insert(0 if first else len(_parts), part)


def search_of(given: Mapping[str, Sequence[str]]) -> Search:
    """The search that an address asks for; whatever else stands in the address is nothing to it."""
    text = " ".join(" ".join(given.get("q", ())).replace("\0", "").split())[:LONGEST_TEXT]
    chips: dict[str, tuple[str, ...]] = {}
    for part in _parts:
        values = [value.replace("\0", "")[:LONGEST_TEXT] for value in given.get(part.name, ()) if value]
        if values:
            chips[part.name] = tuple(dict.fromkeys(values))[:MOST_CHIPS]
    return Search(text, chips)


def search_chips(search: Search, user: Viewer) -> list[Chip]:
    """The chips of a search, to be shown."""
    return [
        Chip(part, choice)
        for part in _parts
        if (values := search.chips.get(part.name))
        for choice in part.chosen(user, values)
    ]


def search_images(search: Search, user: Viewer, chips: Sequence[Chip]) -> ImageQuerySet:
    """The user's photos that fit, in the order of the timeline. `chips` are those of `search_chips`."""
    images = Image.objects.owned_by(user).ready()
    if search.empty or any(chip.choice.gone for chip in chips):
        return images.none()
    for part in _parts:
        values = [chip.choice.value for chip in chips if chip.part.name == part.name]
        if values:
            images = part.narrowed(images, user, values)
    words = search.words
    while words:
        meant = [found for part in _parts for found in part.meant(user, words)]
        taken = max((length for length, _ in meant), default=1)
        others = [ids for length, ids in meant if length == taken]
        if others:
            # One query with branches, of which each has its index; an OR of conditions has none.
            own = _with_words(Image.objects.owned_by(user).order_by(), words[:taken])
            images = images.filter(pk__in=own.values("pk").union(*others))
        else:
            images = _with_words(images, words[:taken])
        words = words[taken:]
    return images


def _with_words(images: ImageQuerySet, words: Sequence[str]) -> ImageQuerySet:
    """Those of `images` with all these words, or beginnings of words, in their own text."""
    prefixes = " & ".join(f"'{word}':*" for word in words)
    query = SearchQuery(prefixes, config="simple", search_type="raw")
    return images.filter(words=query)


def search_suggested(search: Search, user: Viewer) -> list[Suggested]:
    """What the last words of the text may be the beginning of: as many words as give an answer.

    Where nothing was asked, what there is most of.
    """
    if search.chips and not search.words:
        return []
    suggesters = [(part, part.suggester(user)) for part in _parts]
    if search.empty:
        return [Suggested(part, choices, "") for part, suggest in suggesters if (choices := suggest([]))]
    given = search.text.split()
    for length in range(min(LONGEST_NAME, len(given)), 0, -1):
        rest, last = " ".join(given[:-length]), words_of(" ".join(given[-length:]))
        found = [
            Suggested(part, choices, rest)
            for part, suggest in suggesters
            if last and (choices := _still_open(part, suggest(last), search))
        ]
        if found:
            return found
    return []


def _still_open(part: SearchPart, choices: Sequence[Choice], search: Search) -> list[Choice]:
    chosen = search.chips.get(part.name, ())
    return [choice for choice in choices if choice.value not in chosen]


def best_matches(choices: Iterable[Choice], words: Sequence[str]) -> list[Choice]:
    """Of these, those whose labels have a word that begins with each of `words`: first whose labels begin so.

    The order is kept otherwise. A label that is put together ("Lyon, France") is matched in any of its words.
    """
    phrase = " ".join(words)
    first, others = [], []
    for choice in choices:
        label = folded(choice.label)
        if label.startswith(phrase):
            first.append(choice)
        elif all(f" {word}" in f" {label}" for word in words):
            others.append(choice)
    return [*first, *others][:SUGGESTED]
