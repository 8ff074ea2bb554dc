"""Turn photos by quarter turns, as their owner wants them. The original stays as it is."""

import contextlib
from functools import partial

from django.db import transaction

from albums import imaging
from albums.models import Image, Rendition
from albums.services.arranging.stacks import stacks_follow
from albums.services.core.isolation import isolated
from albums.services.core.limits import image_limits
from albums.services.core.originals import original_file
from albums.services.reading.renditions import rendition_side, renditions_store
from albums.signals import images_turned


@transaction.atomic
def image_set_turns(*, image: Image, turns: int) -> Image:
    """Show a ready photo turned clockwise by `turns` quarter turns from the orientation in its file.

    Its renditions are made from the original, and what other apps have of it turns with it (see the signal
    `images_turned`). Raises ImageRefused if the original cannot be decoded, PicturesBusy, OSError when the
    storage fails; then nothing has changed.
    """
    locked = Image.objects.select_for_update(no_key=True).ready().get(pk=image.pk)
    further = (turns - locked.turns) % 4
    if not further:
        return locked
    former = list(locked.renditions.values_list("file", flat=True))
    locked.turns = turns % 4
    if further % 2:
        locked.width, locked.height = locked.height, locked.width
    storage = Rendition.file.field.storage
    with contextlib.ExitStack() as undo:
        for name in _renditions_renew(locked):
            undo.callback(storage.delete, name)
        locked.save(update_fields=["turns", "width", "height"])
        images_turned.send(sender=Image, image=locked, turns=further)
        stacks_follow(owner_id=locked.owner_id, image_ids=[locked.pk])
        undo.pop_all()
    for name in former:
        transaction.on_commit(partial(storage.delete, name), robust=True)
    return locked


def _renditions_renew(image: Image) -> list[str]:
    width, height = image.width or 1, image.height or 1
    with original_file(image) as original:
        pixels = isolated(
            imaging.decode,
            files=[original],
            max_side=rendition_side(Rendition.Kind.PREVIEW, width, height),
            limits=image_limits(),
            turns=image.turns,
        )
    return renditions_store(image=image, picture=imaging.Picture(pixels, width, height))
