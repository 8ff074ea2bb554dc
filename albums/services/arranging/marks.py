"""Marks that an owner sets on photos: favourites, and archived ones, which the timeline leaves out."""

import enum
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from albums.models import Image
from albums.querysets import ImageQuerySet, among
from albums.services.arranging.stacks import in_stacks, stacks_follow

UNDO_SALT = "albums.marks"
UNDO_SECONDS = 24 * 3600


class Mark(enum.StrEnum):
    """The mark, by the name of its column."""

    FAVOURITE = "favourite"
    ARCHIVED = "archived"


@transaction.atomic
def images_mark(*, images: ImageQuerySet, mark: Mark, on: bool, by: User) -> list[int]:
    """Set or remove a mark on those of `images` that belong to `by`; returns the ids of the changed ones."""
    # Read first: of a subquery Postgres expects few rows just after a change, and compares each with all.
    wanted = list(images.filter(owner=by).order_by().values_list("pk", flat=True))
    others = Image.objects.owned_by(by).filter(among("pk", wanted), **{mark: not on})
    # In the order of the ids, to avoid deadlocks.
    ids = list(others.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Image.objects.filter(among("pk", ids)).update(**{mark: on})
    # A favourite is on top of its stack; archived photos are in none.
    followed = in_stacks(ids).get(by.pk, []) if mark is Mark.FAVOURITE else ids
    stacks_follow(owner_id=by.pk, image_ids=followed)
    return ids


def mark_proof(*, image_ids: Iterable[int], mark: Mark, on: bool) -> str:
    """Return the text for `mark_undo` that says what was changed."""
    return signing.dumps({"ids": list(image_ids), "mark": mark, "on": on}, salt=UNDO_SALT, compress=True)


def mark_undo(*, proof: str, by: User) -> tuple[Mark, bool, list[int]]:
    """Undo a change of a mark; returns mark, state and photos. Raises ValidationError if it is too old."""
    try:
        change = signing.loads(proof, salt=UNDO_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise ValidationError(_("This can no longer be undone.")) from error
    mark, on = Mark(change["mark"]), not change["on"]
    images = Image.objects.filter(among("pk", change["ids"]))
    return mark, on, images_mark(images=images, mark=mark, on=on, by=by)
