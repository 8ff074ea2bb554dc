"""Photos with all their files, stored and read by the services."""

from pathlib import Path

from django.contrib.auth.models import User

from albums.models import Image
from albums.services.reading.renditions import image_read
from albums.services.uploading.uploads import image_store
from tests import drawing


def whole_photo(owner: User, path: Path, seed: int) -> Image:
    """Return a ready photo with its original and renditions in the storage."""
    drawing.write_photo(path, seed)
    image = image_store(owner=owner, source=path, source_path=path.name).image
    assert image is not None
    assert image_read(image=image)
    return image
