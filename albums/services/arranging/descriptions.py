"""What the owner says of a photo."""

from albums.models import Image


def image_set_description(*, image: Image, description: str) -> Image:
    """Keep the owner's words for a photo; none takes them away."""
    image.description = description.strip()
    image.save(update_fields=["description"])
    return image
