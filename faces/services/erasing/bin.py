"""Faces follow their photo into the bin, out of it, and out of the world.

In the bin a face keeps its person and everything that was said of it; it only is not seen, by nobody and by
nothing. So what comes back is the very same, and what became of people meanwhile holds for it, too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from albums.models import Image
from albums.querysets import among
from faces.models import Change, Face, FaceScan
from faces.services.core.owner_pipeline import owner_models
from faces.services.grouping.run import last_run
from faces.services.history.diff import EMBEDDING, FACE
from faces.services.history.history import changes_lock


def faces_bin(*, owner_id: int, image_ids: Collection[int]) -> None:
    """Hide the faces of these photos, those included that are being found just now."""
    changes_lock(owner_id)
    Face.objects.filter(among("image", image_ids)).update(binned=True)


def faces_unbin(*, owner_id: int, image_ids: Collection[int], since: datetime) -> None:
    """Show the faces of these photos again.

    since: when the first of them was thrown away. If people were grouped after that, they are to be grouped
    again, and if the owner has other models now, the photos are to be looked at again.
    """
    scans = FaceScan.objects.filter(among("image", image_ids))
    list(scans.select_for_update().order_by("image_id").values_list("pk", flat=True))
    changes_lock(owner_id)
    Face.objects.filter(among("image", image_ids)).update(binned=False)
    models = owner_models(owner_id)
    done = scans.filter(state=FaceScan.State.DONE)
    others = ~Q(detector=models.detector) | ~Q(embedder=models.embedder)
    # A scan that names no models is older than these columns.
    done.filter(others).exclude(detector="").update(state=FaceScan.State.PENDING)
    scans.filter(state=FaceScan.State.PENDING).update(attempts=0)
    run = last_run(owner_id)
    if run is not None and run.started_at >= since:
        done.update(finished_at=timezone.now())


def faces_erase(*, image_ids: Collection[int]) -> None:
    """Before photos are erased: forget what the journal holds of their faces, with the pictures of them.

    The rows of the faces go with their photo. A change that concerned them can be undone as before, for all
    others that it concerned.
    """
    scans = FaceScan.objects.filter(image__in=image_ids)
    list(scans.select_for_update().order_by("image_id").values_list("pk", flat=True))
    images = Image.objects.filter(pk__in=image_ids)
    for owner_id in images.order_by("owner_id").values_list("owner_id", flat=True).distinct():
        changes_lock(owner_id)
        theirs = Face.objects.filter(image__in=image_ids, image__owner_id=owner_id)
        keys = [str(pk) for pk in theirs.values_list("pk", flat=True)]
        # A run notes only whom a face is with. What a reindex took away is known by its change alone.
        mentioned = Q(rows__face__has_any_keys=keys) | Q(kind=Change.Kind.REINDEX)
        changes = Change.objects.filter(mentioned, owner_id=owner_id).exclude(kind=Change.Kind.RUN)
        for change in changes.iterator(chunk_size=1):
            _forget(change, keys, set(image_ids))


def _forget(change: Change, keys: Collection[str], image_ids: Collection[int]) -> None:
    faces = change.rows.get(FACE.name, {})
    gone = {key for key, sides in faces.items() if _images_of(sides) & set(image_ids)} | set(keys)
    crops = {
        side["crop"]
        for key in gone & faces.keys()
        for side in faces[key].values()
        if side is not None and side.get("crop")
    }
    rest = {key: sides for key, sides in faces.items() if key not in gone}
    vectors = change.rows.get(EMBEDDING.name, {})
    kept = {
        key: sides
        for key, sides in vectors.items()
        if str((sides["before"] or {}).get("face_id")) not in gone
    }
    if len(rest) == len(faces) and len(kept) == len(vectors):
        return
    change.rows = change.rows | {FACE.name: rest, EMBEDDING.name: kept}
    change.save(update_fields=["rows"])
    for name in crops:
        transaction.on_commit(partial(Face.crop.field.storage.delete, name))


def _images_of(sides: dict[str, dict[str, Any] | None]) -> set[int]:
    return {side["image_id"] for side in sides.values() if side is not None and "image_id" in side}
