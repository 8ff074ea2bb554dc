"""Consent of owners to estimates of age and gender, which are off until they are switched on."""

import logging

from django.contrib.auth.models import User
from django.db import transaction

from faces.conf import face_settings
from faces.models import ErasureReceipt, FaceAttributes, FaceRecognition
from faces.services.core.consent import RecognitionOff, recognition_enabled
from faces.vision.weights.age_gender_check import NAME
from faces.vision.weights.files import State, inspect, installed_path
from faces.vision.weights.table import model_named

logger = logging.getLogger(__name__)

ESTIMATES = "age and gender"
"""The subject of receipts, as stored."""


def attributes_available() -> bool:
    """Return whether the model is installed."""
    return inspect(model_named(NAME), face_settings().models_dir).state is State.INSTALLED


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
    installed_path(NAME, face_settings().models_dir)
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
    receipt = ErasureReceipt.objects.create(owner=owner, what=ESTIMATES, counts=counts)
    logger.info("Owner %s: age and gender off, erased %s", owner.pk, counts)
    return receipt
