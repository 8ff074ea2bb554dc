"""Signals for other apps."""

from django.dispatch import Signal

# Sent after commit by the task that read them, with `sender=Image` and `image_ids: list[int]`:
# these photos are decoded, have their renditions, and are fit to be looked at.
images_ready = Signal()

# Sent in the transaction that moves these photos to the bin or restores them, with `sender=Image`,
# `owner_id: int` and `image_ids: list[int]`. `images_restored` also has `since: datetime`, when the first of
# them was deleted.
images_binned = Signal()
images_restored = Signal()

# Sent in the transaction that turns a photo, with `sender=Image`, `image: Image` as it is then, and
# `turns: int`: quarter turns clockwise from what was shown before, 1 to 3.
images_turned = Signal()

# Sent in the transaction that erases photos, before their rows go, with `sender=Image` and
# `image_ids: list[int]`.
images_erasing = Signal()

# Sent in the transaction that erases data of an owner for good, with `sender=Sweep` and `owner_id: int`.
data_erased = Signal()
