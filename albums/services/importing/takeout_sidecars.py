"""Read the JSON files of Google Takeout: about a photo, or about an album. They are not trusted."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils import timezone

from albums.imaging import CaptureSource
from albums.imaging.capture import capture_of_moment
from albums.services.reading.sidecars import LONGEST_DESCRIPTION, SidecarValues, people_of

LARGEST_JSON = 2**20
"""Bytes of a JSON file. Those of photos have some two thousand."""

# Google writes 0, 0 where it knows no position.
_NOWHERE = (0.0, 0.0)


class PhotoJson(NamedTuple):
    """A JSON file about a photo: its name when it was uploaded, what is known of it, if it was deleted."""

    title: str
    values: SidecarValues
    in_bin: bool


class AlbumJson(NamedTuple):
    """A JSON file about the album of its folder; title is empty for one without a name."""

    title: str


class UnreadableJson(ValueError):
    """A JSON file that is too large, damaged, or about something else."""


def takeout_json(encoded: bytes) -> PhotoJson | AlbumJson:
    """Return what a JSON file tells. Raises UnreadableJson."""
    if len(encoded) > LARGEST_JSON:
        raise UnreadableJson(f"it has more than {LARGEST_JSON // 2**20} MB")
    try:
        content = json.loads(encoded)
    except (ValueError, RecursionError) as error:
        raise UnreadableJson("it is no whole JSON file") from error
    if not isinstance(content, dict):
        raise UnreadableJson("it is about no photo and no album")
    if isinstance(content.get("photoTakenTime"), dict):
        return _photo(content)
    album = content.get("albumData", content)
    if isinstance(album, dict) and isinstance(album.get("title"), str):
        return AlbumJson(album["title"].strip())
    raise UnreadableJson("it is about no photo and no album")


def _photo(content: Mapping[str, Any]) -> PhotoJson:
    description, people = _text(content.get("description")), content.get("people")
    listed = people if isinstance(people, list) else []
    names = [_text(one.get("name")) for one in listed if isinstance(one, dict)]
    moment, zone = _moment(content["photoTakenTime"].get("timestamp")), timezone.get_default_timezone()
    values = SidecarValues(
        captured=capture_of_moment(moment, CaptureSource.SIDECAR, zone) if moment else None,
        position=_position(content.get("geoData")) or _position(content.get("geoDataExif")),
        description=description.strip()[:LONGEST_DESCRIPTION],
        people=people_of(names),
        favourite=content.get("favorited") is True,
        archived=content.get("archived") is True,
    )
    return PhotoJson(_text(content.get("title")), values, in_bin=content.get("trashed") is True)


def _text(value: object) -> str:
    # Postgres stores no NUL, and no half of a pair of surrogates.
    return value.replace("\0", "").encode(errors="replace").decode() if isinstance(value, str) else ""


def _moment(timestamp: object) -> datetime | None:
    """Return the moment of a number of seconds since 1970, which is written as text."""
    try:
        return datetime.fromtimestamp(int(str(timestamp)), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _position(content: object) -> tuple[float, float] | None:
    if not isinstance(content, dict):
        return None
    try:
        latitude, longitude = float(content["latitude"]), float(content["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    known = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != _NOWHERE
    return (latitude, longitude) if known else None
