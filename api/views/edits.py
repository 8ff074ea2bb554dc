"""Change values of photos, and undo it."""

from collections.abc import Collection
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext

from albums.job_tasks import enqueue_job
from albums.models import Image, Job, PhotoChange
from albums.ordering import BY_ID_DESCENDING
from albums.pagination import Page
from albums.querysets import ImageQuerySet, among
from albums.services.editing.completions import COMPLETIONS
from albums.services.editing.instructions import (
    Instruction,
    dates_set,
    dates_shift,
    descriptions_set,
    photos_turn,
    positions_set,
    tags_change,
    tags_set,
    values_reset,
)
from albums.services.editing.photo_changes import (
    Changed,
    many_photos_change,
    photo_change_undo,
    photos_change,
)
from api.exceptions import Conflict
from api.schema import Operation
from api.serializers.edits import (
    CompletionsOut,
    CompletionsQuery,
    EditsIn,
    EditsOut,
    PhotoChangeOut,
    PhotoChangeUndoOut,
    TurnIn,
)
from api.serializers.studio.jobs import JobOut
from api.views.base import ApiView

FROM_FILE = {
    "captured_from_file": PhotoChange.Kind.DATE,
    "position_from_file": PhotoChange.Kind.PLACE,
    "description_from_file": PhotoChange.Kind.DESCRIPTION,
}


def photos_edit(images: ImageQuerySet, data: dict[str, Any], *, by: User) -> list[Changed]:
    """Change photos as a validated `EditIn` or `EditsIn` says, and enqueue the jobs of very many photos."""
    results = [photos_change(images=images, instruction=one, by=by) for one in _instructions(data, by=by)]
    for result in results:
        if result.job:
            enqueue_job(result.job.pk)
    return results


def photos_change_by_job(ids: Collection[int], instruction: Instruction, *, by: User) -> Changed:
    """Change photos by a job, which is enqueued, if they are more than are changed at once."""
    changed = many_photos_change(ids=ids, instruction=instruction, by=by)
    if changed.job:
        enqueue_job(changed.job.pk)
    return changed


def edits_out(results: Collection[Changed]) -> dict[str, Any]:
    """Return the values of an `EditsOut`."""
    return {
        "changes": [result.change for result in results if result.change],
        "images": sorted({pk for result in results for pk in result.image_ids}),
        "jobs": [result.job.pk for result in results if result.job],
    }


def _instructions(data: dict[str, Any], *, by: User) -> list[Instruction]:
    found = [values_reset(kind=kind) for name, kind in FROM_FILE.items() if data[name]]
    if "captured_at" in data:
        found.append(dates_set(captured=data["captured_at"], keeps_time=data.get("keeps_time", False)))
    if "shift_minutes" in data:
        found.append(dates_shift(delta=timedelta(minutes=data["shift_minutes"])))
    if "position" in data:
        at = data["position"]
        found.append(positions_set(position=(at["latitude"], at["longitude"]) if at else None))
    if "description" in data:
        found.append(descriptions_set(description=data["description"]))
    if "tags" in data:
        found.append(tags_set(tags=data["tags"], by=by))
    add, remove = data.get("add_tags", ()), data.get("remove_tags", ())
    if add or remove:
        found.append(tags_change(by=by, add=add, remove=remove))
    return found


class Edits(ApiView):
    """Change several photos."""

    tag = "images"

    @Operation(
        "images_edit",
        request=EditsIn,
        response=EditsOut,
        request_example={"images": [512, 513], "shift_minutes": 60, "add_tags": ["holidays"]},
    )
    def post(self) -> dict[str, Any]:
        """Set or move the dates of photos, set their places and descriptions, and change their tags.

        Each kind is one change of the history, which `photo_change_undo` undoes. More than some hundred
        photos are changed by `jobs` of the studio, one a kind. Photos of other accounts are ignored.
        """
        data = self.validated_body(EditsIn)
        results = photos_edit(Image.objects.filter(among("pk", data["images"])), data, by=self.user)
        return edits_out(results)


class Turns(ApiView):
    """Turn several photos."""

    tag = "images"

    @Operation(
        "images_turn",
        request=TurnIn,
        response=JobOut,
        status=HTTPStatus.ACCEPTED,
        request_example={"images": [512, 513], "quarters": 1},
    )
    def post(self) -> Job:
        """Turn photos by quarter turns from how they are shown now, in a job of the studio.

        Photos that are not ready and those of other accounts are ignored. `photo_change_undo` turns them
        back.
        """
        data = self.validated_body(TurnIn)
        images = Image.objects.filter(among("pk", data["images"]))
        turn = photos_turn(quarters=data["quarters"])
        job = photos_change(images=images, instruction=turn, by=self.user).job
        if job is None:
            raise Conflict(gettext("Nothing has changed."))
        enqueue_job(job.pk)
        return job


class PhotoChanges(ApiView):
    """List changes of photos."""

    tag = "changes"

    @Operation("photo_changes_list", response=PhotoChangeOut, many=True)
    def get(self) -> Page:
        """List the changes of dates, places, descriptions, tags and turns of photos, newest first.

        Also those of marks, albums and the bin that a job made.
        """
        return self.page(PhotoChange.objects.visible_to(self.user).begun(), BY_ID_DESCENDING)


class PhotoChangeUndo(ApiView):
    """Undo a change of photos."""

    tag = "changes"

    @Operation("photo_change_undo", response=PhotoChangeUndoOut)
    def post(self, pk: int) -> dict[str, Any]:
        """Undo a change of photos, also an old one.

        Photos that were changed again since stay as they are. A change that was undone before is an error
        (409).
        """
        change = get_object_or_404(PhotoChange.objects.visible_to(self.user), pk=pk)
        try:
            undone = photo_change_undo(change=change, by=self.user)
        except ValidationError as error:
            raise Conflict(" ".join(error.messages)) from error
        if undone.job:
            enqueue_job(undone.job.pk)
        change.refresh_from_db()
        job = undone.job.pk if undone.job else None
        return {"change": change, "images": undone.image_ids, "job": job}


class Completions(ApiView):
    """Complete a text."""

    tag = "search"

    @Operation("completions_get", response=CompletionsOut, parameters=[CompletionsQuery])
    def get(self) -> dict[str, list[str]]:
        """Complete the name of a town, a tag or a description, best first."""
        query = self.validated_query(CompletionsQuery)
        return {"choices": COMPLETIONS[query["of"]](self.user, query["q"])}
