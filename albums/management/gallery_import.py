"""The part of `import_folder --gallery` after the import: wait for the scans, and name the people."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from albums.management.patience import Patience
from albums.models import Album
from albums.services.arranging.albums import album_change
from albums.services.uploading.folder_import import ImportReport, album_name, album_to_fill
from albums.services.uploading.folder_listing import printable_path
from albums.services.uploading.gallery_folders import (
    NamingReport,
    gallery_sources,
    people_folders,
)
from config.commands.reporting import unavailable

WAIT_SECONDS = 0.5

REASONS = {
    "no_face": "no face was found",
    "scan_failed": "the scan for faces failed",
    "no_match": "no face is like those in the person's other photos",
    "decided_otherwise": "the owner decided otherwise about the face",
    "other_folder": "the face is nearer to the person of another folder",
    "name_refused": "the folder's name cannot be the name of a person",
}


class GalleryImport:
    """Makes the album of a folder a look-alike gallery, and names the people of its sub-folders.

    Raises the failure "recognition_off" if faces are not recognised in the owner's photos.
    """

    def __init__(
        self,
        folder: Path,
        owner: User,
        *,
        album: str | None,
        bar: Callable[..., Any],
        notify: Callable[[str], object],
    ) -> None:
        self.owner, self.bar, self.notify = owner, bar, notify
        self.sources = gallery_sources(owner.pk)
        if not self.sources:
            message = f"Face recognition is off for {owner.get_username()}. Turn it on in the settings first."
            raise unavailable(message, code="recognition_off")
        self.album_name = album or album_name(folder.resolve().name)
        self.report = NamingReport()
        self.paths: dict[int, str] = {}
        self.without_folder = 0
        self.album: Album | None = None

    def name_people(self, imported: ImportReport) -> None:
        """Mark the album as a gallery, wait until all photos are scanned, and name the people."""
        self.album = album_to_fill(self.owner, self.album_name)
        details = {name: getattr(self.album, name) for name in ("name", "description", "sort")}
        album_change(album=self.album, gallery=True, **details)
        self.paths = imported.images
        files = {path: image_id for path, image_id in imported.files.items() if image_id in imported.images}
        folders = people_folders(files)
        inside = set[int]().union(*folders.values())
        self.without_folder = len(imported.images) - len(inside)
        for source in self.sources:
            self._wait(list(inside), source.waiting)
            track = partial(self.bar, desc="Naming", unit="person")
            self.report.add(source.name(self.owner, folders, track))

    def _wait(self, image_ids: list[int], waiting: Callable[[list[int]], int]) -> None:
        message = "No photo has been scanned for a while. Is a worker running? (bin/start runs one.)"
        with self.bar(desc="Scanning", unit="photo", total=len(image_ids)) as bar:
            patience = Patience(bar, lambda: self.notify(message))
            while (left := waiting(image_ids)) > 0:
                patience.show(len(image_ids) - left, len(image_ids))
                time.sleep(WAIT_SECONDS)
            patience.show(len(image_ids), len(image_ids))

    def data(self) -> dict[str, Any]:
        """Return the result for programs."""
        return {
            "album": self.album.pk if self.album else None,
            "name": self.album.name if self.album else "",
            "people": self.report.people,
            "faces_named": self.report.named,
            "faces_named_before": self.report.settled,
            "photos_without_folder": self.without_folder,
            "unclear": [
                {"path": printable_path(self.paths.get(image_id, "")), "code": code}
                for image_id, code in sorted(self.report.unclear.items())
            ],
        }

    def lines(self) -> list[str]:
        """Return the result for people."""
        name = printable_path(self.album.name) if self.album else ""
        named, before = self.report.named, self.report.settled
        people = f'The gallery "{name}" has {self.report.people} people'
        lines = [f"{people}: {named} faces named, {before} named before."]
        if self.without_folder:
            lines.append(
                f"{self.without_folder} photos are outside the folders of people: no face is named in them."
            )
        for image_id, code in sorted(self.report.unclear.items()):
            path = printable_path(self.paths.get(image_id, ""))
            lines.append(f"  no face named: {path}: {REASONS[code]} [{code}]")
        return lines
