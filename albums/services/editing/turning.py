"""Turn a photo for a change of many, unless its owner has turned it otherwise since."""

import enum

from albums.exceptions import ImageRefused
from albums.models import Image
from albums.services.reading.turning import image_set_turns


class Outcome(enum.Enum):
    """The outcome for a photo. LEFT: it was turned otherwise since. FAILED: its original is unreadable."""

    TURNED = enum.auto()
    LEFT = enum.auto()
    FAILED = enum.auto()


def photo_turn(image_id: int, owner_id: int, *, from_turns: int, to_turns: int) -> Outcome:
    """Turn a photo of the owner from one orientation to another. Raises PicturesBusy."""
    image = Image.objects.filter(pk=image_id, owner_id=owner_id).ready().only("turns", "state").first()
    if image is None or image.turns not in {from_turns, to_turns}:
        return Outcome.LEFT
    try:
        image_set_turns(image=image, turns=to_turns)
    except ImageRefused:
        return Outcome.FAILED
    return Outcome.TURNED
