"""Consent of owners to face recognition; without it no face is detected."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from faces.exceptions import PeopleError
from faces.models import FaceRecognition


class RecognitionOff(PeopleError):
    """The owner has switched face recognition off."""

    code = "recognition_off"

    def __init__(self) -> None:
        super().__init__(_("Face recognition is off for this account. You can turn it on in the settings."))


def recognition_enabled(owner_id: int) -> bool:
    """Return whether this owner has face recognition on, which is the default."""
    return not FaceRecognition.objects.filter(owner_id=owner_id, enabled=False).exists()


def owners_opted_out() -> list[int]:
    """Return the ids of all owners who have switched it off."""
    return list(FaceRecognition.objects.filter(enabled=False).values_list("owner_id", flat=True))


def recognition_set(*, owner: User, enabled: bool) -> None:
    """Store the owner's choice. Switching off alone erases nothing: see `erasure.recognition_end`.

    Age and gender are switched off with it, and stay off when it is switched on again.
    """
    choice: dict[str, Any] = {"enabled": enabled, "decided_at": timezone.now()}
    if not enabled:
        choice["attributes"] = False
    FaceRecognition.objects.update_or_create(owner=owner, defaults=choice)
