"""Similar photos: list the stacks, and remember which photos are different."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext

from albums.models import DifferentPhotos
from albums.services.searching.similar_photos import (
    different_photos_add,
    different_photos_remove,
    photos_unhashed,
    stack_photos,
    stacks_of,
)
from api.exceptions import Conflict
from api.schema import Operation
from api.serializers.similar import DifferentIn, DifferentOut, SimilarQuery, StacksOut
from api.views.images import SOME_IMAGES, ImageView


class Similar(ImageView):
    """List the stacks of similar photos."""

    @Operation("images_similar", response=StacksOut, parameters=[SimilarQuery])
    def get(self) -> dict[str, Any]:
        """List the stacks of the account's photos that look nearly the same, the newest first.

        `bin_put` moves the photos of a stack that you do not want to the bin.
        """
        query = self.validated_query(SimilarQuery)
        stacks = stacks_of(self.user, together=query["together"])
        part = stacks[query["offset"] :][: query["limit"]]
        return {
            "results": [{"photos": photos} for photos in stack_photos(self.user, part)],
            "total": len(stacks),
            "waiting": photos_unhashed(self.user),
        }


class Different(ImageView):
    """Remember that photos are different."""

    @Operation(
        "images_different",
        request=DifferentIn,
        response=DifferentOut,
        request_example=SOME_IMAGES,
        status=201,
        errors={409: "Fewer than two of the photos exist."},
    )
    def post(self) -> DifferentPhotos:
        """Remember that photos are different, so that no two of them are in a stack again."""
        ids = self.validated_body(DifferentIn)["images"]
        decision = different_photos_add(image_ids=ids, by=self.user)
        if decision is None:
            raise Conflict(gettext("These photos no longer exist."))
        return decision


class DifferentDetail(ImageView):
    """Forget that photos are different."""

    @Operation("images_different_end")
    def delete(self, pk: int) -> None:
        """Forget that photos are different."""
        if not different_photos_remove(decision_id=pk, by=self.user):
            raise Http404
