"""Uploaded zips of Google Takeout: what their JSON files have for the photos that came out of them."""

import time
from collections import defaultdict
from pathlib import Path

from django.db.models import F

from albums.models import Image, UnpackedFile, Upload
from albums.services.arranging.albums import album_add_images
from albums.services.erasing.bin import images_bin
from albums.services.importing.takeout import TakeoutSource
from albums.services.importing.takeout_files import TakeoutFiles, packed_name
from albums.services.importing.takeout_names import JSON
from albums.services.uploading.archive_reading import OpenArchive
from albums.services.uploading.folder_import import album_to_fill
from albums.services.uploading.folder_listing import FolderListing


def uploaded_takeout_describe(upload: Upload, archive: OpenArchive, until: float) -> bool:
    """Store what the JSON files of an unpacked zip have; return False to be called again.

    until: of the monotonic clock. What is stored already is skipped. Photos that were in Google's bin go to
    the bin. A JSON file in another zip than its picture is not found: `import_folder --takeout` takes all
    zips together.
    """
    if not any(one.name.lower().endswith(JSON) for one in archive.sidecars):
        return True
    files = TakeoutFiles(Path(), FolderListing())
    files.add(archive)
    source = TakeoutSource(files, upload.owner)
    rows = {
        row.position: row
        for row in upload.files.filter(image__owner=F("upload__owner")).select_related("image")
        if row.image is not None and row.image.binned_at is None
    }
    albums: dict[str, list[Image]] = defaultdict(list)
    gone = []
    for file in archive.files:
        row, path = rows.get(file.position), packed_name(file)
        if row is None or row.image is None:
            continue
        if time.monotonic() > until:
            return False
        if source.is_in_bin(path):
            if row.status == UnpackedFile.Status.ADDED:
                gone.append(row.image.pk)
            continue
        source.stored(row.image, path)
        if name := source.album(path):
            albums[name].append(row.image)
    for name, images in albums.items():
        album_add_images(album=album_to_fill(upload.owner, name), images=images)
    if gone:
        images_bin(images=Image.objects.filter(pk__in=gone), by=upload.owner)
    return True
