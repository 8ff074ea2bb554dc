"""Descriptions of photos: of their files, or by their owner, whose word wins."""

from albums.models import Image

FIELDS = ("description", "facts")
# The key of `Image.facts` with the description of the file while the owner's is in force.
FILE_FACT = "description"


def owner_description(image: Image) -> str | None:
    """Return the owner's description, which may be empty, or None while the file's is in force."""
    return image.description if FILE_FACT in image.facts else None


def image_set_owner_description(image: Image, value: str | None) -> None:
    """Put what `owner_description` returns in force; `image` is not saved."""
    if value is None:
        image.description = file_description(image)
        image.facts = {name: value for name, value in image.facts.items() if name != FILE_FACT}
        return
    if FILE_FACT not in image.facts:
        image.facts = {**image.facts, FILE_FACT: _stored(image.description)}
    image.description = value.strip()


def image_set_file_description(*, image: Image, description: str) -> None:
    """Store the description of a photo's file in `image`, which is not saved. The owner's stays in force."""
    # Earlier versions stored one description alone: one that differs from that of the file is the owner's.
    if FILE_FACT in image.facts or image.description not in {"", description}:
        image.facts = {**image.facts, FILE_FACT: _stored(description)}
    else:
        image.description = description


def file_description(image: Image) -> str:
    """Return the description of a photo's file, whether or not the owner's is in force."""
    stored = image.facts.get(FILE_FACT)
    return str(stored["text"]) if stored else image.description


def _stored(description: str) -> dict[str, str]:
    # No text alone: such facts are shown with the photo.
    return {"text": description}
