"""Signal receivers: stored responses go with the data that they may name."""

from typing import Any

from albums.signals import data_erased
from api.models import IdempotentRequest


def connect() -> None:
    """Connect the receivers, once, when the app is ready."""
    data_erased.connect(responses_delete, dispatch_uid="api.responses_delete")


def responses_delete(*, owner_id: int, **_kwargs: Any) -> None:
    """Delete an owner's stored responses, but not the request that is being carried out."""
    IdempotentRequest.objects.filter(user_id=owner_id, status__isnull=False).delete()
