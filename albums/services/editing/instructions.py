"""Changes of photos as data, as their owner wants them: a request makes them at once, or a job later."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User

from albums.imaging import Capture
from albums.models import Album, Image, PhotoChange
from albums.services.arranging.capture_times import UNKNOWN, capture_of_owner
from albums.services.arranging.marks import Mark
from albums.services.arranging.positions import Position
from albums.services.arranging.tags import tags_changed, tags_spelled
from albums.services.editing.edits import Value

DAY = timedelta(days=1)
MARKING: Mapping[tuple[Mark, bool], PhotoChange.Kind] = {
    (Mark.FAVOURITE, True): PhotoChange.Kind.FAVOURITE,
    (Mark.FAVOURITE, False): PhotoChange.Kind.NOT_FAVOURITE,
    (Mark.ARCHIVED, True): PhotoChange.Kind.ARCHIVE,
    (Mark.ARCHIVED, False): PhotoChange.Kind.UNARCHIVE,
}

NewValue = Callable[[Image], Value]
"""Returns the owner's new value for a photo. Raises Unchanged or ImplausibleDate where there is none."""


class Unchanged(Exception):
    """A change does not apply to a photo."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """A change to make. name: that of the rule in `RULES`. values: its arguments, as JSON.

    album: photos are added to it, or removed. album_created: for these photos.
    """

    kind: PhotoChange.Kind
    name: str
    values: Mapping[str, Any]
    album: Album | None = None
    album_created: bool = False


def dates_set(*, captured: Capture | None, keeps_time: bool = False) -> Instruction:
    """Set the owner's date; None: it is unknown, whatever the files say.

    keeps_time: a photo with a time keeps it, on the new day.
    """
    text = captured.text if captured else UNKNOWN
    return Instruction(PhotoChange.Kind.DATE, "date", {"captured": text, "keeps_time": keeps_time})


def dates_shift(*, delta: timedelta) -> Instruction:
    """Move the dates, as for a camera whose clock was wrong.

    A date without a time moves by the whole days. Photos without a date, and those that would be taken in
    the future, are skipped.
    """
    return Instruction(PhotoChange.Kind.DATE, "shift", {"seconds": int(delta.total_seconds())})


def positions_set(*, position: Position | None) -> Instruction:
    """Set the owner's position; None: it is unknown, whatever the files say."""
    return Instruction(PhotoChange.Kind.PLACE, "value", {"value": list(position or ())})


def descriptions_set(*, description: str) -> Instruction:
    """Set the owner's description, which may be empty."""
    return Instruction(PhotoChange.Kind.DESCRIPTION, "value", {"value": description.strip()})


def tags_change(*, by: User, add: Sequence[str] = (), remove: Sequence[str] = ()) -> Instruction:
    """Add tags, and remove others."""
    return Instruction(PhotoChange.Kind.TAGS, "tags", {"add": tags_spelled(by, add), "remove": list(remove)})


def tags_set(*, by: User, tags: Sequence[str]) -> Instruction:
    """Replace the tags."""
    return Instruction(
        PhotoChange.Kind.TAGS, "value", {"value": tags_changed((), add=tags_spelled(by, tags))}
    )


def values_reset(*, kind: PhotoChange.Kind) -> Instruction:
    """Return to the date, the place or the description of the files."""
    return Instruction(kind, "value", {"value": None})


def photos_turn(*, quarters: int) -> Instruction:
    """Turn clockwise by quarter turns from how the photos are shown."""
    return Instruction(PhotoChange.Kind.TURN, "turn", {"quarters": quarters % 4})


def marks_set(*, mark: Mark, on: bool) -> Instruction:
    """Set or remove a mark."""
    return Instruction(MARKING[mark, on], "value", {"value": on})


def photos_move_to_bin() -> Instruction:
    """Move photos to the bin."""
    return Instruction(PhotoChange.Kind.BIN, "value", {"value": None})


def photos_add_to_album(*, album: Album, created: bool = False) -> Instruction:
    """Add photos to an album. created: for these photos."""
    return Instruction(PhotoChange.Kind.ALBUM_ADD, "value", {"value": None}, album, created)


def photos_remove_from_album(*, album: Album) -> Instruction:
    """Remove photos from an album; also those of others."""
    return Instruction(PhotoChange.Kind.ALBUM_REMOVE, "value", {"value": None}, album)


def new_value(instruction: Instruction) -> NewValue:
    """Return the rule of an instruction with its values."""
    return RULES[instruction.name](**instruction.values)


def _date_rule(captured: str, *, keeps_time: bool) -> NewValue:
    day = capture_of_owner(captured).clock.date() if captured else None

    def value(image: Image) -> Value:
        own = image.captured
        if day and keeps_time and own is not None and own.has_time:
            return _moved(own, day - own.clock.date())
        return captured

    return value


def _shift_rule(seconds: int) -> NewValue:
    delta = timedelta(seconds=seconds)

    def value(image: Image) -> Value:
        own = image.captured
        if own is None:
            raise Unchanged
        return _moved(own, delta if own.has_time else DAY * int(delta / DAY))

    return value


def _value_rule(value: Value) -> NewValue:
    return lambda _image: value


def _tags_rule(add: Sequence[str], remove: Sequence[str]) -> NewValue:
    return lambda image: tags_changed(image.tags, add=add, remove=remove)


def _turn_rule(quarters: int) -> NewValue:
    return lambda image: (image.turns + quarters) % 4


RULES: Mapping[str, Callable[..., NewValue]] = {
    "date": _date_rule,
    "shift": _shift_rule,
    "value": _value_rule,
    "tags": _tags_rule,
    "turn": _turn_rule,
}


def _moved(captured: Capture, delta: timedelta) -> str:
    """Return a date moved by `delta`. Raises Unchanged if it does not exist."""
    try:
        text = Capture(captured.clock + delta, captured.source, captured.offset, captured.has_time).text
    except OverflowError as error:
        raise Unchanged from error
    return text if not delta else capture_of_owner(text).text
