"""Whether an owner wants faces to be found. Nobody looks for one where that is not wanted."""

from __future__ import annotations

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
    """Whether faces may be looked for in this owner's photos. Who has not decided has not said no."""
    return not FaceRecognition.objects.filter(owner_id=owner_id, enabled=False).exists()


def owners_opted_out() -> list[int]:
    """The ids of all who have switched it off."""
    return list(FaceRecognition.objects.filter(enabled=False).values_list("owner_id", flat=True))


def recognition_set(*, owner: User, enabled: bool) -> None:
    """Keep what the owner decided. Off alone erases nothing: see `erasure.recognition_end`."""
    FaceRecognition.objects.update_or_create(
        owner=owner, defaults={"enabled": enabled, "decided_at": timezone.now()}
    )
