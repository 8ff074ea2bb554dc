"""Signals for other apps."""

from django.dispatch import Signal

# Sent after commit by the task that read them, with `sender=Image` and `image_ids: list[int]`:
# these photos are decoded, have their renditions, and are fit to be looked at.
images_ready = Signal()

# Sent in the transaction that does it, with `sender=Image`, `owner_id: int` and `image_ids: list[int]`: these
# photos are in the bin now, and nothing of them may be seen; with `images_restored` they are back, and
# `since: datetime` is when the first of them was thrown away.
images_binned = Signal()
images_restored = Signal()

# Sent in the transaction that erases photos, before their rows go, with `sender=Image` and
# `image_ids: list[int]`.
images_erasing = Signal()
