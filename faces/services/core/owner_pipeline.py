"""With which models an owner's faces are found and compared.

They are kept when the first photo is looked at, so that other settings never leave an owner with faces of two
models that cannot be compared: `bin/manage reindex` is the way from one model to another.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from albums.locks import AdvisoryLock
from faces.conf import FaceSettings, face_settings
from faces.models import OwnerModels


def owner_models(owner_id: int | None) -> FaceSettings:
    """The models of this owner; those of the settings for nobody, and for an owner without any photo yet."""
    configured = face_settings()
    kept = OwnerModels.objects.filter(owner_id=owner_id).first() if owner_id is not None else None
    return configured if kept is None else replace(configured, detector=kept.detector, embedder=kept.embedder)


def owner_models_init(*, owner_ids: Iterable[int]) -> None:
    """From now on these owners have the models of the settings, unless they have some already."""
    configured = face_settings()
    OwnerModels.objects.bulk_create(
        [
            OwnerModels(owner_id=owner_id, detector=configured.detector, embedder=configured.embedder)
            for owner_id in sorted(set(owner_ids))
        ],
        ignore_conflicts=True,
    )


def owner_models_lock_shared(*, owner_ids: Iterable[int]) -> None:
    """Until the end of this transaction these owners' models stay what they are; others may hold them, too.

    To be taken before any row is locked: a switch waits for those who hold, and has rows to lock itself.
    """
    for owner_id in sorted(set(owner_ids)):
        AdvisoryLock.MODELS.acquire_shared(owner_id)


def owner_models_lock(*, owner_id: int) -> None:
    """Wait until nobody holds this owner's models, and let nobody hold them until the transaction ends."""
    AdvisoryLock.MODELS.acquire(owner_id)
