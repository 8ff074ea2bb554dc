"""Signals that faces sends; who listens is not its business."""

from django.dispatch import Signal

# Sent after commit by the task that did it, with `sender=FaceScan` and `image_ids: list[int]`: faces
# were looked for in these photos.
images_scanned = Signal()
