"""Hide the faces of photos in the bin, restore them, and erase them with their photos.

In the bin a face keeps its person and its verdicts and is only hidden, so that it is restored as it was.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from albums.models import Image
from albums.querysets import among
from albums.services.erasing.sweeps import sweep_request
from faces.models import Change, Face, FaceScan
from faces.services.core.owner_pipeline import owner_models
from faces.services.grouping.run import last_run
from faces.services.history.history import changes_lock
from faces.services.history.redaction import RedactedRows, rows_redact


def faces_bin(*, owner_id: int, image_ids: Collection[int]) -> None:
    """Hide the faces of these photos, also those that are being detected now."""
    changes_lock(owner_id)
    Face.objects.filter(among("image", image_ids)).update(binned=True)


def faces_unbin(*, owner_id: int, image_ids: Collection[int], since: datetime) -> None:
    """Show the faces of these photos again.

    since: when the first of them was moved to the bin. Photos are scanned again if the owner has other models
    now, and people are grouped again if there was a run since.
    """
    scans = FaceScan.objects.filter(among("image", image_ids))
    list(scans.select_for_update().order_by("image_id").values_list("pk", flat=True))
    changes_lock(owner_id)
    Face.objects.filter(among("image", image_ids)).update(binned=False)
    models = owner_models(owner_id)
    done = scans.filter(state=FaceScan.State.DONE)
    others = ~Q(detector=models.detector) | ~Q(embedder=models.embedder)
    # A scan without models is older than these columns.
    done.filter(others).exclude(detector="").update(state=FaceScan.State.PENDING)
    scans.filter(state=FaceScan.State.PENDING).update(attempts=0)
    run = last_run(owner_id)
    if run is not None and run.started_at >= since:
        done.update(finished_at=timezone.now())


def faces_erase(*, image_ids: Collection[int]) -> None:
    """Before photos are erased, redact the history of their faces, and delete the pictures only it names.

    The rows of the faces are deleted with their photo.
    """
    scans = FaceScan.objects.filter(image__in=image_ids)
    list(scans.select_for_update().order_by("image_id").values_list("pk", flat=True))
    images = Image.objects.filter(pk__in=image_ids)
    for owner_id in images.order_by("owner_id").values_list("owner_id", flat=True).distinct():
        changes_lock(owner_id)
        faces = Face.objects.filter(image__in=image_ids, image__owner_id=owner_id)
        gone = RedactedRows(faces=set(faces.values_list("pk", flat=True)), images=set(image_ids))
        # A run records only assignments; the faces that a reindex deleted are named by its change alone.
        named = Q(rows__face__has_any_keys=list(map(str, gone.faces))) | Q(kind=Change.Kind.REINDEX)
        changes = Change.objects.filter(named, owner_id=owner_id).exclude(kind=Change.Kind.RUN)
        pictures = set(faces.exclude(crop="").values_list("crop", flat=True))
        for change in changes.iterator(chunk_size=1):
            crops = rows_redact(change.rows, gone)
            if crops is not None:
                change.save(update_fields=["rows"])
                pictures |= crops
                for crop in crops:
                    transaction.on_commit(partial(Face.crop.field.storage.delete, crop))
        if gone.faces:
            # Urgent if the request for the photos is.
            sweep_request(owner_id=owner_id, files=pictures, urgent=False)
