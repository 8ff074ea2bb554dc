"""Values that another program knew of a photo: stored beside it, and merged with those of its file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from albums.imaging import Capture, CaptureSource, Metadata
from albums.imaging.capture import capture_of_text
from albums.imaging.keywords import MOST_KEYWORDS
from albums.imaging.metadata import LONGEST_DESCRIPTION
from albums.models import Image, Sidecar
from albums.models.sidecars import LONGEST_NAME
from albums.services.arranging.positions import Position, position_of

__all__ = ["LONGEST_DESCRIPTION", "SidecarValues", "people_of", "sidecar_merge", "sidecar_store"]

MOST_PEOPLE = 100

SAME_TIME = timedelta(hours=26)
"""Difference up to which two times are the same moment by the clocks of different zones."""


@dataclass(frozen=True, slots=True)
class SidecarValues:
    """The values of a file beside a photo; empty where it has none.

    people: names of people in the photo. favourite, archived: marks that are set once, at the import.
    """

    captured: Capture | None = None
    position: Position | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    rating: str = ""
    people: tuple[str, ...] = ()
    favourite: bool = False
    archived: bool = False


def people_of(names: Iterable[str]) -> tuple[str, ...]:
    """Return names of people on one line, each once, without empty and overlong ones."""
    plain = (" ".join(name.split()) for name in names)
    return tuple(dict.fromkeys(name for name in plain if 0 < len(name) <= LONGEST_NAME))[:MOST_PEOPLE]


def sidecar_store(*, image: Image, program: Sidecar.Program, values: SidecarValues) -> bool:
    """Store the values for a photo; return False when the same are stored already.

    They take effect when the photo is read.
    """
    latitude, longitude = values.position or (None, None)
    columns = {
        "program": program,
        "captured": values.captured.text if values.captured else "",
        "latitude": latitude,
        "longitude": longitude,
        "description": values.description,
        "keywords": list(values.keywords),
        "rating": values.rating,
        "people": list(values.people),
    }
    if Sidecar.objects.filter(image=image, **columns).exists():
        return False
    Sidecar.objects.update_or_create(image=image, defaults=columns)
    return True


def sidecar_merge(image: Image, metadata: Metadata, named: Capture | None) -> Metadata:
    """Return the metadata of a photo's file with the values of its sidecar. named: the time of its name.

    What the owner wrote in the other program wins over the file; but a file that tells the same moment by the
    clocks of the place keeps its time, since a sidecar may know it in UTC alone.
    """
    sidecar = Sidecar.objects.filter(image=image).first()
    own = metadata.captured or named
    if sidecar is None:
        return replace(metadata, captured=own)
    theirs = capture_of_text(sidecar.captured, CaptureSource.SIDECAR)
    position = position_of(metadata.latitude, metadata.longitude) or position_of(
        sidecar.latitude, sidecar.longitude
    )
    latitude, longitude = position or (None, None)
    return replace(
        metadata,
        captured=own if theirs is None or (own is not None and _same_time(own, theirs)) else theirs,
        description=sidecar.description or metadata.description,
        latitude=latitude,
        longitude=longitude,
        keywords=keywords_merged(metadata.keywords, sidecar.keywords),
        facts={**metadata.facts, "rating": sidecar.rating} if sidecar.rating else metadata.facts,
    )


def _same_time(own: Capture, theirs: Capture) -> bool:
    if theirs.offset is None:
        return own.clock == theirs.clock
    # A date alone is less than a time of that day.
    return own.has_time and abs(_moment(own) - _moment(theirs)) <= SAME_TIME


def keywords_merged(*several: Iterable[str]) -> tuple[str, ...]:
    """Return the keywords of several places, each once in any spelling."""
    found: dict[str, str] = {}
    for words in several:
        for word in words:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())[:MOST_KEYWORDS]


def _moment(captured: Capture) -> datetime:
    return captured.clock.replace(tzinfo=UTC) - timedelta(minutes=captured.offset or 0)
