"""Signals that albums sends; who listens is not its business."""

from django.dispatch import Signal

# Sent after commit by the task that read them, with `sender=Image` and `image_ids: list[int]`:
# these photos are decoded, have their renditions, and are fit to be looked at.
images_ready = Signal()
