"""Descriptions of photos."""

from albums.models import Image


def image_set_description(*, image: Image, description: str) -> Image:
    """Set or remove the description of a photo."""
    image.description = description.strip()
    image.save(update_fields=["description"])
    return image
