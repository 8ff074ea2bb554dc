"""Export all data of an account as one zip of JSON files, with the photos on request.

The zip is streamed: it is never whole in memory or on disk.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from zipstream import ZipStream

from albums.extensions import provided
from albums.models import Album, AlbumImage, Image, Job, JobFile, Preferences, ShareLink, Sidecar

ROWS_AT_ONCE = 2000
CHUNK_BYTES = 1 << 18

README = """The data of the account {name} in Trombine, as of {now:%d %B %Y, %H:%M} UTC.

Every .json file is a list of objects, one a line. What refers to another file does so by "id".
albums.json    your albums with their photos (ids), who they are shared with, and their share links
photos.json    your photos; "file" is the name below originals/, if they are included; "sidecar" is what
               another program, such as Google Photos, knew of it
jobs.json      your jobs in the studio; files that they made are below jobs/, if photos are included
people.json, faces.json, verdicts.json
               who is in them: boxes are relative (0..1) to the upright photo
estimates.json if you have switched them on: the estimated age and gender of each face
vectors.json   if included: the embedding of each face by a model, to compare it with others
"""


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Optional content: the original files, the vectors of faces."""

    originals: bool = False
    vectors: bool = False


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of the archive. Photos are not compressed, since it would not make them smaller."""

    name: str
    content: Iterable[bytes]
    compressed: bool = True


FileSource = Callable[[User, ExportOptions], Iterable[ExportFile]]
"""Returns the files of an owner."""


def rows_json(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Return the rows as a JSON list, one object a line, with times in ISO 8601."""
    yield b"["
    between = b"\n"
    for row in rows:
        yield between + json.dumps(row, default=_plain, ensure_ascii=False).encode()
        between = b",\n"
    yield b"\n]\n"


def _albums_files(owner: User, options: ExportOptions) -> Iterator[ExportFile]:
    readme = README.format(name=owner.get_username(), now=timezone.now())
    yield ExportFile("README.txt", [readme.encode()])
    yield ExportFile("account.json", rows_json([_account(owner)]))
    yield ExportFile("albums.json", rows_json(_albums(owner)))
    yield ExportFile(
        "photos.json", rows_json(_photo(image) for image in _photos(owner).select_related("sidecar"))
    )
    yield ExportFile("jobs.json", rows_json(_job(job) for job in _jobs(owner)))
    if options.originals:
        for image in (
            _photos(owner).exclude(original="").only("original", "source_path").iterator(ROWS_AT_ONCE)
        ):
            yield ExportFile(f"originals/{_file_name(image)}", _chunks(image.original), compressed=False)
        for file in JobFile.objects.filter(job__owner=owner).order_by("pk").iterator(ROWS_AT_ONCE):
            yield ExportFile(f"jobs/{file.job_id}-{file.name}", _chunks(file.file), compressed=False)


def export_stream(*, owner: User, options: ExportOptions) -> Iterator[bytes]:
    """Yield the bytes of the archive."""
    archive = ZipStream()
    for source in (_albums_files, *provided(lambda app: app.export_files)):
        for file in source(owner, options):
            kind = zipfile.ZIP_DEFLATED if file.compressed else zipfile.ZIP_STORED
            archive.add(iter(file.content), file.name, compress_type=kind)
            # Each file is written at once, so that only one is open.
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
        "stacks": preferences.stacks,
    }


def _albums(owner: User) -> Iterator[dict[str, Any]]:
    for album in Album.objects.owned_by(owner).prefetch_related("members__user").iterator(ROWS_AT_ONCE):
        entries = AlbumImage.objects.filter(album=album).order_by("pk").values_list("image_id", flat=True)
        yield {
            "id": album.pk,
            "name": album.name,
            "description": album.description,
            "sort": album.sort,
            "gallery": album.gallery,
            "cover": album.cover_id,
            "created_at": album.created_at,
            "photos": list(entries),
            "shared_with": [
                {"name": member.user.get_username(), "role": member.role} for member in album.members.all()
            ],
            "links": list(
                ShareLink.objects.filter(album=album).values(
                    "created_at",
                    "expires_at",
                    "opened_at",
                    "downloads",
                    "keeps_location",
                    "shows_names",
                    "lookalike",
                )
            ),
        }


def _photos(owner: User) -> Any:
    # Photos in the bin and refused files, too.
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
        "turns": image.turns,
        "captured_at": image.captured.text if image.captured else None,
        "captured_source": image.captured_source,
        "added_at": image.added_at,
        "binned_at": image.binned_at,
        "state": image.state,
        "reason": image.reason,
        "description": image.description,
        "favourite": image.favourite,
        "archived": image.archived,
        "camera": image.camera,
        "facts": image.facts,
        "latitude": image.latitude,
        "longitude": image.longitude,
        "place": image.place,
        "country": image.country,
        "place_by_owner": image.place_by_owner,
        "tags": image.tags,
        "sidecar": _sidecar(image.sidecar) if hasattr(image, "sidecar") else None,
    }


def _sidecar(sidecar: Sidecar) -> dict[str, Any]:
    """Return what another program knew of a photo."""
    return {
        "program": sidecar.program,
        "captured_at": sidecar.captured,
        "latitude": sidecar.latitude,
        "longitude": sidecar.longitude,
        "description": sidecar.description,
        "keywords": sidecar.keywords,
        "rating": sidecar.rating,
        "people": sidecar.people,
    }


def _jobs(owner: User) -> Any:
    return Job.objects.filter(owner=owner).prefetch_related("files").order_by("pk").iterator(ROWS_AT_ONCE)


def _job(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "inputs": job.inputs,
        "options": job.options,
        "result": job.result,
        "files": [f"{job.pk}-{file.name}" for file in job.files.all()],
        "saved": job.saved,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def _file_name(image: Image) -> str:
    """Return a name from the id and the photo's name that every file system accepts."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in image.name)
    return f"{image.pk}-{plain[-150:].strip() or 'photo'}"


def _chunks(stored: FieldFile) -> Iterator[bytes]:
    try:
        with stored.open("rb") as content:
            yield from content.chunks(CHUNK_BYTES)
    except FileNotFoundError:
        return  # an empty file in the archive: the row says that there was one


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    message = f"{type(value).__name__} is not JSON"
    raise TypeError(message)
