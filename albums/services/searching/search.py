"""Search photos by chips and words.

A chip is a choice of a `SearchPart`: this person, that place. A typed word may be a word of the photo itself
or of anything that a part knows: "anna 2019 lyon" finds Anna in 2019 in Lyon. All chips and words must match.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from albums.extensions import provided
from albums.models import Image
from albums.querysets import ImageQuerySet, among
from albums.services.searching.area import AreaPart
from albums.services.searching.parts import AlbumPart, CameraPart, DatePart, MarkPart, PlacePart, TagPart
from albums.services.searching.search_part import Choice, SearchPart, Viewer
from albums.text_normalization import WordsQuery, normalized, words_of

# Each word and each chip costs an index lookup.
MAX_WORDS = 12
MAX_CHIPS = 20
MAX_TEXT_LENGTH = 200
# Few names of people, albums or towns have more words.
MAX_NAME_WORDS = 4
MIN_NAMES = 2


@dataclass(frozen=True, slots=True)
class Chip:
    """A choice of a part within a search."""

    part: SearchPart
    choice: Choice


@dataclass(frozen=True, slots=True)
class Search:
    """Typed words, and the values of chips by the name of their part."""

    text: str = ""
    chips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return True without words and chips."""
        return not self.words and not self.chips

    @property
    def words(self) -> list[str]:
        """The typed words, normalized."""
        return words_of(self.text)[:MAX_WORDS]

    @property
    def query(self) -> str:
        """The query string of the search."""
        return urlencode({"q": self.text, **self.chips} if self.text else self.chips, doseq=True)

    def with_chip(self, name: str, value: str, *, text: str) -> "Search":
        """Return the search with one more chip and another text."""
        values = self.chips.get(name, ())
        return Search(text, {**self.chips, name: values if value in values else (*values, value)})

    def without_chip(self, name: str, value: str) -> "Search":
        """Return the search without this chip."""
        chips = {**self.chips, name: tuple(one for one in self.chips.get(name, ()) if one != value)}
        return Search(self.text, {key: values for key, values in chips.items() if values})


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The choices of a part that the last words may begin; `rest` is the text before these words."""

    part: SearchPart
    choices: Sequence[Choice]
    rest: str


Parts = Sequence[SearchPart] | None
"""The parts of one request, of which some read their choices once; None: new ones."""


def search_parts() -> list[SearchPart]:
    """Return new parts of all kinds, for one search, in the order in which they are shown."""
    own: list[type[SearchPart]] = [AlbumPart, PlacePart, DatePart, CameraPart, TagPart, MarkPart, AreaPart]
    return [part() for part in (*provided(lambda app: app.search_parts), *own)]


def search_of(parameters: Mapping[str, Sequence[str]]) -> Search:
    """Return the search in the parameters of a URL; other parameters are ignored."""
    text = " ".join(" ".join(parameters.get("q", ())).replace("\0", "").split())[:MAX_TEXT_LENGTH]
    chips: dict[str, tuple[str, ...]] = {}
    for part in search_parts():
        values = [
            value.replace("\0", "")[:MAX_TEXT_LENGTH] for value in parameters.get(part.name, ()) if value
        ]
        if values:
            chips[part.name] = tuple(dict.fromkeys(values))[:MAX_CHIPS]
    return Search(text, chips)


def search_with_names(search: Search, user: Viewer, parts: Parts = None) -> Search:
    """Return the search with chips in place of the names in its text, if these are two or more.

    One name stays text, which is also looked for in the descriptions and names of photos.
    """
    words, rest, found = search.text.split()[:MAX_WORDS], [], []
    if len(words) < MIN_NAMES:
        return search
    known = [(part.name, names) for part in parts or search_parts() if (names := part.names(user))]
    at = 0
    while at < len(words):
        for length in range(MAX_NAME_WORDS, 0, -1):
            name = normalized(" ".join(words[at : at + length]))
            chips = [(part, names[name]) for part, names in known if name in names]
            if chips:
                found.append(chips[0])
                break
        else:
            rest.append(words[at])
            length = 1
        at += length
    if len(found) < MIN_NAMES:
        return search
    for part, value in found:
        search = search.with_chip(part, value, text=" ".join(rest))
    return search


def search_chips(search: Search, user: Viewer, parts: Parts = None) -> list[Chip]:
    """Return the chips of a search with their labels."""
    return [
        Chip(part, choice)
        for part in parts or search_parts()
        if (values := search.chips.get(part.name))
        for choice in part.choices_of(user, values)
    ]


def search_images(search: Search, user: Viewer, chips: Sequence[Chip], parts: Parts = None) -> ImageQuerySet:
    """Return the user's photos that match, newest first. `chips`: the result of `search_chips`."""
    images = Image.objects.owned_by(user).ready()
    if search.empty or any(chip.choice.gone for chip in chips):
        return images.none()
    parts = parts or search_parts()
    for part in parts:
        values = [chip.choice.value for chip in chips if chip.part.name == part.name]
        if values:
            images = part.filtered(images, values)
    words = search.words
    while words:
        meanings = [meaning for part in parts for meaning in part.meanings(user, words)]
        length = max((length for length, _ids in meanings), default=1)
        others = [ids for words_used, ids in meanings if words_used == length]
        if others:
            # A union uses the index of each branch; an OR of conditions uses none.
            own = Image.objects.owned_by(user).order_by().filter(words=WordsQuery(words[:length]))
            images = images.filter(among("id", own.values("pk").union(*others)))
        else:
            images = images.filter(words=WordsQuery(words[:length]))
        words = words[length:]
    return images


def search_suggestions(search: Search, user: Viewer, parts: Parts = None) -> list[Suggestions]:
    """Return the choices that the last words of the text may begin, for as many words as have any.

    For an empty search these are the most frequent choices.
    """
    if search.chips and not search.words:
        return []
    suggesters = [(part, part.suggester(user)) for part in parts or search_parts()]
    typed = [] if search.empty else search.text.split()
    for length in range(min(MAX_NAME_WORDS, len(typed)), 0, -1) or [0]:
        rest, last = typed[: len(typed) - length], words_of(" ".join(typed[len(typed) - length :]))
        if length and not last:
            continue
        found = [
            Suggestions(part, choices, " ".join(rest))
            for part, suggest in suggesters
            if (choices := _unused(part, suggest(last), search))
        ]
        if found:
            return found
    return []


def _unused(part: SearchPart, choices: Sequence[Choice], search: Search) -> list[Choice]:
    used = search.chips.get(part.name, ())
    return [choice for choice in choices if choice.value not in used]
