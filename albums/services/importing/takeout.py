"""Import an export of Google Photos by Google Takeout, with all that its JSON files tell of each photo.

Pictures are stored byte for byte, as from any folder. Dates, positions, descriptions and names of people are
stored beside them (see `reading.sidecars`), favourites and archived photos are marked once, and albums with a
name are made.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.contrib.auth.models import User

from albums.exceptions import ImageRefused
from albums.models import Image, Sidecar
from albums.services.arranging.marks import Mark, images_mark
from albums.services.importing.takeout_files import TakeoutFiles, takeout_files
from albums.services.importing.takeout_names import JSON, takeout_pairs
from albums.services.importing.takeout_sidecars import (
    LARGEST_JSON,
    AlbumJson,
    PhotoJson,
    UnreadableJson,
    takeout_json,
)
from albums.services.reading.metadata import image_sidecar_store
from albums.services.reading.sidecars import SidecarValues
from albums.services.uploading.folder_import import album_name
from albums.services.uploading.folder_listing import FolderListing
from albums.services.uploading.skipped_names import Skip, skip_of_name

_YEAR_FOLDER = re.compile(
    r"(photos from|photos de|fotos von|fotos aus|fotos de|foto del|foto da|foto's uit|zdjęcia z|foton från"
    r"|bilder fra|billeder fra|fotos fra) \d{4}",
    re.IGNORECASE,
)
"""Folders of the photos of a year, which are no albums, as far as their names in languages are known."""


@dataclass(slots=True)
class TakeoutReport:
    """The content of the JSON files.

    matched: pictures with a JSON file. without: paths of pictures that have none. unmatched: JSON files of
    photos that no picture has. films: JSON files of films. in_bin: photos that were in Google's bin, and are
    not imported. unreadable: JSON files with the reason. albums: names. people: names.
    """

    matched: int = 0
    without: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    films: int = 0
    in_bin: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    albums: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)


class TakeoutSource:
    """The pictures of an export, each with its JSON file, for `files_import`."""

    def __init__(self, files: TakeoutFiles, owner: User) -> None:
        self._files, self._owner = files, owner
        self.listing: FolderListing = files.listing
        self.report = TakeoutReport()
        self._values: dict[str, SidecarValues] = {}
        self._albums: dict[str, str] = {}
        self._in_bin: set[str] = set()
        self._read()

    def opened(self, path: str) -> AbstractContextManager[Path]:
        """Open a picture as a file on the disk. Raises ImageRefused when it cannot be unpacked."""
        return self._files.opened(path)

    def album(self, path: str) -> str:
        """Return the album of a picture's folder, or empty."""
        return self._albums.get(path.rpartition("/")[0], "")

    def is_in_bin(self, path: str) -> bool:
        """Return whether a picture was deleted in Google Photos."""
        return path in self._in_bin

    def stored(self, image: Image, path: str) -> None:
        """Store what the JSON file tells, and mark the photo the first time."""
        values = self._values.get(path)
        if values is None:
            return
        is_first = not Sidecar.objects.filter(image=image).exists()
        image_sidecar_store(image=image, program=Sidecar.Program.TAKEOUT, values=values)
        if is_first:
            for mark, on in ((Mark.FAVOURITE, values.favourite), (Mark.ARCHIVED, values.archived)):
                if on:
                    images_mark(images=Image.objects.filter(pk=image.pk), mark=mark, on=True, by=self._owner)

    def _read(self) -> None:
        """Read all JSON files, and pair them with the pictures of their folders."""
        photos = self._photos()
        used = set()
        for folder, names in sorted(_by_folder(self.listing.files).items()):
            titles = {name: photo.title for name, photo in photos.get(folder, {}).items()}
            pairs = takeout_pairs(names, titles)
            for name in names:
                path = f"{folder}/{name}" if folder else name
                found = pairs.get(name)
                if found is None:
                    self.report.without.append(path)
                    continue
                used.add((folder, found))
                photo = photos[folder][found]
                if photo.in_bin:
                    self._in_bin.add(path)
                else:
                    self.report.matched += 1
                    self.report.people.update(photo.values.people)
                    self._values[path] = photo.values
        self.report.in_bin = len(self._in_bin)
        self.listing.files = [path for path in self.listing.files if path not in self._in_bin]
        self.listing.sidecars = 0
        for folder, by_name in photos.items():
            for name, photo in by_name.items():
                if (folder, name) in used:
                    continue
                if skip_of_name(photo.title) == Skip.NOT_A_PHOTO:
                    self.report.films += 1
                else:
                    self.report.unmatched.append(f"{folder}/{name}" if folder else name)
        with_photos = _by_folder(self.listing.files)
        self.report.albums = {name for folder, name in self._albums.items() if folder in with_photos}

    def _photos(self) -> dict[str, dict[str, PhotoJson]]:
        """Return what the JSON files tell of photos, by folder and name; take the albums from the others."""
        photos: dict[str, dict[str, PhotoJson]] = defaultdict(dict)
        for path in self.listing.sidecar_files:
            folder, _slash, name = path.rpartition("/")
            if not name.lower().endswith(JSON):
                continue
            try:
                content = takeout_json(self._files.beginning(path, LARGEST_JSON + 1))
            except (UnreadableJson, ImageRefused, OSError) as error:
                self.report.unreadable.append((path, str(error)))
                continue
            if isinstance(content, AlbumJson):
                if content.title and not _YEAR_FOLDER.fullmatch(content.title):
                    self._albums[folder] = album_name(content.title)
            else:
                photos[folder][name] = content
        return photos


@contextmanager
def takeout_source(path: Path, *, owner: User) -> Iterator[TakeoutSource]:
    """Open an export: its folder, a folder with its zips, or one zip.

    Raises ImportFolderError when there is no picture in it.
    """
    with takeout_files(path) as files:
        yield TakeoutSource(files, owner)


def _by_folder(paths: list[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, _slash, name = path.rpartition("/")
        folders[folder].append(name)
    return folders
