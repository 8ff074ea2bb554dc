"""Everything that an account has here, as one zip archive of JSON files, and of the photos when wanted.

It is a stream: nothing is held in memory or on disk as a whole. Each app registers its files, as with
`progress`.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from zipstream import ZipStream

from albums.models import Album, AlbumImage, Image, Preferences, ShareLink

ROWS = 2000
"""Rows that are read from the database together."""

CHUNK = 1 << 18
"""Bytes of an original that are read together."""

README = """This is what Trombine keeps of the account {name}, as of {now:%d %B %Y, %H:%M} UTC.

Every .json file is a list of objects, one a line. What refers to another file does so by "id".
albums.json    your albums with their photos (ids), who they are shared with, and their share links
photos.json    your photos; "file" is the name below originals/, when they were asked for
people.json, faces.json, verdicts.json
               who is in them: boxes are relative (0..1) to the upright photo
vectors.json   when asked for: what a model made of each face, to compare it with others
"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What goes in beside the facts: the original files, the vectors of the faces."""

    originals: bool = False
    vectors: bool = False


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of the archive. packed: whether packing makes it smaller, which it does not for a photo."""

    name: str
    content: Iterable[bytes]
    packed: bool = True


Source = Callable[[User, Wishes], Iterable[ExportFile]]


def rows_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A JSON list, one object a line; times as ISO 8601."""
    yield b"["
    between = b"\n"
    for row in rows:
        yield between + json.dumps(row, default=_plain, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]\n"


def albums_files(owner: User, wishes: Wishes) -> Iterator[ExportFile]:
    """Account, photos and albums."""
    readme = README.format(name=owner.get_username(), now=timezone.now())
    yield ExportFile("README.txt", [readme.encode()])
    yield ExportFile("account.json", rows_json([_account(owner)]))
    yield ExportFile("albums.json", rows_json(_albums(owner)))
    yield ExportFile("photos.json", rows_json(_photo(image) for image in _photos(owner)))
    if wishes.originals:
        for image in _photos(owner).exclude(original="").only("original", "source_path").iterator(ROWS):
            yield ExportFile(f"originals/{_file_name(image)}", _chunks(image), packed=False)


_sources: list[Source] = [albums_files]


def register(source: Source) -> None:
    """Add an app's files. Called from `AppConfig.ready`; twice is once."""
    if source not in _sources:
        _sources.append(source)


def export_stream(*, owner: User, wishes: Wishes) -> Iterator[bytes]:
    """The archive, piece by piece."""
    archive = ZipStream(compress_type=zipfile.ZIP_STORED)
    for source in _sources:
        for file in source(owner, wishes):
            kind = zipfile.ZIP_DEFLATED if file.packed else zipfile.ZIP_STORED
            archive.add(iter(file.content), file.name, compress_type=kind)
            # What is queued is written at once, so that no more than one file is open.
            yield from archive.all_files()
    yield from archive.finalize()


def _account(owner: User) -> dict[str, Any]:
    preferences = Preferences.objects.filter(user=owner).first() or Preferences()
    return {
        "name": owner.get_username(),
        "email": owner.email,
        "joined": owner.date_joined,
        "last_sign_in": owner.last_login,
        "language": preferences.language,
        "theme": preferences.theme,
    }


def _albums(owner: User) -> Iterator[dict[str, Any]]:
    for album in Album.objects.owned_by(owner).prefetch_related("members__user").iterator(ROWS):
        entries = AlbumImage.objects.filter(album=album).order_by("pk").values_list("image_id", flat=True)
        yield {
            "id": album.pk,
            "name": album.name,
            "description": album.description,
            "sort": album.sort,
            "cover": album.cover_id,
            "created_at": album.created_at,
            "photos": list(entries),
            "shared_with": [
                {"name": member.user.get_username(), "role": member.role} for member in album.members.all()
            ],
            "links": list(
                ShareLink.objects.filter(album=album).values(
                    "created_at", "expires_at", "opened_at", "downloads", "shows_names"
                )
            ),
        }


def _photos(owner: User) -> Any:
    """All of them, also in the bin and refused."""
    return Image.objects.filter(owner=owner).order_by("pk")


def _photo(image: Image) -> dict[str, Any]:
    return {
        "id": image.pk,
        "file": _file_name(image) if image.original else None,
        "came_from": image.source_path,
        "sha256": image.sha256,
        "bytes": image.size_bytes,
        "type": image.mime_type,
        "width": image.width,
        "height": image.height,
        "captured_at": image.captured_at,
        "added_at": image.added_at,
        "binned_at": image.binned_at,
        "state": image.state,
        "reason": image.reason,
        "description": image.description,
        "camera": image.camera,
        "facts": image.facts,
        "latitude": image.latitude,
        "longitude": image.longitude,
        "place": image.place,
        "country": image.country,
    }


def _file_name(image: Image) -> str:
    """Made of the id and the last part of the name, without what a file system may not like."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in image.name)
    return f"{image.pk}-{plain[-150:].strip() or 'photo'}"


def _chunks(image: Image) -> Iterator[bytes]:
    try:
        with image.original.open("rb") as original:
            yield from original.chunks(CHUNK)
    except FileNotFoundError:
        # The row says that there was one; an empty file in the archive says that it is lost.
        return


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    message = f"{type(value).__name__} is not JSON"
    raise TypeError(message)
