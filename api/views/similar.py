"""Similar photos: list the stacks, and remember which photos are different."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext

from albums.models import DifferentPhotos, Image, ImageFingerprint
from albums.services.arranging.near_photos import stack_photos
from albums.services.arranging.stack_decisions import (
    stack_leave,
    stack_return,
    stack_top_choose,
    stack_top_forget,
)
from albums.services.arranging.stacks import bursts_of, stack_of
from albums.services.searching.similar_photos import (
    different_photos_add,
    different_photos_remove,
    photos_unhashed,
    stacks_of,
)
from api.exceptions import Conflict
from api.schema import Operation
from api.serializers.similar import DifferentIn, DifferentOut, PhotoStackOut, SimilarQuery, StacksOut
from api.views.images import SOME_IMAGES, ImageView


class Similar(ImageView):
    """List the stacks of similar photos."""

    @Operation("images_similar", response=StacksOut, parameters=[SimilarQuery])
    def get(self) -> dict[str, Any]:
        """List the stacks of the account's photos that look nearly the same, the newest first.

        `bin_put` moves the photos of a stack that you do not want to the bin.
        """
        query = self.validated_query(SimilarQuery)
        stacks = bursts_of(self.user) if query["together"] else stacks_of(self.user)
        part = stacks[query["offset"] :][: query["limit"]]
        return {
            "results": [{"photos": photos} for photos in stack_photos(self.user.pk, part)],
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


class PhotoStack(ImageView):
    """Retrieve the stack of a photo, and choose its top."""

    @Operation("image_stack", response=PhotoStackOut)
    def get(self, pk: int) -> dict[str, Any]:
        """Retrieve the photos that lists of the pages show as one with this photo, the one on top first.

        A stack has the account's similar photos that were taken in a row; there are none for a photo that is
        shown by itself. `image_stack_leave` takes the photo out of it, `images_different` separates all.
        """
        return self._stack(pk)

    @Operation("image_stack_top", response=PhotoStackOut, errors={409: "The photo is not in a stack."})
    def put(self, pk: int) -> dict[str, Any]:
        """Choose the photo that is on top of its stack."""
        if not stack_top_choose(image=self.image(pk, Image.objects.owned_by(self.user)), by=self.user):
            raise Conflict(gettext("This photo is not in a stack."))
        return self._stack(pk)

    @Operation("image_stack_top_forget")
    def delete(self, pk: int) -> None:
        """Forget the choice of a photo as the top of its stack; the best is on top again."""
        if not stack_top_forget(image=self.image(pk, Image.objects.owned_by(self.user)), by=self.user):
            raise Http404

    def _stack(self, pk: int) -> dict[str, Any]:
        mine = Image.objects.owned_by(self.user)
        ids = stack_of(self.image(pk, mine), mine.ready())
        (photos,) = stack_photos(self.user.pk, [ids])
        return {
            "photos": sorted(photos, key=lambda photo: ids.index(photo.image.pk)),
            "apart": ImageFingerprint.objects.filter(image=pk, apart=True).exists(),
        }


class PhotoApart(ImageView):
    """Take a photo out of its stack."""

    @Operation("image_stack_leave", errors={409: "The photo is not in a stack."})
    def put(self, pk: int) -> None:
        """Take a photo out of its stack, so that lists show it by itself."""
        if not stack_leave(image=self.image(pk, Image.objects.owned_by(self.user)), by=self.user):
            raise Conflict(gettext("This photo is not in a stack."))

    @Operation("image_stack_return")
    def delete(self, pk: int) -> None:
        """Let a photo that was taken out be in a stack again."""
        if not stack_return(image=self.image(pk, Image.objects.owned_by(self.user)), by=self.user):
            raise Http404
