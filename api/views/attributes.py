"""Age and gender: their state, and turning them on and off."""

from functools import partial
from typing import Any

from django.db import transaction

from albums.tasks import enqueue_sweep
from api.schema import BUSY, Operation
from api.serializers.attributes import AttributesIn, AttributesOut, AttributesStateOut
from api.views.base import FacesView
from faces.attribute_tasks import enqueue_attributes
from faces.services.attributes.consent import (
    attributes_available,
    attributes_enabled,
    attributes_end,
    attributes_start,
)
from faces.services.attributes.estimation import attributes_count


class Attributes(FacesView):
    """Retrieve the state of age and gender, or turn them on or off."""

    tag = "account"

    @Operation("attributes_get", response=AttributesStateOut)
    def get(self) -> dict[str, Any]:
        """Retrieve whether age and gender of faces are estimated, and how many faces are done."""
        enabled = attributes_enabled(self.user.pk)
        done, total = attributes_count(self.user.pk) if enabled else (0, 0)
        return {"enabled": enabled, "available": attributes_available(), "done": done, "total": total}

    @Operation(
        "attributes_set",
        request=AttributesIn,
        response=AttributesOut,
        request_example={"enabled": False},
        errors=BUSY,
    )
    def put(self) -> dict[str, Any]:
        """Turn the estimates of age and gender on or off, which they are at first.

        Turning them on estimates all faces, now and as photos are added. Turning them off permanently erases
        the estimates; the response counts them. Estimates are never used for grouping.
        """
        user, enabled = self.user, self.validated_body(AttributesIn)["enabled"]
        if enabled:
            attributes_start(owner=user)
            transaction.on_commit(partial(enqueue_attributes, [user.pk]), robust=True)
            return {"enabled": True, "erased": None}
        receipt = attributes_end(owner=user)
        if receipt is not None:
            enqueue_sweep()
        return {"enabled": False, "erased": receipt.counts if receipt else None}
