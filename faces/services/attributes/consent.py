"""Consent of owners to estimates of age and gender, which are off until they are switched on."""

import logging

from django.contrib.auth.models import User
from django.db import transaction

from albums.services.erasing.sweeps import sweep_request
from faces.models import ErasureReceipt, FaceAttributes, FaceRecognition
from faces.runtime import age_gender_name
from faces.services.core.consent import RecognitionOff, recognition_enabled
from faces.vision.errors import VisionError
from faces.vision.models.age_gender import FALLBACK

logger = logging.getLogger(__name__)

ESTIMATES = "age and gender"
"""The subject of receipts, as stored."""


def attributes_available() -> bool:
    """Return whether a model is installed."""
    try:
        age_gender_name()
    except VisionError:
        return False
    return True


def attributes_by_fallback() -> bool:
    """Return whether the installed model is the fallback, which has larger errors."""
    return attributes_available() and age_gender_name() == FALLBACK


def attributes_enabled(owner_id: int) -> bool:
    """Return whether this owner has switched the estimates on; they are off without face recognition."""
    return FaceRecognition.objects.filter(owner_id=owner_id, enabled=True, attributes=True).exists()


def owners_with_attributes() -> list[int]:
    """Return the ids of the owners who have switched the estimates on."""
    rows = FaceRecognition.objects.filter(enabled=True, attributes=True).order_by("owner_id")
    return list(rows.values_list("owner_id", flat=True))


def attributes_start(*, owner: User) -> None:
    """Switch the estimates on; the caller enqueues the work.

    Raises RecognitionOff without face recognition, ModelMissing or ModelDamaged without the model.
    """
    if not recognition_enabled(owner.pk):
        raise RecognitionOff
    age_gender_name()
    FaceRecognition.objects.update_or_create(owner=owner, defaults={"attributes": True})


@transaction.atomic
def attributes_end(*, owner: User) -> ErasureReceipt | None:
    """Switch the estimates off and erase them; return the receipt, or None if they were off.

    A worker that is estimating waits for the row or is waited for, so that it leaves nothing behind.
    """
    consents = FaceRecognition.objects.select_for_update(no_key=True).filter(owner=owner, attributes=True)
    consent = consents.first()
    if consent is None:
        return None
    consent.attributes = False
    consent.save(update_fields=["attributes"])
    count, _tables = FaceAttributes.objects.filter(face__image__owner=owner).delete()
    counts = {"estimates": count} if count else {}
    sweep = sweep_request(owner_id=owner.pk)
    receipt = ErasureReceipt.objects.create(owner=owner, what=ESTIMATES, counts=counts, sweep=sweep)
    logger.info("Owner %s: age and gender off, erased %s", owner.pk, counts)
    return receipt
