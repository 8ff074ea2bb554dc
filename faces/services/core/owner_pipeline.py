"""The models of an owner's faces, stored with the first scan; `bin/manage reindex` changes them.

Faces of two models cannot be compared, so changed settings must not mix them.
"""

from collections.abc import Iterable
from dataclasses import replace

from albums.locks import AdvisoryLock
from faces.conf import FaceSettings, face_settings
from faces.models import OwnerModels


def owner_models(owner_id: int | None) -> FaceSettings:
    """Return the models of this owner; those of the settings for None and for an owner without scans."""
    configured = face_settings()
    stored = OwnerModels.objects.filter(owner_id=owner_id).first() if owner_id is not None else None
    return (
        configured
        if stored is None
        else replace(configured, detector=stored.detector, embedder=stored.embedder)
    )


def owner_models_init(*, owner_ids: Iterable[int]) -> None:
    """Store the models of the settings for these owners, unless they have some already."""
    configured = face_settings()
    OwnerModels.objects.bulk_create(
        [
            OwnerModels(owner_id=owner_id, detector=configured.detector, embedder=configured.embedder)
            for owner_id in sorted(set(owner_ids))
        ],
        ignore_conflicts=True,
    )


def owner_models_lock_shared(*, owner_ids: Iterable[int]) -> None:
    """Lock the models of these owners until the transaction ends; the lock is shared.

    Call it before any row is locked: a switch of models waits for this lock and then locks rows.
    """
    for owner_id in sorted(set(owner_ids)):
        AdvisoryLock.MODELS.acquire_shared(owner_id)


def owner_models_lock(*, owner_id: int) -> None:
    """Wait for the exclusive lock of this owner's models, and hold it until the transaction ends."""
    AdvisoryLock.MODELS.acquire(owner_id)
