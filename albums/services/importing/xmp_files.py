"""XMP files beside the pictures of a folder, by darktable, digiKam, Lightroom, Immich and others."""

from collections.abc import Callable
from pathlib import Path

from albums.imaging.xmp import LARGEST_XMP
from albums.imaging.xmp_sidecars import xmp_sidecar_of
from albums.models import Image, Sidecar
from albums.services.reading.metadata import image_sidecar_store
from albums.services.reading.sidecars import SidecarValues


def xmp_files_of(folder: Path) -> Callable[[Image, str], None]:
    """Return a function that stores for a photo what the XMP file beside its picture has.

    It takes the photo and the path of the picture below `folder`. A damaged XMP file changes nothing.
    """

    def stored(image: Image, path: str) -> None:
        file = xmp_file_of(folder / path)
        values = xmp_file_values(file) if file else None
        if values is not None:
            image_sidecar_store(image=image, program=Sidecar.Program.XMP, values=values)

    return stored


def xmp_file_of(picture: Path) -> Path | None:
    """Return the XMP file beside a picture: `a.jpg.xmp`, or `a.xmp`, which is for all pictures named a."""
    names = [f"{base}{ending}" for base in (picture.name, picture.stem) for ending in (".xmp", ".XMP")]
    return next((file for name in names if (file := picture.with_name(name)).is_file()), None)


def xmp_file_values(file: Path) -> SidecarValues | None:
    """Return the values of an XMP file, or None if it cannot be read, is too large or no XMP."""
    try:
        with file.open("rb") as opened:
            sidecar = xmp_sidecar_of(opened.read(LARGEST_XMP + 1))
    except OSError:
        return None
    if sidecar is None:
        return None
    return SidecarValues(
        captured=sidecar.captured,
        position=sidecar.position,
        description=sidecar.description,
        keywords=sidecar.keywords,
        rating=sidecar.rating,
    )
