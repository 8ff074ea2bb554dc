"""Decisions of owners about stacks: the photo on top, photos that are in none, and whether there are any."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from albums.locks import AdvisoryLock
from albums.models import Image, ImageFingerprint, Preferences
from albums.services.arranging.stacks import stack_of, stacks_follow


@transaction.atomic
def stack_top_choose(*, image: Image, by: User) -> bool:
    """Remember that the owner wants a photo on top of its stack; False if it is in none, or not theirs."""
    mine = Image.objects.owned_by(by)
    fresh = mine.filter(pk=image.pk).first()
    if fresh is None or not stack_of(fresh, mine):
        return False
    ImageFingerprint.objects.filter(image=image).update(preferred_at=timezone.now())
    stacks_follow(owner_id=by.pk, image_ids=[image.pk])
    return True


@transaction.atomic
def stack_top_forget(*, image: Image, by: User) -> bool:
    """Undo `stack_top_choose`: an earlier choice or the best is on top. False without a choice."""
    rows = ImageFingerprint.objects.filter(image=image, image__owner=by, preferred_at__isnull=False)
    if not rows.update(preferred_at=None):
        return False
    stacks_follow(owner_id=by.pk, image_ids=[image.pk])
    return True


@transaction.atomic
def stack_leave(*, image: Image, by: User) -> bool:
    """Take a photo out of its stack, and keep it out; False if it is in none, or not theirs."""
    mine = Image.objects.owned_by(by)
    fresh = mine.filter(pk=image.pk).first()
    return fresh is not None and bool(stack_of(fresh, mine)) and _set_apart(fresh, apart=True)


@transaction.atomic
def stack_return(*, image: Image, by: User) -> bool:
    """Undo `stack_leave`, also later; False if the photo was not taken out, or is not theirs."""
    fresh = Image.objects.owned_by(by).filter(pk=image.pk).first()
    return fresh is not None and _set_apart(fresh, apart=False)


def _set_apart(image: Image, *, apart: bool) -> bool:
    rows = ImageFingerprint.objects.filter(image=image, apart=not apart)
    if not rows.update(apart=apart):
        return False
    stacks_follow(owner_id=image.owner_id, image_ids=[image.pk])
    return True


@transaction.atomic
def stacks_switch(*, owner: User, on: bool) -> None:
    """Show stacks in lists, or every photo. A task forms them anew, with the tops that the owner wanted."""
    AdvisoryLock.STACKS.acquire(owner.pk)
    Preferences.objects.update_or_create(user=owner, defaults={"stacks": on})
    if on:
        ImageFingerprint.objects.filter(image__owner=owner).update(stacked=False)
    else:
        Image.objects.filter(owner=owner, stack_top__isnull=False).update(stack_top=None)
